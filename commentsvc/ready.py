"""Ready-made bytes: hot public answers, given out before Flask just as the ordinary view made them.

A view that says what its answer depends on (`depends`) has it kept, plain and compressed, under its path and query. A
kept answer is given out unasked while the line of notices is current; what a notice names is dropped. While the line is
late or down every hit asks the view again (`If-None-Match`: mostly a 304 after one look into Redis), and while Redis
itself is away the last verified answer is given out for a while, with its `Age`. Nothing is ever made here.
"""

import gzip
import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from time import monotonic
from typing import Any

from commentsvc.store.notices import Line

SLOT = "commentsvc.ready"
FIXED_PATHS = ("/static/", "/embed.js", "/embed.css", "/count.js", "/looks/", "/favicon.ico")
PATHS = ("/api/v1/comments", "/api/v1/counts", "/feeds/")
ANSWER_MAX, KEY_MAX, HEADER_MAX, REMEMBERED_MAX = 4 << 20, 24_576, 256, 65_536
COMPRESSED = ("text/", "application/json", "application/atom+xml", "image/svg+xml")
COMPRESSED_FROM, LEVEL, FOLLOW_S, PAUSE_S = 500, 5, 1.0, 0.1
_GZIP = re.compile(r"(^|[\s,])gzip\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))", re.IGNORECASE)
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]


def depends(environ: Environ, site: str = "", *threads: str) -> None:
    """Says what the answer shows: a site and threads of it (`*`: any), or nothing that changes; else it is not kept."""
    environ.get(SLOT, []).extend([site, *(f"{site}/{thread}" for thread in threads)])


class Answer:
    """A whole answer of the application; it was right at `checked_s` (monotonic), after so many `notices`."""

    def __init__(self, status: str, headers: Headers, body: bytes, tags: set[str], began_s: float, notices: int):
        said = {name.lower(): value for name, value in headers}
        headers = [pair for pair in headers if pair[0].lower() != "date"]  # the server says when it gives it out
        self.status, self.tags, self.checked_s, self.notices, self.used = status, tags, began_s, notices, False
        self.fixed, self.etag = "" in tags, said.get("etag", "")
        unfit = "set-cookie" in said or "no-store" in said.get("cache-control", "") or len(body) > ANSWER_MAX
        self.may_be_kept = status.startswith("200") and self.etag != "" and len(tags) > 0 and not unfit
        texts = said.get("content-type", "").startswith(COMPRESSED)
        self._zips = self.may_be_kept and texts and len(body) >= COMPRESSED_FROM
        if self._zips:
            vary = ", ".join(filter(None, (said.get("vary"), "Accept-Encoding")))
            headers = [pair for pair in headers if pair[0].lower() != "vary"] + [("Vary", vary)]
        self._plain = (headers, _entity_free(headers), body)
        self._zipped: Any = None
        self.size = 4_000 + 500 * len(tags) + len(body) * (2 if self._zips else 1)

    def send(self, environ: Environ, start_response: StartResponse, *, age_s: int = 0) -> Iterable[bytes]:
        """Answers a request for it, with 304 where the client has it."""
        zips = self._zips and _takes_gzip(_header(environ, "HTTP_ACCEPT_ENCODING"))
        headers, few, body = (self._zipped or self._zip()) if zips else self._plain
        status, seen = self.status, _header(environ, "HTTP_IF_NONE_MATCH")
        if seen and self.may_be_kept and (seen == "*" or self.etag.strip('"') in _tags(seen)):
            status, headers, body = "304 Not Modified", few, b""
        start_response(status, [*headers, ("Age", str(age_s))] if age_s else headers)
        return (body,) if body and environ["REQUEST_METHOD"] != "HEAD" else ()

    def _zip(self) -> Any:
        headers, _, body = self._plain
        body = gzip.compress(body, LEVEL, mtime=0)
        own = {"content-length": str(len(body)), "etag": self.etag[:-1] + '-gzip"'}
        headers = [(name, own.get(name.lower(), value)) for name, value in headers] + [("Content-Encoding", "gzip")]
        self._zipped = (headers, _entity_free(headers), body)
        return self._zipped


