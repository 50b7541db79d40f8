"""The rows of those who read."""

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from urllib.parse import quote, urlencode

from commentsvc.bench import seed
from commentsvc.bench.http import Answer, ask, get
from commentsvc.bench.rows import API, PAGE, READERS, ROUNDS, Job, Row, Unfit, json_list, made_ahead
from commentsvc.bench.stage import BARE, FLASK, LARGE_BARE, SERVICE, Stage

READ_SITE = "read"
NUMBERS = {10: 10, 100: 100, 1000: 1000, 10_000: 10_000, 100_000: 100_000}
"""Thread length → number of the article that has it."""

LONG = 100_000
COLD_LENGTH = 1000
COLD_LIMITS = range(PAGE - 5, PAGE + 6)
PICTURES_PER_S = 8000
SOUNDS_PER_S = 1500
READERS_MANY = 1000
FIRST_READER = IPv4Address("10.0.0.1")

Wrong = Callable[[Answer], str | None]


def load_thread(stage: Stage, length: int) -> None:
    """Loads the thread with so many approved comments, on the first call."""
    home = seed.site(stage.parts, READ_SITE)
    if not seed.has(stage.parts, home, NUMBERS[length]):
        seed.approved(stage.parts, home, NUMBERS[length], length)


def query(length: int, **more: object) -> str:
    """The query that names a thread, and what else is asked."""
    return urlencode({"url": seed.url(NUMBERS[length]), **more})


def list_path(length: int, **more: object) -> str:
    """The path of a page of a thread."""
    return f"{API}/comments?" + query(length, site=READ_SITE, **{"limit": PAGE, **more})


def page_of(length: int) -> Wrong:
    """A page must be full."""
    return lambda answer: json_list(answer, "comments", min(length, PAGE))


def holding(*words: bytes) -> Wrong:
    """All of these words must be in the answer."""

    def wrong(answer: Answer) -> str | None:
        missing = [word.decode() for word in words if word not in answer.body]
        return f"the answer lacks {', '.join(missing)}" if missing else None

    return wrong


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """One and the same GET again and again. `length` is that of the thread it needs, `readers` are who ask in turn."""

    name: str
    path: str
    wrong: Wrong
    length: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    readers: int = 1
    server: str = SERVICE
    beside: str | None = None

    def load(self, stage: Stage) -> None:
        """The thread."""
        if self.length is not None:
            load_thread(stage, self.length)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The one request, once for each reader."""
        return Job(requests=[get(self.path, **self.headers, **_from(number)) for number in range(self.readers)])


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadRow:
    """The beginning of a row about one thread."""

    name: str
    length: int
    server: str = field(default=SERVICE, init=False)
    beside: str | None = field(default=None, init=False)

    def load(self, stage: Stage) -> None:
        """The thread."""
        load_thread(stage, self.length)

    def wrong(self, answer: Answer) -> str | None:
        """Nothing but the status counts."""
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged(ThreadRow):
    """The same page for somebody who has it: If-None-Match."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The request with the ETag that the page has."""
        answer = ask(port, get(list_path(self.length)))
        if "etag" not in answer.headers:
            raise Unfit(f"the page was answered {answer.status} without ETag")
        return Job(requests=[get(list_path(self.length), If_None_Match=answer.headers["etag"])], expect="304")


def distinct_pages(ids: Sequence[str]) -> list[tuple[str, int, str]]:
    """Every (order, limit, cursor) that gives a full page of such a thread, shuffled; `ids` are the oldest first."""
    most = COLD_LIMITS[-1]
    pages = [
        (sort, limit, cursor)
        for sort, cursors in (("oldest", ids[:-most]), ("newest", ids[most:]))
        for limit in COLD_LIMITS
        for cursor in cursors
    ]
    random.Random(0).shuffle(pages)  # noqa: S311  # not for a secret
    return pages


@dataclass(frozen=True, kw_only=True, slots=True)
class Cold(ThreadRow):
    """Pages of 45 to 55, no two alike: no answer that was kept, in whatever place, can answer another request."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """This round's share of the pages that there are."""
        pages = distinct_pages(_ids(port, self.length))
        paths = [list_path(self.length, sort=sort, limit=limit, cursor=cursor) for sort, limit, cursor in pages]
        return Job(requests=[get(path) for path in paths[round::ROUNDS]], once=True)

    def wrong(self, answer: Answer) -> str | None:
        """A page must be full."""
        found = answer.json.get("comments", ())
        return None if len(found) in COLD_LIMITS else f"the answer has {len(found)} comments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Single(ThreadRow):
    """One comment by its id."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """Each comment of the thread in turn."""
        return Job(requests=[get(f"{API}/comments/{id}") for id in _ids(port, self.length)])

    def wrong(self, answer: Answer) -> str | None:
        """It must be a comment of the thread."""
        return holding(b'"Alice ')(answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A code drawn or spoken; every request is for another one."""

    name: str
    suffix: str
    per_s: int
    connections: int = READERS
    server: str = field(default=SERVICE, init=False)
    beside: str | None = field(default=None, init=False)

    def load(self, stage: Stage) -> None:
        """Codes need no store."""
        seed.site(stage.parts, READ_SITE)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """A fresh ticket for each request, each from a network of its own."""
        tickets = seed.tickets(stage.parts, seed.site(stage.parts, READ_SITE), made_ahead(self.per_s, seconds))
        requests = [
            get(f"/challenges/{quote(ticket)}{self.suffix}", **_from(number)) for number, ticket in enumerate(tickets)
        ]
        return Job(requests=requests, once=True, connections=self.connections)

    def wrong(self, answer: Answer) -> str | None:
        """Both kinds are RIFF files."""
        return None if answer.body.startswith(b"RIFF") else "the answer is no picture or sound"


