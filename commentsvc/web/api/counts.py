"""How many comments articles have, for the little numbers beside headlines."""

from typing import Annotated, Any

from flask import request
from msgspec import Meta, Struct

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.ready import depends
from commentsvc.service.reading import COUNTS_MAX
from commentsvc.web.api.answers import cacheable, json_answer
from commentsvc.web.api.routes import CACHEABLE, operation
from commentsvc.web.parts import service

Urls = Annotated[list[str], Meta(max_length=COUNTS_MAX)]


class CountsQuery(Struct, frozen=True, kw_only=True):
    """Articles of one site; `url` may be given many times."""

    site: str
    url: Urls


class CountsWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Articles of one site."""

    site: str
    urls: Urls


class Counts(Struct, frozen=True, kw_only=True):
    """The number of approved comments by address, each as it was sent; 0 for an address that is none of the site's."""

    counts: dict[str, int]


@operation("GET", "/api/v1/counts", answer=Counts, headers=CACHEABLE, refusals=(Code.UNKNOWN_SITE,))
def get_counts(query: CountsQuery) -> Any:
    """How many approved comments some articles have."""
    site = service().sites.get(query.site)
    return site if isinstance(site, Refused) else cacheable(json_answer(_counted(site, query.url)), site)


@operation("POST", "/api/v1/counts", answer=Counts, refusals=(Code.UNKNOWN_SITE,))
def ask_counts(body: CountsWish) -> Any:
    """The same, for more addresses than a query can hold."""
    site = service().sites.get(body.site)
    return site if isinstance(site, Refused) else _counted(site, body.urls)


def _counted(site: Site, urls: list[str]) -> Counts:
    counted = service().reading.counts(site, urls)
    depends(request.environ, site.key, *counted.threads)
    return Counts(counts=counted.counts)
