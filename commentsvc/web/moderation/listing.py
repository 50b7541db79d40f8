"""The lists of a site: what waits (oldest first), what was approved, rejected, spam (newest first)."""

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status
from commentsvc.domain.site import Site
from commentsvc.service.moderation import Item
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, blueprint, granted, here, me, sheet
from commentsvc.web.moderation.way import Notice, Way, list_address, notice
from commentsvc.web.parts import service

QUEUE_PAGE = 10
"""As many as one person reads in the time of a lease; the rest is left to colleagues."""
LIST_PAGE = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """One page of a list. `more` is the address of the next, `first` that of the first where this is another."""

    status: Status
    name: str
    cards: tuple[Card, ...]
    reasons: tuple[tuple[str, str], ...]
    notice: Notice | None
    way: Way
    more: str
    first: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SitesPage:
    """The sites of this moderator, each with how many comments wait."""

    sites: tuple[tuple[Site, int], ...]


@blueprint.get("/")
def start() -> BaseResponse:
    """The sites to choose from; straight to the queue where there is only one."""
    sites = service().moderation.sites(actor())
    if len(sites) == 1:
        return redirect(url_for("moderation.queue", site=sites[0].key), 303)
    waiting = [granted(service().moderation.counts(actor(), site))[Status.PENDING] for site in sites]
    return sheet("moderation/sites.html", SitesPage(sites=tuple(zip(sites, waiting, strict=True))))


@blueprint.get("/<site>/")
def queue(site: str) -> Response:
    """What waits, oldest first; those shown are leased to who looks at them."""
    return _page(Status.PENDING, QUEUE_PAGE)


@blueprint.get("/<site>/<any(approved, rejected, spam):status>")
def listed(site: str, status: str) -> Response:
    """What was decided, newest first."""
    return _page(Status(status), LIST_PAGE)


def _page(status: Status, size: int) -> Response:
    after = request.args.get("after", "")
    found = granted(service().moderation.listed(actor(), here(), status=status, cursor=after, limit=size))
    page = ListPage(
        status=status,
        name=words.status_name(status),
        cards=_cards(found.items, lease=status is Status.PENDING),
        reasons=words.reasons(here()),
        notice=notice(),
        way=Way(list=status, after=after),
        more=list_address(status, after=found.next_cursor) if found.next_cursor else "",
        first=list_address(status) if after else "",
    )
    return sheet("moderation/list.html", page)


def _cards(items: tuple[Item, ...], *, lease: bool) -> tuple[Card, ...]:
    ids = [item.comment.id for item in items]
    leases = granted(service().moderation.lease(actor(), here(), ids)) if lease and ids else {}
    holders = {id: held.holder for id, held in leases.items() if held.holder != me().id}
    return tuple(card(here(), item, holder=holders.get(item.comment.id, "")) for item in items)
