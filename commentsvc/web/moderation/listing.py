"""The sites that somebody moderates: where everybody begins."""

from dataclasses import dataclass

from flask import redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status
from commentsvc.domain.site import Site
from commentsvc.web.moderation.door import ANYBODY, actor, asks, blueprint, granted, sheet
from commentsvc.web.parts import service


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
