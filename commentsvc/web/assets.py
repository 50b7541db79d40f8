"""Our scripts and styles: read once, served under content-hash URLs that never need asking again."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from commentsvc.ready import depends

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A file as it is served; `digest` is in its URL and is its ETag."""

    content: bytes
    digest: str
    content_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of `static/` by name."""
    found: dict[str, Asset] = {}
    for file in (resources.files("commentsvc.web") / "static").iterdir():
        suffix = file.name.rpartition(".")[2]
        if suffix in TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            found[file.name] = Asset(content=content, digest=digest, content_type=TYPES[suffix])
    return found


def asset_url(name: str) -> str:
    """The URL of a file, with the hash of its content: `/static/frame.0a1b2c3d4e5f.js`."""
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{assets()[name].digest}.{suffix}"


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """A file under its content-hash URL, cached for good."""
    stem, _, rest = name.partition(".")
    digest, _, suffix = rest.partition(".")
    asset = assets().get(f"{stem}.{suffix}")
    if asset is None or asset.digest != digest:
        raise NotFound
    return _response(asset, FOREVER)


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon that browsers ask for unasked; an SVG, whatever the name says."""
    return stable("icon.svg", 86_400)


def stable(name: str, seconds: int) -> Response:
    """A file under a URL that never changes (`/embed.js`): cached briefly, then asked for by ETag."""
    return _response(assets()[name], f"public, max-age={seconds}, stale-while-revalidate=86400")


def _response(asset: Asset, cache_control: str) -> Response:
    depends(request.environ)
    response = Response(asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = cache_control
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response
