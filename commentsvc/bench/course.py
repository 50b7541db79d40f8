"""The whole run: load, start, measure in rounds, stop, print."""

from collections.abc import Sequence
from statistics import median

from commentsvc.bench import machine, report
from commentsvc.bench.measuring import Figures, Slice, Taken, medians, take
from commentsvc.bench.rows import API, READS, Row
from commentsvc.bench.selection import selected
from commentsvc.bench.stage import BARE, SERVICE, NotStarted, Stage, Web, staged
from commentsvc.bench.write_rows import LONG_QUEUES, WRITES

ROUNDS = 3
COLD, RSS = "cold start", "rss"
FIRST_QUESTION = f"{API}/comments?site=none&url=none"
"""What a server that has just been started is asked: it is ready when it refuses this in its own words."""


def run(*, json: bool, seconds: float, only: Sequence[str], full: bool) -> int:
    """See `commentsvc.bench.run`."""
    every: tuple[Row, ...] = (*READS, *WRITES, *(LONG_QUEUES if full else ()))
    names = selected(["bare", *(row.name for row in every), COLD, RSS], only)
    rows = [row for row in every if row.name in names]
    with staged() as stage, report.progress(quiet=json) as say:
        for row in rows:
            say(f"loading for {row.name}")
            row.load(stage, ROUNDS)
        figures = _measured(stage, rows, names, seconds, say)
        described = machine.describe(stage)
    report.show(figures, described, seconds=seconds, rounds=ROUNDS, as_json=json)
    return 1 if any(one.error for one in figures) else 0


def _measured(
    stage: Stage, rows: Sequence[Row], names: Sequence[str], seconds: float, say: report.Say
) -> list[Figures]:
    more: list[Figures] = []
    if COLD in names:
        say(COLD)
        more.append(_cold(stage))
    try:
        with stage.serving(BARE, "/") as bare, stage.serving(SERVICE, FIRST_QUESTION) as service:
            figures = _rounds(stage, rows, bare, service, seconds, say)
            if RSS in names:
                more.append(machine.memory(service.process.pid, stage.store_pid))
    except NotStarted as error:
        return [Figures(name=name, error=str(error)) for name in names]
    return [*figures, *more]


def _rounds(
    stage: Stage, rows: Sequence[Row], bare: Web, service: Web, seconds: float, say: report.Say
) -> list[Figures]:
    """Every row once in each round, so that a noisy minute on the machine does not meet one row alone."""
    taken = [Taken(row=row) for row in rows]
    yardstick: list[Slice] = []
    for round in range(ROUNDS):
        for one in taken:
            say(f"{one.row.name}, round {round + 1} of {ROUNDS}")
            beside = take(stage, one, port=service.port, bare_port=bare.port, round=round, seconds=seconds)
            if beside is not None:
                yardstick.append(beside)
    return [medians("bare", yardstick, 1.0), *(one.figures() for one in taken)]


def _cold(stage: Stage) -> Figures:
    """From the start of the web server's first process to its first answer; the store is running."""
    found: list[float] = []
    try:
        for _ in range(ROUNDS):
            with stage.serving(SERVICE, FIRST_QUESTION) as web:
                found.append(web.ready_ms)
    except NotStarted as error:
        return Figures(name=COLD, error=str(error))
    return Figures(name=COLD, value=median(found), unit="ms")
