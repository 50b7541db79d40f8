"""What a moderator does about a comment's author from the comment itself: a note for colleagues, a restriction."""

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.author import HOUR_MS, KeyKind, kind_of
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here
from commentsvc.web.moderation.way import way
from commentsvc.web.parts import service

HOLD = "hold"
LIFT = "lift"
SPANS = {"1h": HOUR_MS, "24h": 24 * HOUR_MS, "7d": 7 * 24 * HOUR_MS, "30d": 30 * 24 * HOUR_MS}
"""How long an author can be kept out."""


def spans() -> tuple[tuple[str, str], ...]:
    """What can be laid on an author, as (word, name), in the order of the keys 1 to 5."""
    return (
        ("1h", gettext("1 hour")),
        ("24h", gettext("24 hours")),
        ("7d", gettext("7 days")),
        ("30d", gettext("30 days")),
        (HOLD, gettext("Hold everything")),
    )


@blueprint.post("/comments/<string(length=30):comment>/author/note")
@asks(Right.DECIDE)
def note(comment: str) -> BaseResponse:
    """Back to the list: the note on the comment's author is written down for colleagues."""
    granted(service().authors.note(actor(), here(), _author(comment), request.form.get("note", "")))
    return way().back(comment, noted=comment)


@blueprint.post("/comments/<string(length=30):comment>/author/restriction")
@asks(Right.RESTRICT)
def restrict(comment: str) -> BaseResponse:
    """Back to the list: the comment's author is kept out for a while, held, or free again.

    One network is perhaps many people: to restrict it needs to be said twice.
    """
    span, key = request.form.get("span", ""), _author(comment)
    if span == LIFT:
        granted(service().authors.lift(actor(), here(), key))
        return way().back(comment, lifted=comment)
    if span not in (*SPANS, HOLD) or (kind_of(key) is KeyKind.NETWORK and request.form.get("sure") != "yes"):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    until_ms = now_ms() + SPANS[span] if span in SPANS else 0
    granted(service().authors.restrict(actor(), here(), key, until_ms=until_ms))
    return way().back(comment, restricted=comment)


def _author(comment: str) -> str:
    """The key of the comment's author; an erased comment has none."""
    item = granted(service().moderation.item(actor(), comment))
    if item.comment.body is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return item.comment.body.author_key
