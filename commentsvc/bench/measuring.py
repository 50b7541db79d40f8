"""A row's figures: each of its slices beside a slice of the bare callable, the median of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from commentsvc.bench import machine
from commentsvc.bench.driving import Slice, drive
from commentsvc.bench.figures import Figures
from commentsvc.bench.http import ask, get
from commentsvc.bench.rows import Job, Row, Unfit
from commentsvc.bench.stage import BARE, Stage, Web

YARDSTICK = Job(requests=[get("/")])
BUSY = 0.95


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """One slice of a row, what was done meanwhile, and the web processes' CPU for one answer."""

    slice: Slice
    meanwhile: Slice | None
    cpu_ms: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One slice of a row, and the bare callable's rate just before and after it."""

    own: Own
    bare_rps: float


@dataclass(kw_only=True, slots=True)
class Taken:
    """What is known of one row so far; `length` is that of the first answer's body."""

    row: Row
    pairs: list[Pair] = field(default_factory=list)
    length: int | None = None
    error: str | None = None

    def figures(self, others: Mapping[str, "Taken"]) -> Figures:
        """The medians, or the error; `others` are all rows of the run by name."""
        if self.error is not None:
            return Figures(name=self.row.name, error=self.error)
        own = [pair.own.slice for pair in self.pairs]
        ratio = median(pair.own.slice.rps / pair.bare_rps for pair in self.pairs)
        share = self._share(others)
        found = Figures(
            name=self.row.name,
            rps=median(one.rps for one in own),
            p50_ms=median(one.p50_ms for one in own),
            p99_ms=median(one.p99_ms for one in own),
            ratio=1.0 if self.row.server == BARE else ratio,
            share=share,
            beside=None if share is None else self.row.beside,
            spread=median(one.p99_ms / one.p50_ms for one in own),
            meanwhile=_median([pair.own.meanwhile.rps for pair in self.pairs if pair.own.meanwhile]),
            cpu_ms=_median([pair.own.cpu_ms for pair in self.pairs if pair.own.cpu_ms is not None]),
            bytes=self.length,
            generator=median(one.busy for one in own),
        )
        return replace(found, note=_note(found, others.get(BARE)))

    def _share(self, others: Mapping[str, "Taken"]) -> float | None:
        """The median of the rounds' own comparisons: what slows the machine for a while slows both."""
        other = others.get(self.row.beside or "")
        if other is None or other is self or other.error is not None:
            return None
        pairs = zip(self.pairs, other.pairs, strict=True)
        return _median([mine.own.slice.rps / theirs.own.slice.rps for mine, theirs in pairs])


def bare(stage: Stage, web: Web, seconds: float) -> Slice:
    """A slice of the bare callable; Unfit where it does not answer."""
    return drive(stage.directory, YARDSTICK, web.port, seconds)[0]


def take(stage: Stage, taken: Taken, web: Web, *, round: int, seconds: float) -> Own | None:
    """One slice of a row on its server; None for one that failed, which stays failed."""
    if taken.error is not None:
        return None
    try:
        job = _proven(taken, stage, web.port, round, seconds)
        before = machine.cpu_s(web.process.pid)
        own, meanwhile = drive(stage.directory, job, web.port, seconds)
        after = machine.cpu_s(web.process.pid)
    except (Unfit, OSError, ValueError) as error:
        taken.error = str(error) or type(error).__name__
        return None
    cpu_ms = None
    if before is not None and after is not None and job.address is None and meanwhile is None:
        cpu_ms = (after - before) * 1000 / own.answered
    return Own(slice=own, meanwhile=meanwhile, cpu_ms=cpu_ms)


def _proven(taken: Taken, stage: Stage, port: int, round: int, seconds: float) -> Job:
    """The row's job after its first request was answered rightly; Unfit otherwise."""
    job = taken.row.job(stage, port, round, seconds)
    if job.address is not None:
        return job
    request = job.requests[0]
    answer = ask(port, request)
    line = request.split(b"\r\n", 1)[0].partition(b"?")[0].decode().removesuffix(" HTTP/1.1")
    if answer.status != job.expect:
        raise Unfit(f"answered {answer.status} instead of {job.expect} to {line}")
    problem = taken.row.wrong(answer)
    if problem is not None:
        raise Unfit(f"{problem} ({line})")
    taken.length = len(answer.body)
    return replace(job, requests=job.requests[1:]) if job.once else job


def _median(found: Sequence[float]) -> float | None:
    return median(found) if found else None


def _note(one: Figures, bare: Taken | None) -> str | None:
    """What must be said beside the figures."""
    said = []
    if one.share is not None:
        said.append(f"{one.share:.2f} of {one.beside}")
    if one.meanwhile is not None:
        spreads = [pair.own.slice.p99_ms / pair.own.slice.p50_ms for pair in bare.pairs] if bare else []
        said.append(f"p99 is {one.spread:.1f} × p50" + (f" (bare: {median(spreads):.1f} ×)" if spreads else ""))
        said.append(f"{one.meanwhile:.0f} submissions a second accepted meanwhile")
    if one.bytes:
        said.append(f"{one.bytes:,} bytes")
    if one.generator is not None and one.generator > BUSY:
        said.append("the load generator was the limit")
    return "; ".join(said) or None
