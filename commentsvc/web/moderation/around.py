"""What is known around a comment: what its author wrote before, what is laid on them, and who says nearly the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from commentsvc.bootstrap import now_ms
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, new_bulk_id
from commentsvc.service.moderation import Item
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import here
from commentsvc.web.moderation.marks import marked
from commentsvc.web.moderation.words import Moment, filled, moment

EARLIER_MAX = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """Another comment of the same author: its beginning, when it was sent, what became of it."""

    id: CommentId
    status: Status
    verdict: str
    text: Markup
    sent: Moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What a card's context shows. `near` are the comments that say nearly the same, as `ID:VERSION` each, and `step`
    is the id of the one step in which all of them can be decided.

    `asked` says who asked a colleague about it, `question` what; `restricted` what is laid on the author just now.
    """

    earlier: tuple[Earlier, ...] = ()
    near: tuple[str, ...] = ()
    step: str = ""
    notes: int = 0
    restricted: Markup | None = None
    asked: Markup | None = None
    question: Markup | None = None


def around(item: Item) -> Around:
    """What surrounds this item."""
    asked = item.asked
    return Around(
        earlier=_earlier(item.strip),
        near=tuple(f"{other.id}:{other.version}" for other in item.near),
        step=new_bulk_id(now_ms=now_ms(), site_number=here().number) if item.near else "",
        notes=item.notes,
        restricted=_restricted(item),
        asked=filled(gettext("%(who)s asks a colleague"), who=words.person(asked.by)) if asked else None,
        question=marked(asked.note) if asked else None,
    )


def _earlier(strip: Sequence[Comment]) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(
            id=comment.id,
            status=comment.status,
            verdict=words.status_name(comment.status),
            text=marked(_begins(comment.body.text)),
            sent=moment(comment.body.created_ms),
        )
        for comment in strip
        if comment.body
    )


def _begins(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EARLIER_MAX else line[:EARLIER_MAX] + "…"


def _restricted(item: Item) -> Markup | None:
    laid = item.restriction
    if laid is None or not laid.in_force(now_ms()):
        return None
    if laid.holds:
        return filled(gettext("Everything of this author is held"))
    when = moment(laid.until_ms)
    until = Markup('<time datetime="%s">%s</time>') % (when.iso, when.exact)
    return filled(gettext("May not comment until %(until)s"), until=until)
