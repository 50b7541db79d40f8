"""One line of the report."""

from dataclasses import asdict, dataclass, fields
from typing import Any

REQUIRED = ("name", "rps", "p50_ms", "p99_ms", "ratio")


class NotARun(ValueError):
    """A file does not hold what `commentsvc bench --json` printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A line of the report. Without a rate it has a `value` and its `unit`; `error` says why it has neither.

    `ratio` is to the bare callable, `share` to the row that `beside` names. `spread` is p99 / p50. `cpu_ms` is what
    the web processes used for one answer, `bytes` the length of the first answer's body, `generator` the share of a
    processor that the load generator used. `meanwhile` is how many submissions a second were accepted beside.
    """

    name: str
    rps: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    ratio: float | None = None
    share: float | None = None
    beside: str | None = None
    spread: float | None = None
    meanwhile: float | None = None
    cpu_ms: float | None = None
    bytes: int | None = None
    generator: float | None = None
    value: float | None = None
    unit: str | None = None
    note: str | None = None
    error: str | None = None


def as_json(one: Figures) -> dict[str, Any]:
    """The fields that programs rely on, always, and the others where they say something."""
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()}
    return {name: value for name, value in rounded.items() if name in REQUIRED or value is not None}


def from_json(row: dict[str, Any]) -> Figures:
    """The line that was printed as JSON; TypeError or KeyError for anything else."""
    return Figures(**{one.name: row[one.name] for one in fields(Figures) if one.name in row})
