"""The page of one comment: the card, what can be done now, and everything that was decided about it."""

from dataclasses import dataclass

from flask import Response, url_for

from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Refused
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.row import Row, rows
from commentsvc.web.moderation.way import Notice, Way, notice
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What was chosen and written for a decision that was not made, to be shown again; `problem` says why not."""

    reason: str = ""
    note: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentPage:
    """One comment with its history, newest first."""

    card: Card
    reasons: tuple[tuple[str, str], ...]
    history: tuple[Row, ...]
    notice: Notice | None
    kept: Kept
    way: Way
    back: str


@blueprint.get("/comments/<string(length=30):comment>")
@asks(Right.READ)
def comment(comment: str) -> Response:
    """The comment as it stands."""
    return page(comment, way=Way(list="comment"), notice=notice())


def page(id: str, *, way: Way, notice: Notice | None, kept: Kept | None = None, status: int = 200) -> Response:
    """The page of a comment, also as the answer to a decision that was not made."""
    item = granted(service().moderation.item(actor(), id))
    history = granted(service().moderation.history(actor(), id))
    shown = CommentPage(
        card=card(here(), item, lease=item.lease),
        reasons=words.reasons(here()),
        history=rows(here(), history, {item.comment.id: item.comment.body.name} if item.comment.body else {}),
        notice=notice,
        kept=kept or Kept(),
        way=way,
        back=url_for("moderation.queue", site=here().key) if way.list == "comment" else way.address(id),
    )
    return sheet("moderation/comment.html", shown, status)


def problem_of(refused: Refused) -> str:
    """Why a decision was not made, in one sentence: the field's own where a field is at fault."""
    codes = list(refused.fields.values())
    return gettext(Refused(code=codes[0]).sentence if codes else refused.sentence)
