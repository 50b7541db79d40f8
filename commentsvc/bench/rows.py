"""What a row of the table is: it loads what it needs, makes its requests, and knows a wrong answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from commentsvc.bench import seed
from commentsvc.bench.http import Answer
from commentsvc.bench.stage import SERVICE, Stage
from commentsvc.domain.site import Site

API = "/api/v1"
PAGE = 50
READERS = 16
"""Connections of a row that says nothing else."""

ROUNDS = 3
"""Slices of every row."""

SHORTEST_S = 0.2
MOST = 50_000
"""Requests made ahead for one slice."""


class Unfit(Exception):
    """A row cannot be measured; the message says what was answered instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One slice of load. `once`: every request is for one use, and the slice may end early for want of more.

    `address` is None for a web server's port; `expect` is the one status that counts. `per_s` 0 is as fast as answers
    come. `meanwhile` is what somebody else does from before the slice until after it, at a pace.
    """

    requests: Sequence[bytes]
    once: bool = False
    connections: int = READERS
    expect: str = "200"
    protocol: str = "http"
    address: str | None = None
    per_s: float = 0
    meanwhile: "Job | None" = None


class Row(Protocol):
    """One line of the table."""

    @property
    def name(self) -> str:
        """Its name; it begins with what is measured."""

    @property
    def server(self) -> str:
        """The web server that is asked."""

    @property
    def beside(self) -> str | None:
        """The row whose rate this one's is also compared with."""

    def load(self, stage: Stage) -> None:
        """Puts into the store what the row needs, before any web server runs."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The requests of one round; Unfit where the service does not give what they are made of."""

    def wrong(self, answer: Answer) -> str | None:
        """What is wrong with the answer to the first request, in words; None for nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fresh:
    """The beginning of a row that changes something: a site of its own in each round."""

    name: str
    beside: str | None = None
    server: str = field(default=SERVICE, init=False)

    def load(self, stage: Stage) -> None:
        """The sites."""
        for round in range(ROUNDS):
            self.site(stage, round)

    def site(self, stage: Stage, round: int) -> Site:
        """This round's site."""
        return seed.site(stage.parts, f"{self.name.replace(' ', '-')}-{round}")

    def wrong(self, answer: Answer) -> str | None:
        """Nothing but the status counts."""
        return None


def json_list(answer: Answer, name: str, length: int) -> str | None:
    """What is wrong with a JSON answer whose list `name` must have `length` entries."""
    try:
        found = answer.json[name]
    except (ValueError, KeyError, TypeError):
        return f"the answer has no {name!r}"
    return None if len(found) == length else f"the answer has {len(found)} {name} instead of {length}"


def made_ahead(per_s: int, seconds: float) -> int:
    """How many to make for a slice before the clock starts; if that was too few, it ends early and is as right."""
    return min(1 + int(per_s * max(seconds, SHORTEST_S)), MOST)
