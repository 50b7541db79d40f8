"""Two panes: rows to choose from, and beside them the comment that is being read, with its buttons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import request, session
from markupsafe import Markup

from commentsvc.bootstrap import now_ms
from commentsvc.domain.comment import Body
from commentsvc.domain.decision import Status, Verb, allowed
from commentsvc.domain.ids import BulkId, CommentId, comment_id, new_bulk_id
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Refused
from commentsvc.domain.terms import places
from commentsvc.service.moderation import Item
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import many_words, words
from commentsvc.web.moderation.brought import Brought, about_edit, brought
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, granted, here, may, me, names
from commentsvc.web.moderation.marks import Span, isolated, marked
from commentsvc.web.moderation.way import END, Way
from commentsvc.web.moderation.why import spans
from commentsvc.web.moderation.words import Moment, moment
from commentsvc.web.parts import service

EXCERPT_MAX = 200
EXCERPT_BEFORE, EXCERPT_SURE = 24, 48
"""Characters shown before what was found, where it is not among the first: a row has room for some fifty."""
ROWS = "rows"
COMPACT = "compact"


@dataclass(frozen=True, kw_only=True, slots=True)
class Presence:
    """A colleague who has a comment open: initials for the row, the sentence for who wants to know."""

    initials: str
    sentence: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row: one comment in a line or two. `url` opens it beside the rows; `picked` is ticked from the start."""

    id: CommentId
    version: int
    status: Status
    status_name: str
    name: Markup
    title: Markup
    excerpt: Markup
    language: str
    sent: Moment
    presence: Presence | None
    url: str
    open: bool
    picked: bool
    brought: Brought | None
    edited: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Bulk:
    """What can be done to many at once: the buttons, and how many there are in all (`sure`: counted, not guessed).

    `step` is the id of what would be done, `before_ms` when the list was read: what comes later is left alone.
    """

    verbs: tuple[tuple[Verb, str], ...]
    total: int
    sure: bool
    step: BulkId
    before_ms: int
    ticked: bool
    tick_all: str
    tick_none: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Panes:
    """The rows, the comment that is read (`asked`: somebody chose it, and a phone shows it alone), and what to do.

    `mixed`: the rows may have any status, and say which.
    """

    lines: tuple[Line, ...]
    card: Card | None
    asked: bool
    next: str
    reasons: tuple[tuple[str, str], ...]
    way: Way
    compact: bool
    other_rows: str
    mixed: bool
    bulk: Bulk


Address = Callable[..., str]
"""Makes the address of the same list with other names in it; a name that is None is left out."""


def panes(
    items: Sequence[Item],
    *,
    way: Way,
    address: Address,
    verbs: Sequence[Verb],
    total: int = 0,
    sure: bool = True,
    mixed: bool = False,
    wanted: Sequence[Sequence[str]] = (),
) -> Panes:
    """The panes of these items; the address says which is read (`at`) and whether all are ticked (`tick`)."""
    chosen = comment_id(request.args.get("at", ""))
    read = next((item for item in items if item.comment.id == chosen), items[0] if items else None)
    picked = request.args.get("tick") == "all"
    return Panes(
        lines=tuple(_line(item, wanted, address, read=item is read, picked=picked) for item in items),
        card=opened(_whole(read), wanted) if read else None,
        asked=chosen is not None and read is not None and read.comment.id == chosen,
        next=_beside(items, read),
        reasons=words.reasons(here()),
        way=way,
        compact=compact(),
        other_rows=address(rows="roomy" if compact() else COMPACT, at=read.comment.id if read else None),
        mixed=mixed,
        bulk=Bulk(
            verbs=tuple((verb, many_words.button(verb)) for verb in verbs if may(Right.DECIDE)),
            total=total,
            sure=sure,
            step=new_bulk_id(now_ms=now_ms(), site_number=here().number),
            before_ms=now_ms(),
            ticked=picked,
            tick_all=address(tick="all", at=chosen),
            tick_none=address(at=chosen),
        ),
    )


