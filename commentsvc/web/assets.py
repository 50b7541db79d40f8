"""Our scripts and styles: read once, served under content-hash URLs that never need asking again.

A script may import others of ours (`import { Outbox } from "./outbox.js";`); as it is served it names them by their
content-hash URLs, so that a change of one changes the addresses of all that build on it. Comments and types are for who
reads the source; what is served goes without them.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from commentsvc.ready import depends

TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
# A statement, at the start of its line: what a comment says about a type is not imported.
_IMPORT = re.compile(rb'^(import (?:[^"\';]* from )?|export [^"\';]* from )"\./([\w-]+\.js)";', re.MULTILINE)
# Comments that have lines of their own, and the types of casts: nothing that a string could hold by accident.
_REMARKS = re.compile(
    rb"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/)[ \t]*\n|/\*\* @type \{[^*]*\} \*/ ?", re.MULTILINE | re.DOTALL
)

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A file as it is served; `digest` is in its URL and is its ETag. `needs`: all that a script imports, by name."""

    content: bytes
    digest: str
    content_type: str
    needs: tuple[str, ...] = ()


@cache
def assets() -> dict[str, Asset]:
    """Every file of `static/` by name."""
    files = {file.name: file for file in (resources.files("commentsvc.web") / "static").iterdir()}
    return made(
        {name: bare(name, file.read_bytes()) for name, file in files.items() if name.rpartition(".")[2] in TYPES}
    )


def bare(name: str, content: bytes) -> bytes:
    """A script or stylesheet without its comments."""
    return _REMARKS.sub(b"", content) if name.endswith((".js", ".css")) else content


def made(files: Mapping[str, bytes]) -> dict[str, Asset]:
    """The files as they are served: what a script imports first, so that it can be named by its hash."""
    imports = {name: [match[2].decode() for match in _IMPORT.finditer(content)] for name, content in files.items()}
    found: dict[str, Asset] = {}
    for name in TopologicalSorter(imports).static_order():
        content = _IMPORT.sub(lambda match: b'%s"%s";' % (match[1], _beside(found, match[2])), files[name])
        digest = hashlib.sha256(content).hexdigest()[:12]
        needs = dict.fromkeys(one for direct in imports[name] for one in (direct, *found[direct].needs))
        kind = TYPES[name.rpartition(".")[2]]
        found[name] = Asset(content=content, digest=digest, content_type=kind, needs=tuple(needs))
    return found


def asset_url(name: str) -> str:
    """The URL of a file, with the hash of its content: `/static/frame.0a1b2c3d4e5f.js`."""
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{assets()[name].digest}.{suffix}"


def script_urls(name: str) -> list[str]:
    """The URLs of all that a script imports: a page names them, and they come at once instead of one by one."""
    return [asset_url(one) for one in assets()[name].needs]


def _beside(found: Mapping[str, Asset], name: bytes) -> bytes:
    stem, _, suffix = name.decode().rpartition(".")
    return f"./{stem}.{found[name.decode()].digest}.{suffix}".encode()


@blueprint.get("/static/<name>")
def static(name: str) -> Response:
    """A file under its content-hash URL, cached for good."""
    stem, _, rest = name.partition(".")
    digest, _, suffix = rest.partition(".")
    asset = assets().get(f"{stem}.{suffix}")
    if asset is None or asset.digest != digest:
        raise NotFound
    depends(request.environ)
    return sent(asset, FOREVER)


@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon that browsers ask for unasked; an SVG, whatever the name says."""
    return stable("icon.svg", 86_400)


def stable(name: str, seconds: int) -> Response:
    """A file under a URL that never changes (`/embed.js`): cached briefly, then asked for by ETag."""
    depends(request.environ)
    return sent(assets()[name], f"public, max-age={seconds}, stale-while-revalidate=86400")


def sent(asset: Asset, cache_control: str) -> Response:
    """A file as an answer, for any page of any site."""
    response = Response(asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = cache_control
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(asset.digest)
    response.make_conditional(request)
    return response
