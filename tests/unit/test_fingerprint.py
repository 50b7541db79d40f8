"""Near-identical texts find each other, unlike ones do not; the names mean the same in every process, for ever."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.fingerprint import NEAR, bands, similarity

SPAM = "Earn 500 euros a day from home, it is easy and safe, just write to my friend Anna and say hello from me today"


@pytest.mark.parametrize(
    "other",
    [
        SPAM.upper(),
        SPAM.replace("500", "900"),
        SPAM.replace(",", " …"),
        SPAM.replace("Anna", "Ánná"),
        SPAM.replace("hello", "hi"),
        f"Hey! {SPAM}",
        f"{SPAM} 😀",
    ],
)
def test_a_text_with_changes_is_found_and_recognised(other: str) -> None:
    assert set(bands(SPAM)) & set(bands(other))
    assert similarity(SPAM, other) >= NEAR


@pytest.mark.parametrize(
    "other",
    [
        "I do not think that the council has understood what the people of the old town have been asking for",
        "Earn respect",
        "",
        "اكسب خمسمئة يورو في اليوم من بيتك",
    ],
)
def test_another_text_is_not_taken_for_it(other: str) -> None:
    assert not set(bands(SPAM)) & set(bands(other))
    assert similarity(SPAM, other) < NEAR


def test_texts_that_lead_to_the_same_place_share_a_name_whatever_they_say() -> None:
    one, other = bands("Lovely weather", ["pills.example"]), bands("Good article!", ["pills.example", "x.example"])
    assert len(set(one) & set(other)) == 1
    assert len(bands(SPAM, ["a.example", "b.example", "c.example"])) <= 6


def test_writings_without_spaces_are_compared_too() -> None:
    one = "在家工作每天赚五百欧元既简单又安全请联系我的朋友安娜今天就说你好"
    assert similarity(one, one.replace("五", "九")) >= NEAR
    assert set(bands(one)) & set(bands(one.replace("五", "九")))


def test_the_names_are_the_same_in_every_process_and_version() -> None:
    program = f"from commentsvc.domain.fingerprint import bands; print(*bands({SPAM!r}, ['pills.example']))"
    seen = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    assert seen == ["0b8ea38e7", "18c653ba6", "2bddc2b97", "3da64ea88", "h473c470b"]


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=4))
def test_any_text_has_at_most_six_short_names(text: str, hosts: list[str]) -> None:
    found = bands(text, hosts)
    assert 1 <= len(found) <= 6
    assert all(len(name) == 9 and name.isascii() and name.isalnum() for name in found)
    assert similarity(text, text) == 1.0


@given(st.text(max_size=100), st.text(max_size=100))
def test_likeness_is_mutual(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) == similarity(other, one) <= 1
