"""What can be done with a comment besides deciding: putting it off, asking a colleague."""

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Stale
from commentsvc.domain.ids import comment_id
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.text import normalised
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.comment import page
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here
from commentsvc.web.moderation.way import too_late, way
from commentsvc.web.parts import service

LATER_MS = 3_600_000
"""For how long a comment that was put off is handed out to nobody."""


@blueprint.post("/comments/<string(length=30):comment>/later")
@asks(Right.DECIDE)
def later(comment: str) -> BaseResponse:
    """Back to the list: the comment is handed out to nobody for an hour."""
    put_off(comment)
    return way().back(comment, later=comment)


@blueprint.post("/comments/<string(length=30):comment>/question")
@asks(Right.DECIDE)
def ask(comment: str) -> BaseResponse:
    """Back to the list: the comment waits in the lane of colleagues, with the question."""
    version, note = request.form.get("version", ""), normalised(request.form.get("note", "")).strip()
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    outcome = service().queue.ask(actor(), comment, version=int(version), note=note)
    if isinstance(outcome, Refused):
        raise Refusal(outcome)
    if isinstance(outcome, Stale):
        return page(comment, way=way(), notice=too_late(outcome), status=409)
    return way().back(comment, done=outcome.id)


def put_off(comment: str, *, back: bool = False) -> int:
    """How many comments were put off, or brought back: one, or none where it no longer waits."""
    id = comment_id(comment)
    until_ms = 0 if back else now_ms() + LATER_MS
    return granted(service().queue.later(actor(), here(), [id], until_ms=until_ms)) if id else 0
