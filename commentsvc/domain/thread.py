"""Which article a comment belongs to: one canonical address, whatever the link looked like.

`http`/`https`, `www`, a trailing slash, `?utm_…`, upper case and default ports must not split one discussion in two.
"""

import hashlib
import posixpath
import re
import unicodedata
from dataclasses import dataclass
from typing import NewType
from urllib.parse import quote, unquote_to_bytes, urlsplit

from commentsvc.domain.ids import BODY_LENGTH, CROCKFORD, decode, encode
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site, SlashPolicy

ThreadId = NewType("ThreadId", str)

URL_MAX = 2_000
TITLE_MAX = 300
KEY_MAX = 200

_TRACKING = re.compile(
    r"(utm_.*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid|mc_cid|mc_eid|igshid|_ga|_gl|ref_src|amp|print)",
    re.IGNORECASE | re.ASCII,
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?\.?|\[[0-9a-f:.]+\]", re.ASCII)
_FORBIDDEN = re.compile(r'[\x00-\x20\x7f-\xa0\ud800-\udfff\\"<>^`{|}]')
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_ID = re.compile(f"[{CROCKFORD}]{{{BODY_LENGTH}}}", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "-._~!$&'()*+,;=:@"
_QUERY_SAFE = "/-._~!$'()*,;:@?%=+"


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An article as the service knows it.

    `id` is 26 characters and names the thread inside its site; `key` is the canonical URL or the publisher's own key;
    `url` is the canonical address for links.
    """

    id: ThreadId
    key: str
    url: str


def bucket(id: ThreadId) -> int:
    """Which of the 1024 buckets of its site a thread is in: the last ten bits of its id, spread evenly."""
    return decode(id[-2:])


def thread_id(text: str) -> ThreadId | None:
    """The thread id that `text` is, or None; never raises, whatever is typed."""
    return ThreadId(text) if _ID.fullmatch(text) else None


def article(site: Site, url: str, explicit_key: str = "") -> Article | Refused:
    """The article at `url`, known by `explicit_key` where the publisher gives one.

    Refuses with `invalid_url` or `origin_not_allowed`; never fetches anything.
    """
    canonical = canonical_url(site, url)
    if isinstance(canonical, Refused):
        return canonical
    if len(explicit_key) > KEY_MAX:
        return Refused(code=Code.INVALID_FIELDS, fields={"thread": Code.TOO_LONG})
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn") for c in explicit_key):
        return Refused(code=Code.INVALID_FIELDS, fields={"thread": Code.INVALID_CHARACTERS})
    explicit_key = unicodedata.normalize("NFC", explicit_key)
    identity = f"k:{explicit_key}" if explicit_key else f"u:{_identity(site, canonical)}"
    digest = int.from_bytes(hashlib.sha256(f"{site.key}\n{identity}".encode()).digest()[:17], "big")
    return Article(id=ThreadId(encode(digest >> 6)), key=explicit_key or canonical, url=canonical)


def _identity(site: Site, canonical: str) -> str:
    """What makes an address the same article: not its scheme, `www.` or (but under `keep`) the slash at its end.

    So a site may move to https or change how it writes its addresses, and every thread stays where it is.
    """
    before, mark, query = _bare(canonical).partition("?")
    return (before if site.slash is SlashPolicy.KEEP else before.rstrip("/")) + mark + query


def canonical_url(site: Site, url: str) -> str | Refused:
    """The one form of an article's address on this site, e.g. `https://daily.example/news/42`."""
    invalid = Refused(code=Code.INVALID_URL)
    if not url or len(url) > URL_MAX or _FORBIDDEN.search(url):
        return invalid
    try:
        parts = urlsplit(url)
        origin = _origin(parts.scheme, parts.hostname or "", parts.port)
    except (ValueError, UnicodeError):
        return invalid
    if origin is None or "@" in parts.netloc:
        return invalid
    home = _home(site, origin)
    if home is None:
        return Refused(code=Code.ORIGIN_NOT_ALLOWED)
    canonical = home + _path(parts.path, site.slash) + _query(parts.query)
    return canonical if len(canonical) <= URL_MAX else invalid  # escaping may have made it longer


def normal_origin(origin: str) -> str | None:
    """An origin in its one form (`https://daily.example`), or None where it is not an http(s) origin."""
    try:
        parts = urlsplit(origin)
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc or len(origin) > 300:
            return None
        return _origin(parts.scheme, parts.hostname or "", parts.port)
    except (ValueError, UnicodeError):
        return None


def _origin(scheme: str, host: str, port: int | None) -> str | None:
    if scheme not in _DEFAULT_PORTS:
        return None
    ascii_host = (host if host.isascii() else unicodedata.normalize("NFC", host).encode("idna").decode()).lower()
    if ":" in ascii_host:
        ascii_host = f"[{ascii_host}]"
    if not _HOST.fullmatch(ascii_host):
        return None
    shown = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{ascii_host.rstrip('.')}{shown}"


def _home(site: Site, origin: str) -> str | None:
    """The origin under which the site's threads are known: the first one listed for the same host, `www` or not."""
    if origin not in site.origins:
        return None
    same = [listed for listed in site.origins if _bare(listed) == _bare(origin)]
    secure = [listed for listed in same if listed.startswith("https:")]
    return (secure or same)[0]


def _bare(origin: str) -> str:
    return origin.partition("://")[2].removeprefix("www.")


def _path(path: str, slash: SlashPolicy) -> str:
    # Piece by piece, because an encoded slash is not a separator.
    encoded = "/".join(quote(unquote_to_bytes(piece), safe=_PATH_SAFE) for piece in path.split("/"))
    ends = encoded.endswith(("/", "/.", "/.."))
    encoded = posixpath.normpath("/" + encoded.lstrip("/"))
    if encoded == "/":
        return "/"
    wants = (slash is SlashPolicy.ADD and "." not in encoded.rsplit("/", 1)[1]) or (slash is SlashPolicy.KEEP and ends)
    return encoded + "/" if wants else encoded


def _query(query: str) -> str:
    pairs = (pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0]))
    kept = sorted(_ESCAPE.sub(lambda escape: escape[0].upper(), quote(pair, safe=_QUERY_SAFE)) for pair in pairs)
    return "?" + "&".join(kept) if kept else ""
