"""Deciding, and undoing one's own decisions. Who was late is told who was faster; nothing is ever done twice."""

from dataclasses import dataclass, replace

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Stale, Verb
from commentsvc.domain.ids import comment_id
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.text import normalised
from commentsvc.service.moderation import Wanted
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.comment import Kept, page, problem_of
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.row import Row, rows
from commentsvc.web.moderation.way import Notice, Way, notice, too_late, way
from commentsvc.web.parts import service

LAST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoPage:
    """What this moderator could undo, newest first."""

    rows: tuple[Row, ...]
    notice: Notice | None
    way: Way


@blueprint.post("/comments/<string(length=30):comment>/decision")
@asks(Right.DECIDE)
def decide(comment: str) -> BaseResponse:
    """Back to the list with a status line; or the comment as it stands, with why the decision was not made."""
    wanted, came_from = _wanted(comment), way()
    outcome = service().moderation.decide(actor(), wanted)
    kept = Kept(reason=wanted.reason, note=wanted.note)
    if isinstance(outcome, Stale):
        return page(comment, way=came_from, notice=too_late(outcome), kept=kept, status=409)
    if isinstance(outcome, Refused):
        if outcome.code is Code.NOT_FOUND:
            raise Refusal(outcome)
        kept = Kept(reason=wanted.reason, note=wanted.note, problem=problem_of(outcome))
        return page(comment, way=came_from, notice=None, kept=kept, status=outcome.status)
    return came_from.back(comment, done=outcome.id)


@blueprint.post("/decisions/<string(length=30):decision>/undo")
@asks(Right.DECIDE)
def undo(decision: str) -> BaseResponse:
    """Back to the list, where the comment is again in its old place, next after the status line; or who acted since."""
    came_from, comment = way(), comment_id(request.form.get("comment", ""))
    if comment is None:
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    outcome = service().moderation.undo(actor(), decision)
    if isinstance(outcome, Refused):
        raise Refusal(outcome)
    if isinstance(outcome, Stale):
        return page(outcome.comment, way=came_from, notice=too_late(outcome, undoing=True), status=409)
    return replace(came_from, at=comment).back(comment, undone=comment)


@blueprint.get("/<site>/undo")
@asks(Right.DECIDE)
def undoable(site: str) -> Response:
    """One's own last decisions, each with its button."""
    mine = service().moderation.undoable(actor(), here(), limit=LAST)
    authors = granted(service().moderation.author_names(actor(), here(), mine))
    return sheet(
        "moderation/undo.html", UndoPage(rows=rows(here(), mine, authors), notice=notice(), way=Way(list="undo"))
    )


def _wanted(comment: str) -> Wanted:
    """The decision that the form asks for. What no form of ours sends is refused as a whole."""
    version, verb = request.form.get("version", ""), request.form.get("decision", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10) or verb not in list(Verb):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    return Wanted(
        id=comment,
        version=int(version),
        verb=Verb(verb),
        reason=request.form.get("reason", ""),
        note=normalised(request.form.get("note", "")).strip(),
    )
