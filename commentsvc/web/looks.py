"""A site's stylesheet: ours with the site's look behind it, one file, under the hash of what it says."""

import hashlib
from functools import lru_cache

from flask import Response, request

from commentsvc.domain import look
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.ready import depends
from commentsvc.service import UNREACHABLE
from commentsvc.web.assets import FOREVER, TYPES, Asset, asset_url, assets, sent
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import service

SHEET = "embed.css"
KEPT = 256
SECONDS = 600


def stylesheet(site: Site) -> str:
    """The URL of the stylesheet of a site's pages; of one without a look of its own it is everybody's."""
    return f"/looks/{site.key}.{_made(site).digest}.css" if site.look else asset_url(SHEET)


def stylesheet_here() -> str:
    """The stylesheet for a refusal: of the site that the address names, where there is one and it can be known."""
    key = (request.view_args or {}).get("site", "")
    try:
        found = service().sites.get(key) if key else None
    except UNREACHABLE:
        found = None
    return stylesheet(found) if isinstance(found, Site) else asset_url(SHEET)


def sheet(site: str) -> Response:
    """`GET /looks/<site>.css`: the stylesheet for pages that include the fragments, asked for again by its ETag."""
    found = _site(site)
    depends(request.environ, found.key)
    return sent(_made(found), f"public, max-age={SECONDS}, stale-while-revalidate=86400")


def hashed_sheet(site: str, digest: str) -> Response:
    """`GET /looks/<site>.<digest>.css`: what a page names, cached for good.

    The page may come from a process that heard of a new look before this one did, or from before an upgrade: then it is
    the present look, and nobody keeps it under that name.
    """
    found = _site(site)
    if _made(found).digest != digest:
        found = service().sites.newest(site) or found
    made = _made(found)
    if made.digest != digest:
        return sent(made, "no-cache")
    depends(request.environ)
    return sent(made, FOREVER)


def css(own: look.Look) -> bytes:
    """Our stylesheet, then the look; `embed.css` itself where there is none."""
    ours = assets()[SHEET].content
    declared = ";".join(look.declarations(own))
    return ours + f".comments,.comments-page{{{declared}}}\n".encode() if declared else ours


def _site(key: str) -> Site:
    found = service().sites.get(key)
    if isinstance(found, Refused):
        raise Refusal(found)
    return found


def _made(site: Site) -> Asset:
    return _asset(tuple(sorted(site.look.items())))


@lru_cache(maxsize=KEPT)
def _asset(own: tuple[tuple[str, str], ...]) -> Asset:
    content = css(dict(own))
    return Asset(content=content, digest=hashlib.sha256(content).hexdigest()[:12], content_type=TYPES["css"])
