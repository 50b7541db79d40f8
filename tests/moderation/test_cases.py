"""Reports and appeals in the console: their lane, their clocks, who may answer, by forms and by the script's desk."""

import pytest

from commentsvc.domain.case import Ending
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Role
from commentsvc.domain.refusal import Refused
from commentsvc.service.reports import Filed, Outcome
from tests.moderation.cast import Cast, Sitting
from tests.moderation.test_desk import open_desk

LANE = "/moderation/daily/?lane=notices"
LIST = "/moderation/daily/list?lane=notices"


def published(cast: Cast, **how: str) -> CommentId:
    """A comment that Mo approved."""
    id = cast.comment(**how)  # type: ignore[arg-type]  # the words that are typed
    cast.decided("mo", id, Verb.APPROVE)
    return id


def report(cast: Cast, id: CommentId, *, network: str = "198.51.100.1", **said: str) -> str:
    """The receipt's token of a report."""
    found = cast.service.reports.find(id)
    assert not isinstance(found, Refused)
    ticket = cast.service.reports.code(found).ticket
    values = {"reason": "insult", "challenge": ticket, "code": str(cast.service.challenges.answer(ticket)), **said}
    filed = cast.service.reports.report(found, {name: [value] for name, value in values.items()}, network=network)
    assert isinstance(filed, Filed), filed
    return filed.token


def appealed(cast: Cast, *, by: str = "mo", text: str = "I insulted nobody.") -> CommentId:
    """A comment that was rejected, and whose author appealed."""
    id = cast.comment()
    cast.decided(by, id, Verb.REJECT, reason="insult")
    made = cast.service.appeals.appeal(cast.service.receipts.token(id), {"appeal": [text]})
    assert not isinstance(made, Refused)
    return id


def ending(cast: Cast, token: str) -> Ending | None:
    """What the reporter reads."""
    outcome = cast.service.reports.open(token)
    assert isinstance(outcome, Outcome)
    return outcome.reported.ending


@pytest.fixture
def lena(cast: Cast) -> Sitting:
    """Lena, a lead of `daily`, who has signed in."""
    cast.hire("lena", "daily", role=Role.LEAD)
    return cast.sits_down("lena")


def test_a_card_says_what_is_reported_by_how_many_and_by_when_to_judge_it(cast: Cast, mo: Sitting) -> None:
    id = published(cast, text="Not so calm.")
    report(cast, id)
    report(cast, id, network="198.51.100.2")
    said = {"reason": "illegal", "why": "A threat <b>against</b> me.", "name": "Nadia", "email": "nadia@x.example"}
    report(cast, id, faith="yes", **said)
    page = mo.get(LANE)
    assert page.ids() == [id]
    for shown in (
        "Illegal content 1",
        "Insult 2",
        "due in 3 day",
        "A threat <b>against</b> me.",
        "Nadia",
        "good faith",
    ):
        assert shown in page.text
    assert {"Keep it", "Take down"} <= {label for form in page.forms for label in form.buttons}
    row = mo.get(LIST)
    assert row.rows() == [id]
    assert "3 reports · due in 3 day" in row.text
    assert "Notices 1" in row.text