def compact() -> bool:
    """Whether rows are low; what was last chosen with `rows=` stays until one signs out."""
    asked = request.args.get(ROWS, "")
    if asked in (COMPACT, "roomy"):
        session[ROWS] = asked
    return bool(session.get(ROWS) == COMPACT)


def excerpt(item: Item, wanted: Sequence[Sequence[str]] = ()) -> Markup:
    """One line of a comment: its beginning, or what stands around the first of the words that are searched for."""
    body = shown_body(item)
    text = " ".join(body.text.split()) if body else ""
    found = _found(text, wanted)
    start = max(0, found[0].start - EXCERPT_BEFORE) if found and found[0].end > EXCERPT_SURE else 0
    start = text.rfind(" ", 0, start + 1) + 1
    end = min(len(text), start + EXCERPT_MAX)
    spans = [
        replace(one, start=one.start - start, end=one.end - start)
        for one in found
        if start <= one.start < one.end <= end
    ]
    return Markup("%s%s%s") % ("…" if start else "", marked(text[start:end], spans), "…" if end < len(text) else "")


def shown_body(item: Item) -> Body | None:
    """The words that an item is about: those of its author's edit, where that is to be judged."""
    return item.comment.newest.body if about_edit(item) else item.comment.body


def _found(text: str, wanted: Sequence[Sequence[str]]) -> list[Span]:
    label = gettext("Searched for")
    return [Span(start=start, end=end, label=label) for start, end in places(text, wanted)] if wanted else []


def _line(item: Item, wanted: Sequence[Sequence[str]], address: Address, *, read: bool, picked: bool) -> Line:
    comment, body = item.comment, shown_body(item)
    return Line(
        id=comment.id,
        version=comment.version,
        status=comment.status,
        status_name=words.status_name(comment.status),
        name=isolated(body.name, _found(body.name, wanted)) if body else Markup(""),
        title=marked((body.title if body else "") or item.thread.title or (body.url if body else "")),
        excerpt=excerpt(item, wanted),
        language=body.language if body else "",
        sent=moment(body.created_ms if body else comment.decided_ms),
        presence=_presence(item),
        url=address(at=comment.id),
        open=read,
        picked=picked,
        brought=brought(here(), comment, item.case),
        edited=about_edit(item),
    )


def _presence(item: Item) -> Presence | None:
    holder = item.lease.holder if item.lease else ""
    if not holder or holder == me().id:
        return None
    name = names().get(holder, holder)
    return Presence(initials=words.initials(name), sentence=words.reading(holder))


def _whole(item: Item) -> Item:
    whole = service().moderation.item(actor(), item.comment.id)
    return item if isinstance(whole, Refused) else whole


def opened(item: Item, wanted: Sequence[Sequence[str]] = ()) -> Card:
    """The comment that is read, with all its context; colleagues are told so while it waits."""
    lease = item.lease
    if (item.comment.waits or item.case.waits) and may(Right.DECIDE):
        lease = granted(service().moderation.lease(actor(), here(), [item.comment.id])).get(item.comment.id)
    shown, body = card(here(), item, lease=lease), item.comment.body
    if not wanted or not body or about_edit(item):
        return shown
    both = [*spans(here(), item.comment), *_found(body.text, wanted)]
    return replace(shown, text=marked(body.text, both), name=isolated(body.name, _found(body.name, wanted)))


def _beside(items: Sequence[Item], read: Item | None) -> str:
    """What is read when this is done: the one after it, else the one before."""
    ids = [item.comment.id for item in items]
    if read is None or len(ids) < 2:
        return END
    at = ids.index(read.comment.id)
    return ids[at + 1] if at + 1 < len(ids) else ids[at - 1]


def verbs_of(status: Status) -> tuple[Verb, ...]:
    """What can be done to many comments of one status."""
    return allowed(status)
