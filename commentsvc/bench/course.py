"""The whole run: load, start, measure in rounds, stop, print."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from commentsvc.bench import machine, report, seen
from commentsvc.bench.console_rows import console
from commentsvc.bench.ending import TimeUp, within
from commentsvc.bench.figures import Figures
from commentsvc.bench.measuring import Pair, Taken, bare, take
from commentsvc.bench.read_rows import YARDSTICK, reads
from commentsvc.bench.rows import API, ROUNDS, Row, Unfit
from commentsvc.bench.selection import selected
from commentsvc.bench.stage import BARE, FLASK, LARGE_BARE, SERVICE, NotStarted, Stage, Web, staged
from commentsvc.bench.write_rows import writes

COLD, RSS = "cold start", "rss"
SLICE_S = 0.6
FIRST_QUESTION = {BARE: "/", LARGE_BARE: "/", FLASK: "/", SERVICE: f"{API}/comments?site=none&url=none"}
"""What a server that has just been started is asked: the service is ready when it refuses this in its own words."""

LIMIT_S, FULL_LIMIT_S = 290.0, 885.0
"""How long a run with slices of the usual length may take, stopping apart; longer slices may take longer."""


@dataclass(kw_only=True, slots=True)
class Run:
    """One run as far as it has come."""

    taken: dict[str, Taken]
    seconds: float
    say: Callable[[str], None]
    others: dict[str, Figures] = field(default_factory=dict)
    ended: str = "it was not measured"

    def go(self, stage: Stage, names: Sequence[str]) -> None:
        """Everything from loading to the last slice."""
        for one in self.taken.values():
            self._load(stage, one)
        try:
            if COLD in names:
                self.others[COLD] = self._cold(stage)
            self._serve(stage, names)
        except (NotStarted, Unfit) as error:  # without the bare callable there is nothing to compare with
            self.ended = str(error)

    def figures(self, names: Iterable[str]) -> list[Figures]:
        """A line for each name, whatever became of it."""
        for one in self.taken.values():
            if one.error is None and len(one.pairs) < ROUNDS:
                one.error = f"{len(one.pairs)} of {ROUNDS} rounds: {self.ended}"
        found = {name: one.figures(self.taken) for name, one in self.taken.items()} | self.others
        return [found.get(name) or Figures(name=name, error=self.ended) for name in names]

    def _load(self, stage: Stage, one: Taken) -> None:
        self.say(f"loading for {one.row.name}")
        try:
            one.row.load(stage)
        except RuntimeError as error:  # what could not be loaded fails its own row
            one.error = str(error)

    def _cold(self, stage: Stage) -> Figures:
        """From the start of the web server's first process to its first answer; the store is running."""
        self.say(COLD)
        found: list[float] = []
        for _ in range(ROUNDS):
            with stage.serving(SERVICE, FIRST_QUESTION[SERVICE]) as web:
                found.append(web.ready_ms)
        return Figures(name=COLD, value=median(found), unit="ms")

    def _serve(self, stage: Stage, names: Sequence[str]) -> None:
        kinds = {BARE, SERVICE} | {one.row.server for one in self.taken.values()}
        with ExitStack() as stack:
            servers = {kind: stack.enter_context(stage.serving(kind, FIRST_QUESTION[kind])) for kind in kinds}
            for round in range(ROUNDS):
                self._round(stage, servers, round)
            if seen.NAME in names:
                self.say(seen.NAME)
                self.others[seen.NAME] = seen.measure(stage, servers[SERVICE].port)
            if RSS in names:
                self.others[RSS] = machine.memory(servers[SERVICE].process.pid, stage.store_pid)

    def _round(self, stage: Stage, servers: Mapping[str, Web], round: int) -> None:
        """Every row once, so that a noisy minute on the machine does not meet one row alone."""
        before = bare(stage, servers[BARE], self.seconds / 2)
        for name, one in self.taken.items():
            self.say(f"{name}, round {round + 1} of {ROUNDS}")
            own = take(stage, one, servers[one.row.server], round=round, seconds=self.seconds)
            if own is not None:
                after = bare(stage, servers[BARE], self.seconds / 2)
                one.pairs.append(Pair(own=own, bare_rps=(before.rps + after.rps) / 2))
                before = after


def measured(
    *, seconds: float, only: Sequence[str], full: bool, quiet: bool, limit_s: float | None = None
) -> report.Report:
    """A run's report; `limit_s` None is the usual time."""
    every: tuple[Row, ...] = (YARDSTICK, *reads(full=full), *writes(full=full), *console(full=full))
    chosen = selected([*(row.name for row in every), seen.NAME, COLD, RSS], only)
    names = [YARDSTICK.name, *(name for name in chosen if name != YARDSTICK.name)]
    if limit_s is None:
        limit_s = (FULL_LIMIT_S if full else LIMIT_S) * max(1.0, seconds / SLICE_S)
    load = machine.load()
    with staged() as stage, report.progress(quiet=quiet) as say:
        described: dict[str, Any] = {**machine.describe(stage), "load": load}
        taken = {row.name: Taken(row=row) for row in every if row.name in names}
        run = Run(taken=taken, seconds=seconds, say=say)
        try:
            with within(limit_s):
                run.go(stage, names)
        except TimeUp:
            run.ended = f"the run's time of {limit_s:.0f} s was up"
    return report.Report(rows=run.figures(names), machine=described, seconds=seconds, rounds=ROUNDS)
