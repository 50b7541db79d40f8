"""Runs load generators, each a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from commentsvc.bench import load
from commentsvc.bench.rows import Job, Unfit

GRACE_S = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """What a load generator saw. `busy` is the share of its time in which it had work itself."""

    rps: float
    p50_ms: float
    p99_ms: float
    answered: int
    errors: dict[str, int]
    busy: float


@dataclass(kw_only=True, slots=True)
class Beside:
    """What was done meanwhile; None where nothing was, or while it is still done."""

    slice: Slice | None = None


def drive(directory: Path, job: Job, port: int, seconds: float) -> tuple[Slice, Slice | None]:
    """One slice, and what was done meanwhile; Unfit for any answer that was not the expected one."""
    others = job.meanwhile
    with nullcontext(Beside()) if others is None else _meanwhile(directory, others, port, seconds) as beside:
        ended = _run(_command(directory / "job.json", job, port, seconds), seconds)
    return _seen(ended, job, seconds), beside.slice


@contextmanager
def _meanwhile(directory: Path, job: Job, port: int, seconds: float) -> Iterator[Beside]:
    """A load generator that has begun before the block and ends after it."""
    limit_s = seconds + GRACE_S
    command = _command(directory / "meanwhile.json", job, port, limit_s, watched=True)
    process = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        try:
            assert process.stderr is not None  # noqa: S101  # it is a pipe
            first = process.stderr.readline().decode(errors="replace").strip()
            if first != load.STARTED:
                raise Unfit(f"the load generator failed: {first}")
            beside = Beside()
            yield beside
            said, complaint = process.communicate(timeout=limit_s)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Unfit(f"the load generator failed: {complaint.decode(errors='replace').strip()[-300:]}")
    beside.slice = _seen(said, job, seconds)


def _command(path: Path, job: Job, port: int, seconds: float, *, watched: bool = False) -> list[str]:
    order = {
        "address": job.address or port,
        "protocol": job.protocol,
        "connections": job.connections,
        "seconds": seconds,
        "expect": job.expect,
        "once": job.once,
        "per_s": job.per_s,
        "watched": watched,
        "requests": [request.decode("latin-1") for request in job.requests],
    }
    path.write_text(json.dumps(order), encoding="ascii")
    return [sys.executable, "-I", "-S", load.__file__, str(path)]


def _run(command: list[str], seconds: float) -> bytes:
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds + GRACE_S, check=True).stdout  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unfit(f"the load generator did not end within {error.timeout:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise Unfit(f"the load generator failed: {error.stderr.decode(errors='replace').strip()[-300:]}") from error


def _seen(said: bytes, job: Job, seconds: float) -> Slice:
    found = Slice(**json.loads(said))
    if found.errors:
        words = ", ".join(f"{count} × {word}" for word, count in found.errors.items())
        raise Unfit(f"instead of {job.expect}: {words} (beside {found.answered} right answers)")
    if not found.rps:
        raise Unfit(f"nothing was answered within {seconds} s")
    return found
