"""The rows of those who change something, and of those who decide."""

from dataclasses import dataclass
from urllib.parse import urlencode

from commentsvc.bench import seed
from commentsvc.bench.http import Answer, get, post
from commentsvc.bench.rows import API, READERS, Job, Row, json_list
from commentsvc.bench.stage import Stage
from commentsvc.domain.moderator import Scope

SUBMISSIONS_PER_S = 2000
COMMANDS_PER_S = 6000
DECISIONS_PER_S = 1500
SLICE_MAX = 9_900
"""Below the 10,000 submissions a minute that one network may make on a site: every slice has a site of its own."""

QUEUE_PAGE = 20


def amount(per_s: int, seconds: float) -> int:
    """How many to make ahead for a slice; if that was too few, the slice ends early and is as right."""
    return min(1 + int(per_s * max(seconds, 0.5)), SLICE_MAX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Submit:
    """Submissions over the API, each with its own ticket and right code, each on disk before it is answered."""

    connections: int

    @property
    def name(self) -> str:
        """`submit 16`."""
        return f"submit {self.connections}"

    def load(self, stage: Stage, rounds: int) -> None:
        """A site for each round."""
        for round in range(rounds):
            seed.site(stage.parts, self._site(round))

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """Fresh submissions."""
        ahead = seed.premade(stage.parts, seed.site(stage.parts, self._site(round)), amount(SUBMISSIONS_PER_S, seconds))
        requests = [post(f"{API}/comments", one.body) for one in ahead]
        return Job(requests=requests, once=True, connections=self.connections, expect="202")

    def wrong(self, answer: Answer) -> str | None:
        """The answer must be a receipt."""
        return None if answer.json.get("receipt") else "the answer has no receipt"

    def _site(self, round: int) -> str:
        return f"submit-{self.connections}-{round}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evalsha:
    """What the store alone does: the same submissions as bare EVALSHA, each on disk before it is answered."""

    connections: int

    @property
    def name(self) -> str:
        """`evalsha 16`."""
        return f"evalsha {self.connections}"

    def load(self, stage: Stage, rounds: int) -> None:
        """A site for each round."""
        for round in range(rounds):
            seed.site(stage.parts, self._site(round))

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The commands that the service would send, over the store's own socket."""
        ahead = seed.premade(stage.parts, seed.site(stage.parts, self._site(round)), amount(COMMANDS_PER_S, seconds))
        return Job(
            requests=seed.commands(stage.parts, ahead),
            once=True,
            connections=self.connections,
            expect="accepted",
            protocol="resp",
            address=str(stage.socket),
        )

    def wrong(self, answer: Answer) -> str | None:
        """Every answer's word is looked at by the load generator."""
        return None

    def _site(self, round: int) -> str:
        return f"evalsha-{self.connections}-{round}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decide:
    """Approvals over the API, one comment a request."""

    name: str = "decide"

    def load(self, stage: Stage, rounds: int) -> None:
        """A site for each round."""
        for round in range(rounds):
            seed.site(stage.parts, self._site(round))

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """One decision for each of some pending comments."""
        home = seed.site(stage.parts, self._site(round))
        bearer = seed.bearer(stage.parts, home, Scope.MODERATE)
        ids = seed.pending(stage.parts, home, amount(DECISIONS_PER_S, seconds))
        body = '{"decisions":[{"id":"%s","version":1,"decision":"approve"}]}'
        requests = [post(f"{API}/decisions", (body % id).encode(), Authorization=bearer) for id in ids]
        return Job(requests=requests, once=True)

    def wrong(self, answer: Answer) -> str | None:
        """The decision must have been made, not merely answered."""
        return None if b'"ok"' in answer.body else f"the decision was answered {answer.body[:200]!r}"

    def _site(self, round: int) -> str:
        return f"decide-{round}"


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """The first page of 20 of a site's pending comments, with what is needed to judge them."""

    length: int

    @property
    def name(self) -> str:
        """`queue 1000`."""
        return f"queue {self.length}"

    def load(self, stage: Stage, rounds: int) -> None:
        """The pending comments."""
        seed.pending(stage.parts, seed.site(stage.parts, self._site), self.length)

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The same page again and again."""
        bearer = seed.bearer(stage.parts, seed.site(stage.parts, self._site), Scope.MODERATE)
        path = f"{API}/queue?" + urlencode({"site": self._site, "limit": QUEUE_PAGE})
        return Job(requests=[get(path, Authorization=bearer)], connections=READERS)

    def wrong(self, answer: Answer) -> str | None:
        """A page must be full."""
        return json_list(answer, "comments", min(self.length, QUEUE_PAGE))

    @property
    def _site(self) -> str:
        return f"queue-{self.length}"


CLIENTS = (1, 16, 64)
WRITES: tuple[Row, ...] = (
    *(Submit(connections=count) for count in CLIENTS),
    *(Evalsha(connections=count) for count in CLIENTS),
    Decide(),
    QueuePage(length=1000),
)
LONG_QUEUES: tuple[Row, ...] = (QueuePage(length=50_000), QueuePage(length=500_000))
