"""The figures as JSON for programs or as a table for people."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from commentsvc.bench.measuring import Figures

Say = Callable[[str], None]
REQUIRED = ("name", "rps", "p50_ms", "p99_ms", "ratio")
MEMORY_DISKS = ("tmpfs", "ramfs")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Say]:
    """A function that says on standard error what is being done; silent for programs."""
    with Console(stderr=True, quiet=quiet).status("starting") as status:
        yield status.update


def show(figures: Sequence[Figures], machine: Mapping[str, Any], *, seconds: float, rounds: int, as_json: bool) -> None:
    """Prints the run on standard output."""
    figures = [*_beside_store(figures)]
    if as_json:
        run = {"rows": [_row(one) for one in figures], "machine": machine, "seconds": seconds, "rounds": rounds}
        json.dump(run, sys.stdout, indent=1)
        print()
        return
    console = Console()
    console.print(_table(figures, f"median of {rounds} rounds of {seconds:g} s, each beside the bare callable"))
    console.print("  ".join(f"{name} {value}" for name, value in machine.items()), style="dim")
    if machine["disk"] in MEMORY_DISKS:
        console.print("The temporary directory is in memory, so no write waited for a disk: set TMPDIR to a real one.")


def _beside_store(figures: Sequence[Figures]) -> Iterator[Figures]:
    """The figures, a submission's with its share of what the store alone does at the same concurrency."""
    rates = {one.name: one.rps for one in figures}
    for one in figures:
        kind, _, clients = one.name.partition(" ")
        alone = rates.get(f"evalsha {clients}")
        if kind == "submit" and one.rps and alone:
            share = f"{one.rps / alone:.2f} of evalsha {clients}"
            one = Figures(**{**asdict(one), "note": share if one.note is None else f"{share}; {one.note}"})
        yield one


def _row(one: Figures) -> dict[str, Any]:
    """The fields that programs rely on, always, and the others where they say something."""
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()}
    return {name: value for name, value in rounded.items() if name in REQUIRED or value is not None}


def _table(figures: Sequence[Figures], title: str) -> Table:
    table = Table(title=title)
    for heading in ("", "requests/s", "p50 ms", "p99 ms", "of bare"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    table.add_column("", overflow="fold")
    for one in figures:
        if one.error is not None:
            table.add_row(one.name, "—", "", "", "", one.error, style="red")
        elif one.value is not None:
            table.add_row(one.name, f"{one.value:,.0f} {one.unit}", "", "", "", one.note or "")
        else:
            table.add_row(
                one.name,
                f"{one.rps:,.0f}",
                f"{one.p50_ms:,.2f}",
                f"{one.p99_ms:,.2f}",
                f"{one.ratio:.3f}",
                one.note or "",
            )
    return table
