"""The figures as JSON for programs, as a table for people, as Markdown for docs/performance.md."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from commentsvc.bench.aims import aim
from commentsvc.bench.figures import Figures, NotARun, as_json, from_json
from commentsvc.bench.sizing import rules_of_thumb

Say = Callable[[str], None]
MEMORY_DISKS = ("tmpfs", "ramfs")
NOTE_WIDTH = 60
"""Letters in a line of what is said beside the figures."""

HEADINGS = ("", "requests/s", "p50 ms", "p99 ms", "CPU ms", "of bare", "aim", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A run: its lines, the machine, and how it was measured."""

    rows: list[Figures]
    machine: dict[str, Any]
    seconds: float
    rounds: int

    @property
    def how(self) -> str:
        """How the figures were taken."""
        return f"median of {self.rounds} rounds of {self.seconds:g} s, each beside the bare callable"


@contextmanager
def progress(*, quiet: bool) -> Iterator[Say]:
    """A function that says on standard error what is being done; silent for programs."""
    shown = not quiet and sys.stderr.isatty()

    def say(words: str) -> None:
        if shown:
            click.echo(f"\r\x1b[K{words}", nl=False, err=True)

    say("starting")
    try:
        yield say
    finally:
        say("")


def read(path: Path) -> Report:
    """The run that `--json` printed; NotARun for anything else."""
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        rows = [from_json(row) for row in run["rows"]]
        return Report(rows=rows, machine=dict(run["machine"]), seconds=run["seconds"], rounds=run["rounds"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotARun(f"{path} is not what `commentsvc bench --json` printed: {error}") from error


def print_json(run: Report) -> None:
    """One object on standard output; docs/performance.md says what is in it."""
    rows = [as_json(one) for one in run.rows]
    json.dump(
        {"rows": rows, "machine": run.machine, "seconds": run.seconds, "rounds": run.rounds}, sys.stdout, indent=1
    )
    print()


def print_table(run: Report) -> None:
    """A table on the terminal."""
    rows = []
    for one in run.rows:
        *cells, wanted, note = _cells(one)
        rows.append([*cells, "; ".join(said for said in (wanted, note) if said)])
    heads = [*HEADINGS[:-2], ""]
    sides = ("left", *["right"] * (len(heads) - 2), "left")
    widths = [*[None] * (len(heads) - 1), NOTE_WIDTH]
    print(f"{run.how}\n")
    print(tabulate(rows, heads, tablefmt="simple", colalign=sides, maxcolwidths=widths, disable_numparse=True))
    print(f"\n{_machine(run)}")
    if run.machine.get("disk") in MEMORY_DISKS:
        print("The temporary directory is in memory, so no write waited for a disk: set TMPDIR to a real one.")


def print_markdown(run: Report) -> None:
    """The section "Figures" of docs/performance.md."""
    print(f"{_machine(run)}; {run.how}.\n")
    print(f"| {' | '.join(HEADINGS).strip()} |")
    print("|---|" + "--:|" * 5 + "---|---|")
    for one in run.rows:
        name, *cells = _cells(one)
        print(f"| {' | '.join([f'`{name}`', *cells])} |")
    print("\nRules of thumb for one web process on this machine:\n")
    for rule in rules_of_thumb(run.rows):
        print(f"- {rule}")


def _machine(run: Report) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in run.machine.items())


def _cells(one: Figures) -> list[str]:
    """A row of either table."""
    wanted = aim(one)
    words = "" if wanted is None else wanted.words + {True: ": met", False: ": missed", None: ""}[wanted.met]
    if one.error is not None:
        return [one.name, "—", "", "", "", "", words, one.error]
    if one.value is not None:
        return [one.name, f"{one.value:,.0f} {one.unit}", "", "", "", "", words, one.note or ""]
    figures = (_number(one.rps, 0), _number(one.p50_ms, 2), _number(one.p99_ms, 2), _number(one.cpu_ms, 2))
    return [one.name, *figures, _number(one.ratio, 3), words, one.note or ""]


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:,.{places}f}"
