"""Deciding: one button, a status line, and never a collision."""

import pytest

from commentsvc.domain.decision import Status, Verb
from tests.moderation.cast import Cast, Page, Sitting, path_of


def test_approving_leads_back_to_the_queue_and_says_so(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Approve", id)
    assert page.url == "/moderation/daily/"
    assert "Approved Maria K. Undo" in page.text
    assert cast.stored(id).status is Status.APPROVED


def test_rejecting_takes_a_reason_of_the_site_and_a_note(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    note = "Line one.\r\nLine two."
    page = mo.press(mo.get("/moderation/daily/"), "Reject", id, reason="off_topic", note=note)
    assert "Rejected Maria K. · Off topic" in page.text
    assert (cast.stored(id).status, cast.stored(id).reason) == (Status.REJECTED, "off_topic")
    assert "Line one.\nLine two." in mo.get("/moderation/daily/log").source


def test_spam_is_one_button(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    assert "Marked Maria K. as spam" in mo.press(mo.get("/moderation/daily/"), "Spam", id).text
    assert cast.stored(id).status is Status.SPAM


def test_the_status_line_stands_where_the_card_was(cast: Cast, mo: Sitting) -> None:
    first, second, third = (cast.comment(name=f"Reader {n}", ago_s=9 - n) for n in range(3))
    answer = mo.send(mo.get("/moderation/daily/"), "Approve", second)
    assert answer.location.endswith("#status")
    page = mo.get(path_of(answer))
    order = [got["id"] for _, got in page.tags if got.get("id") in (first, third, "status")]
    assert order == [first, "status", third]


def test_the_place_in_a_long_queue_is_kept(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(13)]
    later = mo.get(mo.get("/moderation/daily/").links["Newer ones"])
    assert mo.press(later, "Approve", ids[10]).ids() == ids[11:]


def test_rejecting_without_a_reason_is_refused_and_the_note_kept(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Reject", id, note="my careful note")
    assert page.status == 422
    assert "Choose one of the site&#39;s reasons." in page.source
    assert "my careful note" in page.text
    assert cast.stored(id).status is Status.PENDING


def test_the_refused_form_can_be_mended_and_leads_back_to_the_queue(cast: Cast, mo: Sitting) -> None:
    id, other = cast.comment(ago_s=9), cast.comment()
    refused = mo.press(mo.get("/moderation/daily/"), "Reject", id, reason="nonsense")
    page = mo.press(refused, "Reject", id, reason="insult")
    assert "Rejected Maria K. · Insult" in page.text
    assert page.ids() == [other]


def test_a_note_that_is_too_long_is_refused_and_kept(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Reject", id, reason="insult", note="x" * 1001)
    assert (page.status, "This is too long." in page.text, "x" * 1001 in page.text) == (422, True, True)


@pytest.mark.parametrize(
    "broken", [{"version": "one"}, {"version": "-1"}, {"version": "9" * 30}, {"version": "١"}, {"decision": "publish"}]
)
def test_what_no_form_of_ours_sends_is_refused_in_words(cast: Cast, mo: Sitting, broken: dict[str, str]) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Approve", id, **broken)
    assert (page.status, "The request is not well formed." in page.text) == (400, True)
    assert cast.stored(id).status is Status.PENDING


@pytest.mark.parametrize("verb", ["withdraw", "undo", "not_spam"])
def test_what_the_table_does_not_allow_is_refused_in_words(cast: Cast, mo: Sitting, verb: str) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Approve", id, decision=verb)
    assert page.status in (409, 422)
    assert any(got.get("role") == "alert" and "autofocus" in got for _, got in page.tags)
    assert cast.stored(id).status is Status.PENDING


def test_a_double_click_decides_once(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    first, second = mo.send(page, "Approve", id), mo.send(page, "Approve", id)
    assert first.location == second.location
    assert cast.stored(id).version == 2
    assert mo.get("/moderation/daily/log").text.count("Mo approved") == 1


def test_second_moderator_is_told_who_was_faster(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment(ago_s=300)
    page = max_.get("/moderation/daily/")
    cast.decided("mo", id, Verb.APPROVE, ago_s=40)
    late = max_.press(page, "Reject", id, reason="insult", note="my careful note")
    assert late.status == 409
    assert "Mo approved this 40 sec. ago · Your decision changed nothing." in late.text
    assert "my careful note" in late.text
    assert [got["id"] for _, got in late.tags if "autofocus" in got] == ["status"]
    assert cast.stored(id).status is Status.APPROVED


def test_who_was_late_may_overrule_by_a_new_decision_that_is_logged(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment(ago_s=300)
    page = max_.get("/moderation/daily/")
    cast.decided("mo", id, Verb.APPROVE)
    late = max_.press(page, "Reject", id, reason="insult")
    after = max_.press(late, "Take down", id, reason="insult")
    assert after.url == "/moderation/daily/"
    assert "Rejected Maria K. · Insult" in after.text
    log = max_.get("/moderation/daily/log").text
    assert log.index("Max took down") < log.index("Mo approved")


def test_the_same_wish_too_late_is_also_told(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    page = max_.get("/moderation/daily/")
    cast.decided("mo", id, Verb.APPROVE)
    late = max_.press(page, "Approve", id)
    assert (late.status, "Mo approved this" in late.text) == (409, True)
    assert [verb for verb in ("Take down", "Approve") if any(verb in form.buttons for form in late.forms)] == [
        "Take down"
    ]


def test_a_comment_withdrawn_meanwhile_is_shown_as_that_and_nothing_more(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(text="My private confession.")
    page = mo.get("/moderation/daily/")
    cast.service.receipts.withdraw(cast.service.receipts.token(id))
    late = mo.press(page, "Reject", id, reason="insult", note="my careful note")
    assert late.status == 409
    assert "The author withdrew this" in late.text
    assert "private confession" not in late.text
    assert "my careful note" in late.text
    assert not any(id in form.action and "decision" in form.action for form in late.forms)


def test_reloading_the_page_after_a_decision_does_nothing_again(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    answer = mo.send(mo.get("/moderation/daily/"), "Approve", id)
    assert answer.status_code == 303
    for _ in range(2):
        assert "Approved Maria K." in Page(mo.web.get(path_of(answer))).text
    assert cast.stored(id).version == 2


def test_a_status_line_nobody_earned_is_not_shown(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    made = cast.decided("mo", id, Verb.APPROVE)
    for asked in (f"done={made.id}", "done=nonsense", "undone=nonsense", f"undone={'cmt_' + '0' * 26}", "thread=x"):
        page = max_.get(f"/moderation/daily/?{asked}")
        assert page.status == 200
        assert not any(got.get("id") == "status" for _, got in page.tags), asked
