"""The numbers: drawings that are tables too, in the page's direction, without a word about who was faster."""

import re

import pytest

from commentsvc.domain.decision import Verb
from tests.moderation.cast import Cast, Sitting

ADDRESS = "/moderation/daily/numbers"


@pytest.fixture
def day(cast: Cast) -> Cast:
    """A site on which something happened."""
    for reason in ("insult", "insult", "hate"):
        cast.decided("mo", cast.comment(ago_s=4 * 3600), Verb.REJECT, reason=reason, ago_s=600)
    cast.decided("mo", cast.comment(ago_s=4 * 3600), Verb.APPROVE, ago_s=800)
    cast.comment(ago_s=60)
    return cast


def test_every_drawing_is_a_table_too(day: Cast, mo: Sitting) -> None:
    page = mo.get(ADDRESS)
    assert page.status == 200
    drawings, tables = page.source.count("<svg"), page.source.count("As a table")
    assert drawings == tables == 4
    assert page.source.count('role="img"') == drawings
    assert "3 comments were rejected." in page.text
    assert "5 came in, 4 were decided." in page.text
    assert "Insult" in page.text


def test_it_says_when_the_queue_is_empty(day: Cast, mo: Sitting) -> None:
    assert re.search(r"At this pace the queue is empty at [\d: -]+ UTC\.", mo.get(ADDRESS).text)


def test_a_site_where_nothing_happened_has_a_page(cast: Cast, mo: Sitting) -> None:
    page = mo.get(ADDRESS)
    assert "Nothing is waiting." in page.text
    assert "Nothing came in." in page.text
    assert page.text.count("Nothing yet.") == 4
    assert "<svg" not in page.source, "an empty drawing tells nothing"


@pytest.mark.parametrize(
    ("asked", "shown"), [("7d", "7 days"), ("30d", "30 days"), ("", "24 hours"), ("x", "24 hours")]
)
def test_the_period_stands_in_the_address(day: Cast, mo: Sitting, asked: str, shown: str) -> None:
    page = mo.get(f"{ADDRESS}?period={asked}")
    (marked,) = re.findall(r'<a href="[^"]*period=[^"]*" aria-current="page">([^<]+)</a>', page.source)
    assert marked == shown


def test_drawings_are_mirrored_where_people_read_from_right_to_left(day: Cast, mo: Sitting) -> None:
    beside = r'<text class="beside" x="(\d+)"'
    left, right = (mo.get(f"{ADDRESS}?lang={language}").source for language in ("en", "ar"))
    assert {int(x) for x in re.findall(beside, left)} == {34}
    assert {int(x) for x in re.findall(beside, right)} == {606}


def test_drawings_are_small_and_need_no_style_of_their_own(day: Cast, mo: Sitting) -> None:
    source = mo.get(f"{ADDRESS}?period=30d").source
    assert all(len(drawing) < 4_000 for drawing in re.findall(r"<svg.*?</svg>", source, re.DOTALL))
    assert "style=" not in source


def test_nobody_is_named(day: Cast, mo: Sitting) -> None:
    main = mo.get(ADDRESS).source.partition("<main")[2]
    assert "Mo" not in re.sub(r"<[^>]*>", " ", main).split()


def test_each_busy_article_leads_to_its_conversation(day: Cast, mo: Sitting) -> None:
    page = mo.get(ADDRESS)
    (address,) = {href for href in page.links.values() if "/thread" in href or "/talk" in href} or {""}
    assert mo.get(address).status == 200
