"""Ids: sorting them is sorting by time, and an id alone says where its comment lives."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.ids import (
    BUCKETS,
    CROCKFORD,
    MAX_SITE_NUMBER,
    Place,
    bucket_of,
    comment_id,
    decision_id,
    decode,
    encode,
    made_ms,
    new_comment_id,
    new_decision_id,
    place,
)

moments = st.integers(min_value=0, max_value=(1 << 48) - 1)
site_numbers = st.integers(min_value=0, max_value=MAX_SITE_NUMBER)
buckets = st.integers(min_value=0, max_value=BUCKETS - 1)


@given(moments, site_numbers, buckets)
def test_an_id_carries_its_time_its_site_and_its_bucket(now_ms: int, site_number: int, bucket: int) -> None:
    id = new_comment_id(now_ms=now_ms, site_number=site_number, bucket=bucket)
    assert place(id) == Place(site_number=site_number, bucket=bucket)
    assert made_ms(id) == now_ms
    assert bucket_of(id) == bucket
    assert comment_id(id) == id


@given(moments, moments, site_numbers, site_numbers, buckets, buckets)
def test_ids_sorted_as_text_are_sorted_by_time(a: int, b: int, s: int, t: int, p: int, q: int) -> None:
    earlier, later = sorted((a, b))
    first = new_comment_id(now_ms=earlier, site_number=s, bucket=p)
    second = new_comment_id(now_ms=later, site_number=t, bucket=q)
    assert (first < second) or earlier == later


def test_a_decision_lives_where_its_comment_lives() -> None:
    comment = new_comment_id(now_ms=1_000, site_number=7, bucket=3)
    decision = new_decision_id(now_ms=2_000, place=place(comment))
    assert place(decision) == Place(site_number=7, bucket=3)
    assert made_ms(decision) == 2_000
    assert decision_id(decision) == decision


def test_two_ids_of_one_moment_and_place_differ() -> None:
    ids = {new_comment_id(now_ms=5, site_number=1, bucket=0) for _ in range(1_000)}
    assert len(ids) == 1_000


def test_a_comment_is_no_decision_and_a_decision_no_comment() -> None:
    comment = new_comment_id(now_ms=5, site_number=1, bucket=0)
    decision = new_decision_id(now_ms=5, place=place(comment))
    assert decision_id(comment) is None
    assert comment_id(decision) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda id: id + "0",
        lambda id: id[:-1],
        lambda id: id.lower(),
        lambda id: id + "\n",
        lambda id: " " + id,
        lambda id: id[4:],
        lambda id: id.replace("_", "-"),
        lambda id: id[:-1] + "U",
        lambda id: id[:-1] + "\u0663",
        lambda id: id[:-1] + "\0",
        lambda id: "",
    ],
)
def test_an_id_has_one_spelling(change: Callable[[str], str]) -> None:
    assert comment_id(change(new_comment_id(now_ms=5, site_number=1, bucket=0))) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_no_fault(text: str) -> None:
    assert comment_id(text) in (None, text)
    assert decision_id(text) in (None, text)


@given(st.integers(min_value=0, max_value=(1 << 130) - 1))
def test_encoding_loses_nothing(number: int) -> None:
    text = encode(number)
    assert decode(text) == number
    assert set(text) <= set(CROCKFORD)


@pytest.mark.parametrize("text", ["L", "0L0", "0b1", "-1", " 1", "1_0", "١", "0\n"])
def test_nothing_else_is_decoded(text: str) -> None:
    with pytest.raises(KeyError):
        decode(text)
