"""The lists of a site: what was approved, rejected, spam, newest first; and the sites there are."""

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Right
from commentsvc.domain.site import Site
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import ANYBODY, actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.way import Notice, Way, list_address, notice
from commentsvc.web.parts import service

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
@asks(ANYBODY)
def start() -> BaseResponse:
    """The sites to choose from; straight to the queue where there is only one."""
    sites = service().moderation.sites(actor())
    if len(sites) == 1:
        return redirect(url_for("moderation.queue", site=sites[0].key), 303)
    waiting = [granted(service().moderation.counts(actor(), site))[Status.PENDING] for site in sites]
    return sheet("moderation/sites.html", SitesPage(sites=tuple(zip(sites, waiting, strict=True))))


@blueprint.get("/<site>/<any(approved, rejected, spam):status>")
@asks(Right.READ)
def listed(site: str, status: str) -> Response:
    """What was decided, newest first."""
    after, of = request.args.get("after", ""), Status(status)
    found = granted(service().moderation.listed(actor(), here(), status=of, cursor=after, limit=LIST_PAGE))
    page = ListPage(
        status=of,
        name=words.status_name(of),
        cards=tuple(card(here(), item) for item in found.items),
        reasons=words.reasons(here()),
        notice=notice(),
        way=Way(list=status, after=after),
        more=list_address(of, after=found.next_cursor) if found.next_cursor else "",
        first=list_address(of) if after else "",
    )
    return sheet("moderation/list.html", page)