class Ready:
    """The WSGI application `app`, its hot answers kept in `room` bytes, for `stale_s` seconds while Redis is away.

    `count` is told how each answer came about: `kept`, `checked`, `made` or `stale`.
    """

    def __init__(self, app: Any, line: Line, count: Callable[[str], None], *, room: int, stale_s: float) -> None:
        self._app, self._line, self._count, self._room, self._stale_s = app, line, count, room, stale_s
        self._lock, self._probe = threading.Lock(), threading.Lock()
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._by_tag: defaultdict[str, set[str]] = defaultdict(set)
        self._size = self._notices = self._floor = 0
        self._last: dict[str, int] = {}  # tag → the number of the last notice that named it
        self._making: dict[str, threading.Event] = {}
        self._failed_s = 0.0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """PEP 3333."""
        key = _key(environ)
        if key is None:
            return self._app(environ, start_response)  # type: ignore[no-any-return]  # PEP 3333 says what it is
        kept = self._kept.get(key)
        if kept is None:
            return self._make(key, environ).send(environ, start_response)
        if self._is_current(kept):
            kept.used = True
            self._count("kept")
            return kept.send(environ, start_response)
        return self._check(key, kept, environ, start_response)

    def changed(self, site: str = "", thread: str = "") -> None:
        """Drops what shows this; without a site nothing is given out any more without having been checked once."""
        tags = (f"{site}/{thread}", f"{site}/*") if thread else (site,)
        with self._lock:
            self._notices += 1
            self._last |= dict.fromkeys(tags, self._notices)
            if not site or len(self._last) > REMEMBERED_MAX:
                self._last, self._floor = {}, self._notices
            self._drop_tagged(tags if site else ())

    def _is_current(self, kept: Answer) -> bool:
        return kept.fixed or (kept.notices >= self._floor and self._line.current())

    def _make(self, key: str, environ: Environ) -> Answer:
        """What the view answers; of many who want the same at once the first asks, the others wait."""
        first = self._making.setdefault(key, event := threading.Event())
        if first is not event:
            first.wait(FOLLOW_S)
            kept = self._kept.get(key)
            return kept if kept and self._is_current(kept) else self._ask(key, environ)
        try:
            return self._ask(key, environ)
        finally:
            del self._making[key]
            event.set()

    def _check(self, key: str, kept: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """What the view answers to somebody who has this answer, or this very answer while Redis is away."""
        now_s = monotonic()
        age_s = now_s - max(kept.checked_s, self._line.heard_s if kept.notices >= self._floor else 0)
        fresh, ask, probing = age_s <= self._stale_s, True, False
        if fresh and self._failed_s > self._line.begun_s:
            # One request at a time tries a store that was away, and the others do not wait for it.
            ask = probing = now_s - self._failed_s > PAUSE_S and self._probe.acquire(blocking=False)
        try:
            answer = self._ask(key, environ, known=kept) if ask else None
        finally:
            if probing:
                self._probe.release()
        if answer:
            away = answer.status.startswith("503")
            self._failed_s = monotonic() if away else 0.0
            if not (away and fresh):
                return answer.send(environ, start_response)
        self._count("stale")
        return kept.send(environ, start_response, age_s=max(1, round(age_s)))

    def _ask(self, key: str, environ: Environ, *, known: Answer | None = None) -> Answer:
        """What the view says, kept where it may be; `known` itself, verified, where that is still right."""
        notices, began_s = self._notices, monotonic()
        asked = {name: value for name, value in environ.items() if not name.startswith(("HTTP_IF_", "HTTP_RANGE"))}
        asked |= {"REQUEST_METHOD": "GET", SLOT: []}
        if known:
            asked["HTTP_IF_NONE_MATCH"] = known.etag
        answer = self._said(asked, began_s, notices)
        if known and answer.status.startswith("304"):
            known.checked_s, known.notices = began_s, notices
            self._count("checked")
            return known
        with self._lock:
            if known and not answer.status.startswith("503"):
                # Nobody told of this change: whatever else shows it must not come back while Redis is away.
                self._drop_tagged(known.tags)
            if answer.may_be_kept and all(self._last.get(tag, 0) <= notices for tag in answer.tags):
                self._keep(key, answer)
        self._count("made")
        return answer

    def _said(self, asked: Environ, began_s: float, notices: int) -> Answer:
        started: list[Any] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> None:  # nobody of ours calls write()
            started[:] = [status, headers]

        chunks = self._app(asked, start)
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        return Answer(started[0], started[1], body, set(asked[SLOT]), began_s, notices)

    def _keep(self, key: str, answer: Answer) -> None:
        if (other := self._kept.get(key)) and other.checked_s > answer.checked_s:
            return
        self._drop(key)
        self._kept[key] = answer
        self._size += answer.size + 2 * len(key)
        for tag in answer.tags:
            self._by_tag[tag].add(key)
        for _ in range(2 * len(self._kept)):
            if self._size <= self._room:
                return
            # The oldest goes, but who was asked for since it was last looked at gets another round.
            oldest, kept = next(iter(self._kept.items()))
            if kept.used:
                kept.used = False
                self._kept.move_to_end(oldest)
            else:
                self._drop(oldest)

    def _drop(self, key: str) -> None:
        if dropped := self._kept.pop(key, None):
            self._size -= dropped.size + 2 * len(key)
            for tag in dropped.tags:
                self._by_tag[tag].discard(key)
                if not self._by_tag[tag]:
                    del self._by_tag[tag]

    def _drop_tagged(self, tags: Iterable[str]) -> None:
        for key in {key for tag in tags for key in self._by_tag.get(tag, ())}:
            self._drop(key)


def _key(environ: Environ) -> str | None:
    """Under what an answer to this request is kept; None where none ever is."""
    path: str = environ["PATH_INFO"] if environ["REQUEST_METHOD"] in ("GET", "HEAD") else ""
    if path.startswith(FIXED_PATHS):
        return path
    key = f"{path}?{environ.get('QUERY_STRING', '')}"
    if path.startswith("/embed/") and path.endswith("/list"):
        key += f" {_header(environ, 'HTTP_ACCEPT_LANGUAGE')}"
    elif not path.startswith(PATHS):
        return None
    return key if len(key) <= KEY_MAX else None


def _header(environ: Environ, name: str) -> str:
    """A header's value; one that is longer than anybody's honest one is taken for none."""
    value: str = environ.get(name, "")
    return value if len(value) <= HEADER_MAX else ""


@lru_cache(maxsize=512)
def _takes_gzip(accepted: str) -> bool:
    return _GZIP.search(accepted) is not None


@lru_cache(maxsize=512)
def _tags(seen: str) -> frozenset[str]:
    """The entity tags of an `If-None-Match`, of whichever encoding, weak or strong."""
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in seen.split(","))
    return frozenset(tag.removesuffix("-gzip") for tag in tags)


def _entity_free(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0].lower() not in ("content-length", "content-type", "content-encoding")]
