"""Many at once: those ticked or all that a list has, one step to undo, and an honest count."""

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Role
from commentsvc.service import bulk as service_bulk
from commentsvc.web.moderation import bulk as web_bulk
from commentsvc.web.moderation import lists
from tests.moderation.cast import Cast, Page, Sitting


def ticks(page: Page) -> dict[str, str]:
    """What the ticks of the rows hold, by comment."""
    values = [str(got["value"]) for tag, got in page.tags if tag == "input" and got.get("name") == "pick"]
    return {value.partition(".")[0]: value for value in values}


def decide(sitting: Sitting, page: Page, button: str, *ids: str, **typed: str) -> Page:
    """The page that follows when these rows are ticked and a button is pressed."""
    form = page.form(button, "/bulk")
    name, value = form.buttons[button]
    data: dict[str, object] = {**form.fields, name: value, "pick": [ticks(page)[id] for id in ids], **typed}
    return Page(sitting.web.post(form.action, data=data, follow_redirects=True))


def go_on(sitting: Sitting, page: Page, button: str, **typed: str) -> Page:
    """The page that follows when a step is gone on with."""
    form = page.form(button, "/bulk")
    return Page(sitting.web.post(form.action, data=form.fields | typed, follow_redirects=True))


@pytest.fixture
def ids(cast: Cast) -> list[str]:
    """Five comments that wait."""
    return [cast.comment(name=f"Reader {n}", text=f"remark {n}", ago_s=100 - n) for n in range(5)]


def statuses(cast: Cast, ids: list[str]) -> list[Status]:
    return [cast.stored(id).status for id in ids]


