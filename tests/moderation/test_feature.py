"""Featuring in the console: a plain button, the card, the log, and what the script's desk is told."""

from typing import Any

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from tests.moderation.cast import Cast, Sitting
from tests.moderation.test_cases import report
from tests.moderation.test_desk import open_desk

BADGE = "Featured by the editors"


def decide(id: CommentId, verb: str, version: int = 1) -> dict[str, Any]:
    """What the script sends."""
    return {"act": "decide", "id": id, "version": version, "verb": verb}


def test_a_button_features_what_waits_and_another_ends_it_without_a_script(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.press(mo.get("/moderation/daily/"), "Feature", id)
    assert "Featured Maria K. Undo" in page.text
    assert (cast.stored(id).status, cast.stored(id).featured) == (Status.APPROVED, True)
    card = mo.get(f"/moderation/comments/{id}")
    assert BADGE in card.text
    assert "Mo featured this" in card.text
    ended = mo.press(card, "Stop featuring", id)
    assert "No longer featured: Maria K." in ended.text
    assert BADGE not in ended.text
    assert "Mo stopped featuring this" in ended.text
    again = mo.press(ended, "Undo")
    assert BADGE in again.text
    log = mo.get("/moderation/daily/log").text
    assert "Mo approved and featured" in log
    assert "Mo stopped featuring" in log
    assert "Featured no longer" in mo.get("/moderation/daily/log?what=unfeature").text
    assert BADGE in mo.get(f"/moderation/daily/threads/{cast.stored(id).thread}").text


def test_what_is_published_is_featured_from_its_list(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    cast.decided("max", id, Verb.APPROVE)
    mo.press(mo.get("/moderation/daily/approved"), "Feature", id)
    assert "Mo featured" in mo.get("/moderation/daily/log").text
    assert mo.press(mo.get("/moderation/daily/approved"), "Take down", id, reason="insult").rows() == []
    assert cast.stored(id).featured is False


def test_the_script_sends_it_as_every_other_decision(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id, desk, other = cast.comment(), open_desk(mo), open_desk(max_)
    assert "feature" in str(next(got["data-verbs"] for tag, got in desk.cards().tags if tag == "article"))
    (made,) = desk.does(decide(id, "feature"))
    assert desk.does(decide(id, "feature")) == [made]
    (late,) = other.does(decide(id, "feature"))
    assert (late["result"], late["status"], late["verb"]) == ("stale", "approved", "feature")
    assert late["said"].startswith("\u2068Mo\u2069 featured this")
    card = other.cards(only=[id])
    assert BADGE in card.text
    assert next(got["data-verbs"] for tag, got in card.tags if tag == "article") == "reject unfeature"
    (refused,) = other.does(decide(id, "feature", 2))
    assert (refused["result"], refused["code"]) == ("refused", "not_allowed_now")
    (undone,) = desk.does({"act": "undo", "id": id, "decision": made["decision"]})
    assert (undone["result"], cast.stored(id).status) == ("ok", Status.PENDING)


def test_what_is_reported_is_judged_before_anybody_features_it(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    cast.decided("mo", id, Verb.APPROVE)
    report(cast, id)
    page = mo.get("/moderation/daily/?lane=notices")
    assert page.ids() == [id]
    assert "Feature" not in {label for form in page.forms for label in form.buttons}


@pytest.mark.parametrize("verb", ["feature", "unfeature"])
def test_many_at_once_are_not_featured(cast: Cast, mo: Sitting, verb: str) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/list")
    form = page.form("Approve", "/bulk")
    answer = mo.web.post(form.action, data=form.fields | {"decision": verb, "pick": f"{id}.1"})
    assert answer.status_code == 400
    assert cast.stored(id).status is Status.PENDING


def test_practice_knows_it_too(mo: Sitting) -> None:
    page = mo.get("/moderation/-/practice")
    assert "Featured Ines Okafor" in mo.press(page, "Feature").text
