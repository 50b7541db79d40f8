"""The Focus view: what waits, oldest first, one comment at a time; without a script, one below the other."""

from dataclasses import dataclass

from flask import Response, request, url_for

from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Right
from commentsvc.service.moderation import Item
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, may, sheet
from commentsvc.web.moderation.way import Notice, Way, list_address, notice
from commentsvc.web.parts import service

QUEUE_PAGE = 10
"""As many as one person reads in the time of a lease; the rest is left to colleagues."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A part of the queue in the rail: what it is called, how much is in it, where it is."""

    key: str
    name: str
    count: int
    url: str
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FocusPage:
    """Some of what waits. `more` is the address of what follows, `first` that of the oldest where this is later.

    `work` is the address under which the script sends and asks; `newest` the last comment that this page knows of.
    """

    name: str
    lanes: tuple[Lane, ...]
    cards: tuple[Card, ...]
    reasons: tuple[tuple[str, str], ...]
    notice: Notice | None
    way: Way
    more: str
    first: str
    work: str


@blueprint.get("/<site>/")
@asks(Right.READ)
def queue(site: str) -> Response:
    """What waits, oldest first; those shown are leased to who looks at them."""
    after = request.args.get("after", "")
    found = granted(service().moderation.listed(actor(), here(), cursor=after, limit=QUEUE_PAGE))
    page = FocusPage(
        name=words.status_name(Status.PENDING),
        lanes=lanes(),
        cards=leased(found.items),
        reasons=words.reasons(here()),
        notice=notice(),
        way=Way(list=Status.PENDING, after=after),
        more=list_address(Status.PENDING, after=found.next_cursor) if found.next_cursor else "",
        first=list_address(Status.PENDING) if after else "",
        work=url_for("moderation.queue", site=site) + "desk/",
    )
    return sheet("moderation/focus.html", page)


def lanes() -> tuple[Lane, ...]:
    """The parts of the queue."""
    counts = granted(service().moderation.counts(actor(), here()))
    url = url_for("moderation.queue", site=here().key)
    return (Lane(key="", name=gettext("All"), count=counts[Status.PENDING], url=url, here=True),)


def leased(items: tuple[Item, ...]) -> tuple[Card, ...]:
    """The cards of these items, leased to who asks where they are free; who only reads keeps nobody from them."""
    ids = [item.comment.id for item in items]
    if not may(Right.DECIDE):
        return tuple(card(here(), item, lease=item.lease) for item in items)
    leases = granted(service().moderation.lease(actor(), here(), ids)) if ids else {}
    return tuple(card(here(), item, lease=leases.get(item.comment.id)) for item in items)