def test_those_ticked_are_decided_and_one_undo_takes_all_back(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = decide(mo, mo.get("/moderation/daily/list"), "Approve", *ids[1:4])
    assert page.url == "/moderation/daily/list"
    assert "Approved 3 comments" in page.text
    assert page.rows() == [ids[0], ids[4]]
    undone = mo.press(page, "Undo", "/bulk/")
    assert "Undone: 3 comments" in undone.text
    assert undone.rows() == ids
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_rejecting_many_takes_a_reason_and_a_note(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = decide(mo, mo.get("/moderation/daily/list"), "Reject", *ids[:2], reason="insult", note="Both the same.")
    assert "Rejected 2 comments" in page.text
    assert [cast.stored(id).reason for id in ids[:2]] == ["insult", "insult"]
    assert mo.get("/moderation/daily/log").text.count("Both the same.") == 2


def test_rejecting_many_without_a_reason_changes_nothing(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = decide(mo, mo.get("/moderation/daily/list"), "Reject", *ids[:2], note="my careful note")
    assert page.status == 422
    assert "Choose one of the site&#39;s reasons." in page.source
    assert "my careful note" in page.text
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_what_somebody_else_had_decided_is_counted_named_and_left_as_it_is(
    cast: Cast, mo: Sitting, max_: Sitting, ids: list[str]
) -> None:
    page = mo.get("/moderation/daily/list")
    cast.decided("max", ids[1], Verb.SPAM)  # type: ignore[arg-type]
    done = decide(mo, page, "Approve", *ids[:3])
    assert "Approved 2 comments · 1 was decided by others" in done.text
    assert "Reader 1: Max marked this as spam just now" in done.text
    assert done.links["Reader 1: Max marked this as spam just now"].endswith(ids[1])
    assert statuses(cast, ids[:3]) == [Status.APPROVED, Status.SPAM, Status.APPROVED]


def test_the_same_form_sent_twice_is_one_step(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = mo.get("/moderation/daily/list")
    assert "Approved 2 comments" in decide(mo, page, "Approve", *ids[:2]).text
    again = decide(mo, page, "Approve", *ids[:2])
    assert "Approved 2 comments" in again.text
    assert mo.get("/moderation/daily/log").text.count("Mo approved") == 2
    assert "Undone: 2 comments" in mo.press(again, "Undo", "/bulk/").text
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_undo_of_many_leaves_what_others_changed_since(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = decide(mo, mo.get("/moderation/daily/list"), "Approve", *ids[:3])
    cast.decided("max", ids[0], Verb.REJECT, reason="hate")  # type: ignore[arg-type]
    undone = mo.press(page, "Undo", "/bulk/")
    assert "Undone: 2 comments · 1 was decided by others" in undone.text
    assert statuses(cast, ids[:3]) == [Status.REJECTED, Status.PENDING, Status.PENDING]


def test_nothing_ticked_changes_nothing_and_says_so(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    assert "Nothing was changed" in decide(mo, mo.get("/moderation/daily/list"), "Approve").text
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_all_on_the_page_are_ticked_by_a_link(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = mo.get(mo.get("/moderation/daily/list").links["Tick all"])
    ticked = [got["value"] for tag, got in page.tags if got.get("name") == "pick" and "checked" in got]
    assert len(ticked) == 5
    assert "Untick all" in page.links


def test_all_that_a_list_has_are_decided_also_those_on_other_pages(
    cast: Cast, mo: Sitting, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    page = mo.get("/moderation/daily/list")
    assert "all 5 in this list" in page.text
    later = cast.comment(name="Late", ago_s=-5)
    done = decide(mo, page, "Spam", scope="all")
    assert "Marked 5 comments as spam" in done.text
    assert statuses(cast, ids) == [Status.SPAM] * 5
    assert cast.stored(later).status is Status.PENDING, "nobody saw it counted"
    assert "Undone: 5 comments" in mo.press(done, "Undo", "/bulk/").text
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_very_many_ask_for_a_typed_word(
    cast: Cast, mo: Sitting, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr(web_bulk, "TYPED_OVER", 4)
    asked = decide(mo, mo.get("/moderation/daily/list"), "Reject", scope="all", reason="advertising", note="A flood.")
    assert "Reject 5 comments?" in asked.text
    assert "To go on, type: Reject" in asked.text
    assert statuses(cast, ids) == [Status.PENDING] * 5
    wrong = go_on(mo, asked, "Reject", word="approve")
    assert (wrong.status, "That was another word." in wrong.text) == (422, True)
    assert statuses(cast, ids) == [Status.PENDING] * 5
    done = go_on(mo, wrong, "Reject", word=" REJECT ")
    assert "Rejected 5 comments" in done.text
    assert {cast.stored(id).reason for id in ids} == {"advertising"}
    assert mo.get(asked.links["Leave everything as it is"]).status == 200


def test_what_takes_several_requests_says_how_far_it_is_and_is_one_step(
    cast: Cast, mo: Sitting, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    monkeypatch.setattr(service_bulk, "AT_ONCE", 2)
    page = decide(mo, mo.get("/moderation/daily/list"), "Approve", scope="all")
    assert "Publishing 2 of 5" in page.text
    page = go_on(mo, page, "Go on")
    assert "Publishing 4 of 5" in page.text
    page = go_on(mo, page, "Go on")
    assert "Approved 5 comments" in page.text
    page = mo.press(page, "Undo", "/bulk/")
    assert "Taking back 2 of 5" in page.text
    page = go_on(mo, go_on(mo, page, "Go on"), "Go on")
    assert "Undone: 5 comments" in page.text
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_a_list_of_what_was_decided_offers_what_its_status_allows(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    for id in ids[:2]:
        cast.decided("mo", id, Verb.APPROVE)  # type: ignore[arg-type]
    page = mo.get("/moderation/daily/approved")
    assert list(page.form("Reject", "/bulk").buttons) == ["Reject"]
    assert "Rejected 2 comments" in decide(mo, page, "Reject", *ids[:2], reason="insult").text


def test_who_may_not_overrule_is_told_how_many_stay(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    cast.decided("max", ids[0], Verb.SPAM)  # type: ignore[arg-type]
    cast.decided("mo", ids[1], Verb.SPAM)  # type: ignore[arg-type]
    done = decide(mo, mo.get("/moderation/daily/spam"), "Not spam", *ids[:2])
    assert "1 comment is waiting again · 1 stays as it is" in done.text


def test_who_only_reads_has_no_buttons(cast: Cast, ids: list[str]) -> None:
    cast.hire("ida", "daily", role=Role.AUDITOR)
    page = cast.sits_down("ida").get("/moderation/daily/list")
    assert page.rows() == ids
    assert not any(form.action.endswith("/bulk") for form in page.forms)


@pytest.mark.parametrize(
    "broken",
    [
        {"decision": "withdraw"},
        {"decision": ""},
        {"step": "nonsense"},
        {"step": "blk_" + "0" * 26},
        {"pick": "cmt_nonsense.1"},
        {"pick": "all"},
        {"pick": "cmt_" + "0" * 26 + ".x"},
        {"scope": "all", "back": "/moderation/daily/log"},
        {"scope": "all", "back": "https://evil.example/"},
        {"scope": "all", "back": "/moderation/daily/list?lane=everything"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused(cast: Cast, mo: Sitting, ids: list[str], broken: dict[str, str]) -> None:
    page = mo.get("/moderation/daily/list")
    form = page.form("Approve", "/bulk")
    answer = mo.web.post(form.action, data=form.fields | {"decision": "approve"} | broken)
    assert answer.status_code == 400
    assert statuses(cast, ids) == [Status.PENDING] * 5


def test_another_sites_comments_are_not_touched(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    cast.site("weekly")
    there = cast.comment("weekly")
    form = mo.get("/moderation/daily/list").form("Approve", "/bulk")
    answer = mo.web.post(form.action, data=form.fields | {"decision": "approve", "pick": f"{there}.1"})
    assert "made=0" in answer.location
    assert cast.stored(there).status is Status.PENDING


def test_nobody_undoes_a_colleagues_step(cast: Cast, mo: Sitting, max_: Sitting, ids: list[str]) -> None:
    done = decide(mo, mo.get("/moderation/daily/list"), "Approve", *ids[:2])
    form = done.form("Undo", "/bulk/")
    token = max_.get("/moderation/daily/list").form("Approve").fields["csrf_token"]
    page = Page(max_.web.post(form.action, data=form.fields | {"csrf_token": token}, follow_redirects=True))
    assert "Nothing was changed" in page.text
    assert statuses(cast, ids[:2]) == [Status.APPROVED, Status.APPROVED]


def test_too_many_ticks_are_refused(cast: Cast, mo: Sitting, ids: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_bulk, "PICKS_MAX", 2)
    assert decide(mo, mo.get("/moderation/daily/list"), "Approve", *ids[:3]).status == 413


def test_the_status_line_says_nothing_of_what_an_address_makes_up(cast: Cast, mo: Sitting, ids: list[str]) -> None:
    page = mo.get("/moderation/daily/list?step=blk_" + "0" * 26 + "&did=approve&made=9&late=x&seen=<b>.x")
    assert "Undo" not in [label for form in page.forms for label in form.buttons]
    assert page.status == 200
