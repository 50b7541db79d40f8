"""The log filtered by its address: who, what, why, when, which article or comment."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import made_ms
from commentsvc.service import log
from tests.moderation.cast import Cast, Page, Sitting
from tests.moderation.test_bulk import decide
from tests.moderation.test_log import rows

DAY_S = 86_400


def asked(sitting: Sitting, **query: str) -> Page:
    return sitting.get("/moderation/daily/log?" + urlencode(query))


def test_filters_by_who_what_and_why_work_together(cast: Cast, mo: Sitting) -> None:
    insult = cast.decided("mo", cast.comment(ago_s=90), Verb.REJECT, reason="insult", ago_s=60).id
    hate = cast.decided("mo", cast.comment(ago_s=90), Verb.REJECT, reason="hate", ago_s=50).id
    other = cast.decided("max", cast.comment(ago_s=90), Verb.REJECT, reason="insult", ago_s=40).id
    spam = cast.decided("max", cast.comment(ago_s=90), Verb.SPAM, ago_s=30).id
    assert rows(asked(mo, by="mo")) == [hate, insult]
    assert rows(asked(mo, what="spam")) == [spam]
    assert rows(asked(mo, reason="insult")) == [other, insult]
    assert rows(asked(mo, by="max", what="reject", reason="insult")) == [other]
    assert "No row of the log is like that." in asked(mo, by="max", reason="hate").text


def test_days_are_whole_and_in_utc(cast: Cast, mo: Sitting) -> None:
    ids = [cast.decided("mo", cast.comment(ago_s=5 * DAY_S), Verb.APPROVE, ago_s=n * DAY_S).id for n in (4, 2, 0)]
    days = [_day(made_ms(id)) for id in ids]
    assert rows(asked(mo, since=days[1])) == [ids[2], ids[1]]
    assert rows(asked(mo, until=days[1])) == [ids[1], ids[0]]
    assert rows(asked(mo, since=days[1], until=days[1])) == [ids[1]]


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d")


def test_one_articles_rows_by_its_address_in_any_form(cast: Cast, mo: Sitting) -> None:
    here = cast.decided("mo", cast.comment(), Verb.APPROVE).id
    elsewhere = cast.comment(path="/other")
    there = cast.decided("mo", elsewhere, Verb.APPROVE).id
    assert rows(asked(mo, article="https://daily.example/news/42/?utm_source=x")) == [here]
    assert rows(asked(mo, article=cast.stored(elsewhere).thread)) == [there]


def test_a_row_leads_to_all_that_was_decided_in_the_same_step(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(name=f"Reader {n}", text=f"remark {n}", ago_s=100 - n) for n in range(4)]
    alone = cast.decided("mo", ids[3], Verb.APPROVE).id
    decide(mo, mo.get("/moderation/daily/list"), "Approve", *ids[:3])
    page = mo.get("/moderation/daily/log")
    assert alone in rows(page)
    step = mo.get(page.links["in one step with others"])
    assert len(rows(step)) == 3
    assert alone not in rows(step)
    assert "Step: blk_" in step.text
    assert page.text.count("in one step with others") == 3


def test_one_comments_rows(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=90)
    first = cast.decided("mo", id, Verb.SPAM, ago_s=60).id
    second = cast.decided("mo", id, Verb.NOT_SPAM, ago_s=50).id
    cast.decided("mo", cast.comment(), Verb.APPROVE)
    assert rows(asked(mo, comment=id)) == [second, first]
    assert rows(asked(mo, comment=id, what="spam")) == [first]


def test_what_is_asked_for_stands_as_chips_each_with_the_way_out(cast: Cast, mo: Sitting) -> None:
    one = cast.decided("mo", cast.comment(ago_s=90), Verb.REJECT, reason="insult", ago_s=60).id
    two = cast.decided("mo", cast.comment(ago_s=90), Verb.APPROVE, ago_s=50).id
    page = asked(mo, by="mo", reason="insult")
    assert "Who: Mo ×" in page.text
    assert "Reason: Insult ×" in page.text
    without = [got["href"] for tag, got in page.tags if got.get("aria-label") == "Without the filter Reason"]
    assert rows(mo.get(str(without[0]))) == [two, one]
    assert rows(mo.get(page.links["Without filters"])) == [two, one]


def test_the_pages_of_a_filtered_log_keep_the_filter(cast: Cast, mo: Sitting) -> None:
    mine = [cast.decided("mo", cast.comment(ago_s=900), Verb.APPROVE, ago_s=800 - n).id for n in range(53)]
    for n in range(3):
        cast.decided("max", cast.comment(ago_s=900), Verb.APPROVE, ago_s=770 - n)
    page = asked(mo, by="mo")
    assert rows(page) + rows(mo.get(page.links["Older ones"])) == mine[::-1]


def test_a_search_that_is_long_stops_and_can_be_gone_on_with(
    cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LOOK_MAX", 10)
    monkeypatch.setattr(log, "BATCH", 5)
    rare = cast.decided("max", cast.comment(ago_s=900), Verb.APPROVE, ago_s=800).id
    for n in range(12):
        cast.decided("mo", cast.comment(ago_s=900), Verb.APPROVE, ago_s=700 - n)
    page = asked(mo, by="max")
    assert rows(page) == []
    assert "so far." in page.text
    assert rows(mo.get(page.links["Search further back"])) == [rare]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"since": "yesterday"}, "Write the date as year-month-day"),
        ({"until": "2026-13-01"}, "Write the date as year-month-day"),
        ({"until": "9999-12-31"}, "Write the date as year-month-day"),
        ({"what": "everything"}, "Please choose one of the list."),
        ({"comment": "cmt_nonsense"}, "There is nothing here."),
        ({"step": "blk_nonsense"}, "There is nothing here."),
        ({"article": "https://evil.example/"}, "not a usable http or https URL"),
        ({"by": "x" * 81}, "This is too long."),
    ],
)
def test_a_filter_that_cannot_be_meant_is_said_beside_its_field(
    cast: Cast, mo: Sitting, query: dict[str, str], said: str
) -> None:
    page = asked(mo, **query)
    assert (page.status, said in page.text) == (422, True)
    assert any(got.get("aria-invalid") == "true" for _, got in page.tags)


def test_nothing_in_a_filter_is_anything_but_text(cast: Cast, mo: Sitting) -> None:
    page = asked(mo, by='"><script>alert(1)</script>', reason="</select><b>")
    assert "<script>" not in page.source
    assert "<b>" not in page.source


def test_a_day_that_is_to_come_is_empty(cast: Cast, mo: Sitting) -> None:
    cast.decided("mo", cast.comment(), Verb.APPROVE)
    assert rows(asked(mo, since=_day(now_ms() + 5 * DAY_S * 1000))) == []
