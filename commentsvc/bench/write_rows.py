"""The rows of those who change something, of those who decide, and of readers meanwhile."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from commentsvc.bench import seed
from commentsvc.bench.aims import MEANWHILE
from commentsvc.bench.http import Answer, get, post
from commentsvc.bench.read_rows import NUMBERS, READ_SITE, ThreadRow, list_path, page_of
from commentsvc.bench.rows import API, Fresh, Job, Row, json_list, made_ahead
from commentsvc.bench.stage import SERVICE, Stage
from commentsvc.domain.moderator import Scope

SUBMISSIONS_PER_S = 6000
COMMANDS_PER_S = {1: 5000, 16: 16_000, 64: 24_000}
"""By the number of clients: each takes a quarter of a millisecond to make."""

DECISIONS_PER_S = 4000
SLICE_MAX = 9_900
"""Below the 10,000 submissions a minute that one network may make on a site: every slice has a site of its own."""

QUEUE_PAGE = 20
LONG_QUEUES = (50_000, 500_000)
MANY = 1000
"""Threads that `submit … many` writes to."""

MEANWHILE_S = 3.0
"""For how much longer than a slice there are submissions: until its load generator has started, and ended."""


def amount(per_s: int, seconds: float) -> int:
    """How many submissions or decisions to make ahead for a slice."""
    return min(made_ahead(per_s, seconds), SLICE_MAX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Submit(Fresh):
    """Submissions over the API, each with its own ticket and right code, each on disk before it is answered."""

    connections: int
    threads: int

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """Fresh submissions."""
        count = amount(SUBMISSIONS_PER_S, seconds)
        ahead = seed.premade(stage.parts, self.site(stage, round), count, threads=self.threads)
        requests = [post(f"{API}/comments", one.body) for one in ahead]
        return Job(requests=requests, once=True, connections=self.connections, expect="202")

    def wrong(self, answer: Answer) -> str | None:
        """The answer must be a receipt."""
        return None if answer.json.get("receipt") else "the answer has no receipt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evalsha(Fresh):
    """What the store alone does: the same submissions as bare EVALSHA, each on disk before it is answered."""

    connections: int

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The commands that the service would send, over the store's own socket."""
        ahead = seed.premade(
            stage.parts, self.site(stage, round), amount(COMMANDS_PER_S[self.connections], seconds), threads=1
        )
        return Job(
            requests=seed.commands(stage.parts, ahead),
            once=True,
            connections=self.connections,
            expect="accepted",
            protocol="resp",
            address=str(stage.socket),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Queued:
    """The beginning of a row about a site on which so many comments wait."""

    name: str
    length: int
    key: str
    beside: str | None = None
    server: str = field(default=SERVICE, init=False)

    def load(self, stage: Stage) -> None:
        """The pending comments, on the first call."""
        home = seed.site(stage.parts, self.key)
        if not seed.has_pending(stage.parts, home):
            seed.pending(stage.parts, home, self.length)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage(Queued):
    """The first page of 20 of a site's pending comments, with what is needed to judge them."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The same page again and again."""
        bearer = seed.bearer(stage.parts, seed.site(stage.parts, self.key), Scope.MODERATE)
        path = f"{API}/queue?" + urlencode({"site": self.key, "limit": QUEUE_PAGE})
        return Job(requests=[get(path, Authorization=bearer)])

    def wrong(self, answer: Answer) -> str | None:
        """A page must be full."""
        return json_list(answer, "comments", min(self.length, QUEUE_PAGE))


@dataclass(frozen=True, kw_only=True, slots=True)
class Decide(Queued):
    """Approvals over the API, one comment a request; those are added to the ones that wait."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """One decision for each of some pending comments."""
        home = seed.site(stage.parts, self.key)
        bearer = seed.bearer(stage.parts, home, Scope.MODERATE)
        ids = seed.pending(stage.parts, home, amount(DECISIONS_PER_S, seconds))
        body = '{"decisions":[{"id":"%s","version":1,"decision":"approve"}]}'
        requests = [post(f"{API}/decisions", (body % id).encode(), Authorization=bearer) for id in ids]
        return Job(requests=requests, once=True)

    def wrong(self, answer: Answer) -> str | None:
        """The decision must have been made, not merely answered."""
        return None if b'"ok"' in answer.body else f"the decision was answered {answer.body[:200]!r}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMeanwhile(ThreadRow):
    """A list while others submit to that very thread, at a steady pace; `per_s` is the readers' pace, 0 for none."""

    per_s: float = 0

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The readers' request, and the submissions."""
        home = seed.site(stage.parts, READ_SITE)
        count = int(MEANWHILE * (seconds + MEANWHILE_S))
        ahead = seed.premade(stage.parts, home, count, first=NUMBERS[self.length], threads=1)
        others = Job(
            requests=[post(f"{API}/comments", one.body) for one in ahead],
            once=True,
            expect="202",
            per_s=MEANWHILE,
        )
        return Job(requests=[get(list_path(self.length))], per_s=self.per_s, meanwhile=others)

    def wrong(self, answer: Answer) -> str | None:
        """A page must be full."""
        return page_of(self.length)(answer)


def _clients(count: int) -> tuple[Row, ...]:
    ceiling = f"evalsha {count}"
    return (
        Evalsha(name=ceiling, connections=count),
        Submit(name=f"submit {count}", connections=count, threads=1, beside=ceiling),
        Submit(name=f"submit {count} many", connections=count, threads=MANY, beside=ceiling),
    )


def _waiting(length: int) -> tuple[Row, ...]:
    key = f"queue-{length}"
    return (
        QueuePage(name=f"queue {length}", length=length, key=key, beside="queue 1000"),
        # After the page: what a slice had no time to decide makes the queue a little longer.
        Decide(name=f"decide {length}", length=length, key=key, beside="decide"),
    )


def writes(*, full: bool) -> tuple[Row, ...]:
    """The rows in the order of the table; the long queues only in a full one."""
    return (
        *_clients(1),
        *_clients(16),
        *_clients(64),
        ReadMeanwhile(name="read under submissions", length=100),
        ReadMeanwhile(name="read under submissions 1000/s", length=100, per_s=1000),
        QueuePage(name="queue 1000", length=1000, key="queue-1000"),
        Decide(name="decide", length=1000, key="decide"),
        *(row for length in LONG_QUEUES if full for row in _waiting(length)),
    )
