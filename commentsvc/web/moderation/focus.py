"""The Focus view: what waits, oldest first, one comment at a time; without a script, one below the other."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response, request, url_for

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Right
from commentsvc.domain.numbers import Period
from commentsvc.service.moderation import Item, Listed
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, may, me, sheet
from commentsvc.web.moderation.lanes import Stop, lane_of, stops
from commentsvc.web.moderation.way import Notice, Way, list_address, notice
from commentsvc.web.parts import service

QUEUE_PAGE = 10
"""As many as one person reads in the time of a lease; the rest is left to colleagues."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FocusPage:
    """Some of what waits. `more` is the address of what follows, `first` that of the oldest where this is later.

    `work` is the address under which the script sends and asks; `others`: what is in this lane is for colleagues.
    """

    name: str
    lanes: tuple[Stop, ...]
    cards: tuple[Card, ...]
    reasons: tuple[tuple[str, str], ...]
    notice: Notice | None
    way: Way
    more: str
    first: str
    work: str
    others: bool
    day: str


@blueprint.get("/<site>/")
@asks(Right.READ)
def queue(site: str) -> Response:
    """What waits, oldest first; those shown are leased to who looks at them."""
    after, lane = request.args.get("after", ""), lane_of(request.args.get("lane", ""))
    own = _own(lane) if may(Right.DECIDE) and not after else ()
    found = granted(service().moderation.listed(actor(), here(), cursor=after, limit=QUEUE_PAGE))
    if lane:
        found = Listed(items=(), next_cursor="")
    others = bool(lane) and not own and any(stop.here and stop.count for stop in stops())
    url = url_for("moderation.queue", site=site)
    cards = leased(found.items) if after else _cards(own, found)
    page = FocusPage(
        name=words.status_name(Status.PENDING),
        lanes=stops() if may(Right.DECIDE) else (),
        cards=cards,
        reasons=words.reasons(here()),
        notice=notice(),
        way=Way(list=Status.PENDING, after=after, page=f"{url}?lane={lane}" if lane else ""),
        more=list_address(Status.PENDING, after=found.next_cursor) if found.next_cursor else "",
        first=list_address(Status.PENDING) if after else "",
        work=url + "desk/",
        others=others,
        day="" if cards or after else words.day(granted(service().numbers.report(actor(), here(), Period.DAY))),
    )
    return sheet("moderation/focus.html", page)


def _own(lane: Lane | None) -> tuple[Item, ...]:
    return granted(service().queue.buffer(actor(), here(), lane=lane, limit=QUEUE_PAGE)).items


def _cards(own: tuple[Item, ...], listed: Listed) -> tuple[Card, ...]:
    """The oldest: those that are one's own from now on, and those that colleagues have before them.

    What says nearly the same as another has a card of its own here; the script shows them as one. What was put off is
    nobody's, and left out.
    """
    end = listed.next_cursor
    first = [item for item in own if not end or item.comment.id <= end] or own
    near = {other.id for item in first for other in item.near}
    shown = {item.comment.id: item for item in listed.items if _is_shown(item, near)}
    shown |= {item.comment.id: item for item in first}
    return tuple(card(here(), shown[id], lease=shown[id].lease) for id in sorted(shown))


def _is_shown(item: Item, near: Collection[CommentId]) -> bool:
    """Whether it has a place beside what is one's own: it says the same, a colleague has it, or all is shown."""
    held = item.lease is not None and item.lease.holder != me().id
    return held or item.comment.id in near or not may(Right.DECIDE)


def leased(items: tuple[Item, ...]) -> tuple[Card, ...]:
    """The cards of these items, leased to who asks where they are free; who only reads keeps nobody from them."""
    ids = [item.comment.id for item in items]
    if not may(Right.DECIDE):
        return tuple(card(here(), item, lease=item.lease) for item in items)
    leases = granted(service().moderation.lease(actor(), here(), ids)) if ids else {}
    return tuple(card(here(), item, lease=leases.get(item.comment.id)) for item in items)
