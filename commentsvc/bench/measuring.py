"""A row's figures: each of its slices beside a slice of the bare callable, the median of all."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from commentsvc.bench import load
from commentsvc.bench.http import ask, get
from commentsvc.bench.rows import Job, Row, Unfit
from commentsvc.bench.stage import Stage

BARE = Job(requests=[get("/")])
SLICE_GRACE_S = 30.0
BUSY = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """What the load generator saw. `busy` is the share of its time in which it had work itself."""

    rps: float
    p50_ms: float
    p99_ms: float
    answered: int
    errors: dict[str, int]
    busy: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A line of the report. Without a rate it has a `value` and its `unit`; `error` says why it has neither."""

    name: str
    rps: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    ratio: float | None = None
    value: float | None = None
    unit: str | None = None
    note: str | None = None
    error: str | None = None


@dataclass(kw_only=True, slots=True)
class Taken:
    """The slices of one row so far: its own, and the bare callable's rate just before each."""

    row: Row
    slices: list[Slice] = field(default_factory=list)
    bare_rps: list[float] = field(default_factory=list)
    error: str | None = None

    def figures(self) -> Figures:
        """The medians, or the error."""
        if self.error is not None:
            return Figures(name=self.row.name, error=self.error)
        ratios = [own.rps / bare for own, bare in zip(self.slices, self.bare_rps, strict=True)]
        return medians(self.row.name, self.slices, median(ratios))


def medians(name: str, slices: Sequence[Slice], ratio: float) -> Figures:
    """One line from several slices."""
    return Figures(
        name=name,
        rps=median(one.rps for one in slices),
        p50_ms=median(one.p50_ms for one in slices),
        p99_ms=median(one.p99_ms for one in slices),
        ratio=ratio,
        note="the load generator was the limit" if median(one.busy for one in slices) > BUSY else None,
    )


def take(stage: Stage, taken: Taken, *, port: int, bare_port: int, round: int, seconds: float) -> Slice | None:
    """Adds one round to the row and returns the bare slice that belongs to it; a row that failed stays failed."""
    if taken.error is not None:
        return None
    try:
        job = _proven(taken.row, stage, port, round, seconds)
        bare = _drive(stage, BARE, bare_port, seconds / 2)
        own = _drive(stage, job, port, seconds)
    except (Unfit, OSError, ValueError) as error:
        taken.error = str(error) or type(error).__name__
        return None
    taken.slices.append(own)
    taken.bare_rps.append(bare.rps)
    return bare


def _proven(row: Row, stage: Stage, port: int, round: int, seconds: float) -> Job:
    """The row's job after its first request was answered rightly; Unfit otherwise."""
    job = row.job(stage, port, round, seconds)
    if job.address is not None:
        return job
    request = job.requests[0]
    answer = ask(port, request)
    line = request.split(b"\r\n", 1)[0].partition(b"?")[0].decode().removesuffix(" HTTP/1.1")
    if answer.status != job.expect:
        raise Unfit(f"answered {answer.status} instead of {job.expect} to {line}")
    problem = row.wrong(answer)
    if problem is not None:
        raise Unfit(f"{problem} ({line})")
    left = job.requests[1:] if job.once else job.requests
    return Job(requests=left, once=job.once, connections=job.connections, expect=job.expect)


def _drive(stage: Stage, job: Job, port: int, seconds: float) -> Slice:
    """One slice by a load generator of its own; Unfit for any answer that was not the expected one."""
    path = stage.directory / "job.json"
    requests = [request.decode("latin-1") for request in job.requests]
    order = {**asdict(job), "address": job.address or port, "seconds": seconds, "requests": requests}
    path.write_text(json.dumps(order), encoding="ascii")
    command = [sys.executable, "-I", "-S", load.__file__, str(path)]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=seconds + SLICE_GRACE_S, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unfit(f"the load generator did not end within {error.timeout:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise Unfit(f"the load generator failed: {error.stderr.decode(errors='replace').strip()[-300:]}") from error
    found = Slice(**json.loads(ended.stdout))
    if found.errors:
        said = ", ".join(f"{count} × {word}" for word, count in found.errors.items())
        raise Unfit(f"instead of {job.expect}: {said} (beside {found.answered} right answers)")
    if not found.rps:
        raise Unfit(f"nothing was answered within {seconds} s")
    return found
