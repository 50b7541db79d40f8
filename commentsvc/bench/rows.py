"""What is measured: each row loads what it needs, makes its requests, and says when an answer is not the right one."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol
from urllib.parse import quote, urlencode

from commentsvc.bench import seed
from commentsvc.bench.http import Answer, ask, get
from commentsvc.bench.stage import Stage

API = "/api/v1"
PAGE = 50
READERS = 16
READ_SITE = "read"
NUMBERS = {10: 10, 100: 100, 1000: 1000, 10_000: 10_000}
"""Thread length → number of the article that has it."""

PICTURES_PER_S = 2000
SOUNDS_PER_S = 1500
FIRST_READER = IPv4Address("10.0.0.1")


class Unfit(Exception):
    """A row cannot be measured; the message says what was answered instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One slice of load. `once`: every request is for one use, and the slice may end early for want of more.

    `address` is None for the service's own port; `expect` is the one status that counts.
    """

    requests: Sequence[bytes]
    once: bool = False
    connections: int = READERS
    expect: str = "200"
    protocol: str = "http"
    address: str | None = None


class Row(Protocol):
    """One line of the table."""

    @property
    def name(self) -> str:
        """Its name; it begins with what is measured."""

    def load(self, stage: Stage, rounds: int) -> None:
        """Puts into the store what the row needs, before any web server runs."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The requests of one round; Unfit where the service does not give what they are made of."""

    def wrong(self, answer: Answer) -> str | None:
        """What is wrong with the answer to the first request, in words; None for nothing."""


def json_list(answer: Answer, name: str, length: int) -> str | None:
    """What is wrong with a JSON answer whose list `name` must have `length` entries."""
    try:
        found = answer.json[name]
    except (ValueError, KeyError, TypeError):
        return f"the answer has no {name!r}"
    return None if len(found) == length else f"the answer has {len(found)} {name} instead of {length}"


def thread(stage: Stage, length: int) -> str:
    """The address of the thread with so many approved comments, loaded on the first call."""
    home = seed.site(stage.parts, READ_SITE)
    if not seed.has(stage.parts, home, NUMBERS[length]):
        seed.approved(stage.parts, home, NUMBERS[length], length)
    return seed.url(NUMBERS[length])


def list_path(length: int) -> str:
    """The path of the first page of a thread."""
    return f"{API}/comments?" + urlencode({"site": READ_SITE, "url": seed.url(NUMBERS[length]), "limit": PAGE})


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """The first page of 50 of a thread's approved comments, as JSON."""

    length: int

    @property
    def name(self) -> str:
        """`list 100`."""
        return f"list {self.length}"

    def load(self, stage: Stage, rounds: int) -> None:
        """The thread."""
        thread(stage, self.length)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The same page again and again."""
        return Job(requests=[get(list_path(self.length))])

    def wrong(self, answer: Answer) -> str | None:
        """A page must be full."""
        return json_list(answer, "comments", min(self.length, PAGE))


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged:
    """The same page for somebody who has it: If-None-Match."""

    length: int

    @property
    def name(self) -> str:
        """`list 100 304`."""
        return f"list {self.length} 304"

    def load(self, stage: Stage, rounds: int) -> None:
        """The thread."""
        thread(stage, self.length)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The request with the ETag that the page has."""
        answer = ask(port, get(list_path(self.length)))
        if "etag" not in answer.headers:
            raise Unfit(f"the page was answered {answer.status} without ETag")
        return Job(requests=[get(list_path(self.length), If_None_Match=answer.headers["etag"])], expect="304")

    def wrong(self, answer: Answer) -> str | None:
        """Nothing but the status counts."""
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The numbers of comments of 50 articles in one request."""

    articles: int = 50

    @property
    def name(self) -> str:
        """`counts 50`."""
        return f"counts {self.articles}"

    def load(self, stage: Stage, rounds: int) -> None:
        """One of the articles has comments."""
        thread(stage, 10)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The request that `count.js` sends for a page with so many links."""
        urls = [("url", seed.url(number)) for number in range(1, self.articles + 1)]
        return Job(requests=[get(f"{API}/counts?" + urlencode([("site", READ_SITE), *urls]))])

    def wrong(self, answer: Answer) -> str | None:
        """Every article must be counted, and the one with comments rightly."""
        problem = json_list(answer, "counts", self.articles)
        if problem is None and answer.json["counts"].get(seed.url(NUMBERS[10])) != 10:
            return "the counts are not those that were loaded"
        return problem


@dataclass(frozen=True, kw_only=True, slots=True)
class FormPage:
    """The frame that readers see: 10 comments, the form, a fresh ticket."""

    name: str = "form page"

    def load(self, stage: Stage, rounds: int) -> None:
        """The thread."""
        thread(stage, 10)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The page again and again; each answer has a ticket of its own."""
        return Job(requests=[get(f"/embed/{READ_SITE}?" + urlencode({"url": seed.url(NUMBERS[10])}))])

    def wrong(self, answer: Answer) -> str | None:
        """The form and a comment must be there."""
        if b'name="challenge"' not in answer.body:
            return "the page has no form"
        return None if b"Alice 9" in answer.body else "the page has no comments"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A code drawn or spoken; every request is for another one."""

    name: str
    suffix: str
    per_s: int
    connections: int = READERS

    def load(self, stage: Stage, rounds: int) -> None:
        """Codes need no store."""
        seed.site(stage.parts, READ_SITE)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """A fresh ticket for each request, each from a network of its own."""
        tickets = seed.tickets(stage.parts, seed.site(stage.parts, READ_SITE), 1 + int(self.per_s * max(seconds, 0.5)))
        requests = [
            get(f"/challenges/{quote(ticket)}{self.suffix}", **{"X-Forwarded-For": str(FIRST_READER + number)})
            for number, ticket in enumerate(tickets)
        ]
        return Job(requests=requests, once=True, connections=self.connections)

    def wrong(self, answer: Answer) -> str | None:
        """Both kinds are RIFF files."""
        return None if answer.body.startswith(b"RIFF") else "the answer is no picture or sound"


READS: tuple[Row, ...] = (
    *(ListPage(length=length) for length in NUMBERS),
    Unchanged(length=100),
    Counts(),
    FormPage(),
    Picture(name="image", suffix=".webp", per_s=PICTURES_PER_S),
    # One listener: a process speaks one code at a time and tells everybody else to come back.
    Picture(name="sound", suffix=".wav", per_s=SOUNDS_PER_S, connections=1),
)