def test_a_report_is_answered_by_a_form_and_undone_from_the_status_line(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    token = report(cast, id)
    done = mo.press(mo.get(LANE), "Keep it", id)
    assert (ending(cast, token), cast.stored(id).status) == (Ending.KEPT, Status.APPROVED)
    assert done.ids() == []
    assert "Kept Maria K." in done.text
    assert "Mo kept this" in mo.get(f"/moderation/comments/{id}").text
    back = mo.press(done, "Undo")
    assert back.ids() == [id]
    assert ending(cast, token) is None
    mo.press(back, "Take down", id, reason="insult")
    assert (ending(cast, token), cast.stored(id).status) == (Ending.REMOVED, Status.REJECTED)
    log = mo.get("/moderation/daily/log").text
    assert "Mo kept what was reported" in log
    assert "Mo took down" in log


def test_an_appeal_is_for_a_lead_who_did_not_decide_first(
    cast: Cast, mo: Sitting, max_: Sitting, lena: Sitting
) -> None:
    id = appealed(cast, text="I insulted <i>nobody</i>.")
    own, others = mo.get(f"/moderation/comments/{id}"), max_.get(f"/moderation/comments/{id}")
    assert "You made this decision: a colleague judges the appeal." in own.text
    assert "A lead or an admin judges the appeal." in others.text
    for page in (own, others):
        assert not {"Uphold", "Approve after all"} & {label for form in page.forms for label in form.buttons}
    assert "Nothing here for you" in mo.get(LANE).text
    page = lena.get(LANE)
    assert "The author appeals against the decision of Mo" in page.text
    assert "I insulted <i>nobody</i>." in page.text
    assert "due in 2 wk" in page.text or "due in 14 day" in page.text
    assert "Upheld: Maria K." in lena.press(page, "Uphold", id).text
    assert cast.stored(id).status is Status.REJECTED
    assert lena.get(LANE).ids() == []
    single = lena.get(f"/moderation/comments/{id}").text
    assert "Lena upheld the decision" in single
    assert "Lena upheld this" in single
    assert "Lena rejected this" not in single


def test_who_forges_the_button_is_refused_in_words(cast: Cast, mo: Sitting, lena: Sitting) -> None:
    id = appealed(cast, by="lena")
    form = lena.get(f"/moderation/comments/{published(cast)}").form("Take down")
    for who, sentence in ((lena, "a person who did not make the first decision"), (mo, "A lead or an admin")):
        token = next(one.fields for one in who.get("/moderation/daily/log").forms if "csrf_token" in one.fields)
        data = {**form.fields, "csrf_token": token["csrf_token"], "decision": "uphold"}
        data["version"] = str(cast.stored(id).version)
        answer = who.web.post(f"/moderation/comments/{id}/decision", data=data)
        assert answer.status_code == 403
        assert sentence in answer.text


def test_the_desk_hands_out_keeps_and_renews_what_was_reported(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    desk, other = open_desk(mo), open_desk(max_)
    id, waiting = published(cast), cast.comment(text="Another one.")
    report(cast, id)
    assert desk.cards(lane="notices").ids() == [id]
    assert other.cards(lane="notices").ids() == []
    assert desk.cards().ids() == [id, waiting]
    assert list(desk.send("leases", {"ids": [id]}).get_json()["mine"]) == [id]
    version = cast.stored(id).version
    (kept,) = desk.does({"act": "decide", "id": id, "version": version, "verb": "keep"})
    assert kept["result"] == "ok"
    (again,) = desk.does({"act": "decide", "id": id, "version": version, "verb": "keep"})
    assert again["decision"] == kept["decision"]
    (undone,) = desk.does({"act": "undo", "id": id, "decision": kept["decision"]})
    assert undone["result"] == "ok"
    report(cast, id, reason="illegal", why="It is a threat.", faith="yes")
    (late,) = desk.does({"act": "decide", "id": id, "version": undone["version"], "verb": "keep"})
    assert late["result"] == "stale"


def test_what_nobody_reported_cannot_be_kept_and_a_list_of_notices_is_not_decided_as_a_whole(
    cast: Cast, mo: Sitting
) -> None:
    id = published(cast)
    (refused,) = open_desk(mo).does({"act": "decide", "id": id, "version": cast.stored(id).version, "verb": "keep"})
    assert refused["code"] == "not_allowed_now"
    report(cast, id)
    page = mo.get(LIST)
    assert not [form for form in page.forms if form.action.endswith("/bulk")]


def test_the_lists_of_other_lanes_show_their_own(cast: Cast, mo: Sitting) -> None:
    report(cast, published(cast))
    waiting = cast.comment()
    assert mo.get("/moderation/daily/list?lane=likely_spam").rows() == [waiting]
    assert mo.get("/moderation/daily/list?lane=held").rows() == []
    assert mo.get("/moderation/daily/list?lane=none").status == 404