def _from(number: int) -> dict[str, str]:
    """The header by which a reader comes from a network of their own, each of which has a share of what is dear."""
    return {"X-Forwarded-For": str(FIRST_READER + number)}


def _ids(port: int, length: int) -> Sequence[str]:
    """Every comment of a thread, the oldest first."""
    found: list[str] = []
    while len(found) < length:
        more = {"cursor": found[-1]} if found else {}
        answer = ask(port, get(list_path(length, limit=100, **more)))
        if answer.status != "200" or not answer.json["comments"]:
            raise Unfit(f"the thread was answered {answer.status} after {len(found)} of {length} comments")
        found += [comment["id"] for comment in answer.json["comments"]]
    return found


def _compressed(answer: Answer) -> str | None:
    if answer.headers.get("content-encoding") != "gzip":
        return "the answer is not compressed"
    plain = Answer(status=answer.status, headers=answer.headers, body=gzip.decompress(answer.body))
    return page_of(100)(plain)


def _counted(answer: Answer) -> str | None:
    problem = json_list(answer, "counts", PAGE)
    if problem is None and answer.json["counts"].get(seed.url(NUMBERS[10])) != 10:
        return "the counts are not those that were loaded"
    return problem


def _entries(answer: Answer) -> str | None:
    found = answer.body.count(b"<entry>")
    return None if found == PAGE else f"the feed has {found} entries instead of {PAGE}"


def _list(length: int) -> Read:
    beside = LARGE.name if length >= PAGE else None
    return Read(name=f"list {length}", length=length, path=list_path(length), wrong=page_of(length), beside=beside)


_URLS = [("url", seed.url(number)) for number in range(1, PAGE + 1)]
_COUNTS = f"{API}/counts?" + urlencode([("site", READ_SITE), *_URLS])
_FORM = b'name="challenge"'
_FRAME = f"/embed/{READ_SITE}"
_FEED = f"/feeds/{READ_SITE}.atom"

YARDSTICK = Read(name="bare", path="/", wrong=holding(b"x"), server=BARE)
LARGE = Read(name="35 KB bare", path="/", wrong=holding(b"x"), server=LARGE_BARE)


def reads(*, full: bool) -> tuple[Row, ...]:
    """The rows in the order of the table; the longest thread only in a full one."""
    return (
        LARGE,
        *(_list(length) for length in NUMBERS if full or length < LONG),
        Unchanged(name="list 100 304", length=100),
        Read(
            name="list 100 gzip",
            length=100,
            path=list_path(100),
            headers={"Accept-Encoding": "gzip"},
            wrong=_compressed,
        ),
        Cold(name="list 1000 cold", length=COLD_LENGTH),
        Read(name="counts 50", length=10, path=_COUNTS, wrong=_counted),
        Single(name="single comment", length=100),
        Read(name="feed", length=100, path=f"{_FEED}?{query(100)}", wrong=_entries),
        Read(name="embed.js", path="/embed.js", wrong=holding(b"comments:")),
        Read(
            name="list fragment", length=100, path=f"{_FRAME}/list?{query(100)}", wrong=holding(b"Alice 9", b"Alice 49")
        ),
        Read(
            name="form page",
            length=10,
            readers=READERS_MANY,
            path=f"{_FRAME}?{query(10)}",
            wrong=holding(_FORM, b"Alice 9"),
        ),
        Read(
            name="form page 50",
            length=100,
            readers=READERS_MANY,
            path=f"{_FRAME}?{query(100)}",
            wrong=holding(_FORM, b"Alice 49"),
        ),
        Picture(name="image", suffix=".webp", per_s=PICTURES_PER_S),
        # One listener: a process speaks one code at a time and tells everybody else to come back.
        Picture(name="sound", suffix=".wav", per_s=SOUNDS_PER_S, connections=1),
        Read(name="flask empty", path="/", wrong=holding(b"ok"), server=FLASK),
        Read(name="healthz", path="/healthz", wrong=holding(b""), beside="flask empty"),
    )
