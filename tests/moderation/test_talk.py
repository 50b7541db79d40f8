"""An article's page: its conversation as readers see it, what waits in its place, and the switch."""

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Role
from commentsvc.web.moderation import thread
from tests.moderation.cast import Cast, Page, Sitting


def talk(cast: Cast, sitting: Sitting, id: str) -> Page:
    """The page of the article that a comment is on."""
    return sitting.get(f"/moderation/daily/threads/{cast.stored(id).thread}")


def posts(page: Page) -> list[tuple[str, str]]:
    """Each comment with how deep it hangs."""
    return [(str(got["id"]), str(got["data-depth"])) for tag, got in page.tags if "data-depth" in got]


def test_what_waits_stands_in_its_place_in_the_conversation(cast: Cast, mo: Sitting) -> None:
    first, second = (cast.comment(text=f"remark {n}", ago_s=900 - n) for n in range(2))
    for id in (first, second):
        cast.decided("mo", id, Verb.APPROVE, ago_s=800)
    answer = cast.comment(text="An answer to the first.", parent=first, ago_s=700)
    rejected = cast.comment(text="Not for readers.", ago_s=600)
    cast.decided("mo", rejected, Verb.REJECT, reason="insult", ago_s=500)
    page = talk(cast, mo, first)
    assert posts(page) == [(first, "0"), (answer, "1"), (second, "0")]
    assert "Approved 2 Waiting 1 Rejected 1 Spam 0" in page.text
    assert "Not for readers." not in page.text


def test_what_waits_is_decided_there_and_one_stays_there(cast: Cast, mo: Sitting) -> None:
    first, second = (cast.comment(name=f"Reader {n}", ago_s=900 - n) for n in range(2))
    page = mo.press(talk(cast, mo, first), "Approve", first)
    assert page.url == f"/moderation/daily/threads/{cast.stored(first).thread}"
    assert "Approved Reader 0" in page.text
    assert [id for id, _ in posts(page)] == [first, second]
    assert cast.stored(first).status is Status.APPROVED
    undone = mo.press(page, "Undo")
    assert "Undone: Reader 0" in undone.text


def test_a_long_conversation_comes_in_pages_and_each_comment_once(
    cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "PAGE", 3)
    top = cast.comment(ago_s=900)
    cast.decided("mo", top, Verb.APPROVE, ago_s=890)
    answers = [cast.comment(parent=top, text=f"answer {n}", ago_s=800 - n) for n in range(3)]
    cast.decided("mo", answers[1], Verb.APPROVE, ago_s=700)
    last = cast.comment(ago_s=600)
    page = talk(cast, mo, top)
    following = mo.get(page.links["Read on"])
    assert [id for id, _ in posts(page) + posts(following)] == [top, *answers, last]
    assert posts(mo.get(following.links["Back to the start"])) == posts(page)


def test_an_article_is_closed_and_opened_on_its_page(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    closed = mo.press(talk(cast, mo, id), "Close comments", "/threads/")
    assert "Comments are closed: The news" in closed.text or "Comments are closed:" in closed.text
    assert not cast.item(id).thread.open
    assert "Comments are open again:" in mo.press(closed, "Open comments", "/threads/").text
    assert cast.item(id).thread.open
    page = talk(cast, mo, id)
    assert mo.press(page, "Close comments", "/threads/", thread="burn").status == 400


@pytest.mark.parametrize("id", ["0" * 26, "x" * 26, "short", "A" * 27])
def test_an_article_nobody_has_written_on_is_nowhere(cast: Cast, mo: Sitting, id: str) -> None:
    cast.comment()
    assert mo.get(f"/moderation/daily/threads/{id}").status == 404


def test_another_sites_article_is_nowhere(cast: Cast, mo: Sitting) -> None:
    cast.site("weekly")
    there = cast.stored(cast.comment("weekly")).thread
    assert mo.get(f"/moderation/daily/threads/{there}").status == 404
    form = talk(cast, mo, cast.comment()).form("Close comments", "/threads/")
    answer = mo.web.post(f"/moderation/daily/threads/{there}", data=form.fields | {"thread": "close"})
    assert answer.status_code == 404


def test_a_cursor_that_is_none_is_refused_in_words(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    assert mo.get(f"/moderation/daily/threads/{cast.stored(id).thread}?after=nonsense").status == 422


def test_an_auditor_reads_it_without_buttons(cast: Cast) -> None:
    id = cast.comment()
    cast.hire("ida", "daily", role=Role.AUDITOR)
    page = talk(cast, cast.sits_down("ida"), id)
    assert [id for id, _ in posts(page)] == [id]
    assert {label for form in page.forms for label in form.buttons} <= {"Sign out"}


def test_a_withdrawn_comment_with_replies_keeps_its_place(cast: Cast, mo: Sitting) -> None:
    top = cast.comment(text="Gone soon.", ago_s=900)
    cast.decided("mo", top, Verb.APPROVE, ago_s=890)
    answer = cast.comment(parent=top, ago_s=800)
    cast.service.receipts.withdraw(cast.service.receipts.token(top))
    page = talk(cast, mo, answer)
    assert "Gone soon." not in page.text
    assert (answer, "1") in posts(page)


def test_every_card_leads_to_its_article(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    assert mo.get(mo.get("/moderation/daily/").links["All its comments"]).status == 200
    assert [one for one, _ in posts(mo.get(mo.get("/moderation/daily/list").links["All its comments"]))] == [id]
