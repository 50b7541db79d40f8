"""The bench as operators run it: real store, real web server, real load; and nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commentsvc.bench import run
from commentsvc.bench.console_rows import console
from commentsvc.bench.directory import own_directory
from commentsvc.bench.measuring import Taken, take
from commentsvc.bench.read_rows import Read, distinct_pages, holding, reads
from commentsvc.bench.rows import Job
from commentsvc.bench.selection import UnknownRow
from commentsvc.bench.stage import BARE, Stage, staged
from commentsvc.bench.write_rows import writes
from tests.servers import short_directory, wait_until

COMMAND = [sys.executable, "-c", "from commentsvc.bench.command import bench; bench()"]
SHORT_OF_TIME = """
from commentsvc.bench import course, report
report.print_json(course.measured(seconds=60, only=["list 10", "healthz", "rss"], full=False, quiet=True, limit_s=4))
"""
TIDYING = "from commentsvc.bench.directory import own_directory\nwith own_directory(): pass"
ROWS = (
    "35 KB bare",
    *("list 10", "list 100", "list 1000", "list 10000", "list 100 304", "list 100 gzip", "list 1000 cold"),
    *(
        "counts 50",
        "single comment",
        "feed",
        "embed.js",
        "list fragment",
        "form page",
        "form page 50",
        "image",
        "sound",
    ),
    *("flask empty", "healthz"),
    *("evalsha 1", "submit 1", "submit 1 many", "evalsha 16", "submit 16", "submit 16 many"),
    *("evalsha 64", "submit 64", "submit 64 many", "read under submissions", "read under submissions 1000/s"),
    *("queue 1000", "decide"),
    *("lease", "batch", "search rare", "search common", "search both"),
)
LIMIT_S = 360
"""A run ends by itself after `course.LIMIT_S`; this is for one that hangs."""

PROC = Path("/proc")


class NotModified(Read):
    """Expects 304, whatever is asked."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """One GET without an ETag."""
        return replace(Read.job(self, stage, port, round, seconds), expect="304")


needs_proc = pytest.mark.skipif(not PROC.is_dir(), reason="this system has no /proc to find processes in")


def environment(directory: Path) -> dict[str, str]:
    """An environment whose temporary directory is `directory`, and with settings that the bench must not follow."""
    return {
        **os.environ,
        "TMPDIR": str(directory),
        "COMMENTSVC_DATA_DIR": str(directory / "not-for-the-bench"),
        "COMMENTSVC_SUBMISSIONS_PER_MINUTE": "1",
    }


def started_in(directory: Path) -> list[int]:
    """Processes that work in `directory` or were given it as their temporary directory."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            here = f"TMPDIR={directory}".encode() in (entry / "environ").read_bytes().split(b"\0")
            here = here or str((entry / "cwd").readlink()).startswith(str(directory))
        except OSError:  # ended while we looked, or another user's
            continue
        if here:
            found.append(int(entry.name))
    return found


def bench(directory: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a run with `--json`, and what it printed."""
    command = [*COMMAND, "--json", *options]
    ended = subprocess.run(command, capture_output=True, timeout=LIMIT_S, env=environment(directory), check=False)
    assert ended.stdout, ended.stderr.decode()
    return ended.returncode, json.loads(ended.stdout)


def test_the_table_has_every_row_that_the_contract_and_the_aims_name() -> None:
    assert tuple(row.name for row in (*reads(full=False), *writes(full=False), *console(full=False))) == ROWS
    long = {row.name for row in (*reads(full=True), *writes(full=True), *console(full=True))} - set(ROWS)
    waiting = ("queue", "decide", "lease", "batch", "search rare", "search common", "search both")
    assert long == {"list 100000"} | {f"{name} {length}" for name in waiting for length in (50_000, 500_000)}


def test_a_row_is_compared_with_one_that_is_in_the_table_and_comes_before_it() -> None:
    seen: set[str] = set()
    for row in (*reads(full=True), *writes(full=True), *console(full=True)):
        assert row.beside is None or row.beside in seen
        seen.add(row.name)


def test_no_two_cold_requests_are_alike_and_each_has_a_full_page_to_come() -> None:
    ids = [f"{number:04}" for number in range(1000)]
    pages = distinct_pages(ids)

    assert len(set(pages)) == len(pages) > 20_000
    for sort, limit, cursor in pages:
        after = [id for id in ids if (id > cursor if sort == "oldest" else id < cursor)] if limit == 55 else ids
        assert len(after) >= limit


@needs_proc
def test_a_run_prints_every_row_that_was_asked_for_and_leaves_nothing() -> None:
    asked = (
        "list 100",
        "flask empty",
        "healthz",
        "evalsha 1",
        "submit 1",
        "read under submissions",
        "decision seen",
        "rss",
    )
    with short_directory() as directory:
        code, printed = bench(directory, "--seconds", "0.3", *(word for name in asked for word in ("--only", name)))

        assert code == 0, {row["name"]: row["error"] for row in printed["rows"] if "error" in row}
        rows = {row["name"]: row for row in printed["rows"]}
        assert list(rows) == ["bare", *asked]
        assert all({"name", "rps", "p50_ms", "p99_ms", "ratio"} <= set(row) for row in printed["rows"])
        for row in printed["rows"][:-2]:
            assert row["rps"] > 0
            assert 0 < row["p50_ms"] <= row["p99_ms"]
            assert row["ratio"] > 0
        assert rows["bare"]["ratio"] == 1.0
        assert f"{rows['list 100']['bytes']:,} bytes" in rows["list 100"]["note"]
        assert rows["healthz"]["note"].startswith(f"{rows['healthz']['share']:.2f} of flask empty")
        assert rows["submit 1"]["beside"] == "evalsha 1"
        assert "submissions a second accepted meanwhile" in rows["read under submissions"]["note"]
        assert rows["decision seen"]["value"] > 0
        assert rows["rss"]["value"] > 1
        assert printed["machine"]["cpus"] == os.cpu_count()
        said = {"processor", "memory_gib", "kernel", "python", "granian", "store", "disk", "load"}
        assert said <= set(printed["machine"])
        assert list(directory.iterdir()) == []
        assert started_in(directory) == []


@needs_proc
def test_a_run_whose_time_is_up_says_so_in_every_row_that_was_not_measured_and_leaves_nothing() -> None:
    with short_directory() as directory:
        command = [sys.executable, "-c", SHORT_OF_TIME]
        ended = subprocess.run(
            command, capture_output=True, timeout=LIMIT_S, env=environment(directory), cwd=directory, check=True
        )

        rows = json.loads(ended.stdout)["rows"]
        assert [row["name"] for row in rows] == ["bare", "list 10", "healthz", "rss"]
        assert all("the run's time of 4 s was up" in row["error"] for row in rows)
        assert list(directory.iterdir()) == []
        assert started_in(directory) == []


def test_a_wrong_answer_fails_its_row_and_is_no_speed() -> None:
    wrong_body = Read(name="body", path="/", wrong=holding(b"what the bare callable never says"), server=BARE)
    wrong_status = NotModified(name="status", path="/", wrong=holding(b"x"), server=BARE)
    with staged() as stage, stage.serving(BARE, "/") as web:
        for row, words in (
            (wrong_body, "the answer lacks what"),
            (wrong_status, "answered 200 instead of 304 to GET /"),
        ):
            taken = Taken(row=row)
            assert take(stage, taken, web, round=0, seconds=0.1) is None
            assert words in str(taken.error)
            figures = taken.figures({})
            assert (figures.rps, figures.ratio, figures.error) == (None, None, taken.error)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_early_leaves_no_process(number: int) -> None:
    with short_directory() as directory:
        process = subprocess.Popen(
            [*COMMAND, "--only", "healthz", "--seconds", "30"],
            env=environment(directory),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # A shell starts what runs in the background with this signal ignored, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
        )
        wait_until(
            lambda: any(directory.glob("*/job.json")) or process.poll() is not None,
            timeout_s=LIMIT_S,
            what="the first slice",
        )
        assert process.poll() is None
        process.send_signal(number)
        process.wait(timeout=LIMIT_S)

        wait_until(lambda: not started_in(directory), timeout_s=LIMIT_S, what="the end of every process")
        if number == signal.SIGKILL:  # the one who tidies is dead, so the next one does it
            subprocess.run([sys.executable, "-c", TIDYING], timeout=LIMIT_S, env=environment(directory), check=True)
        assert list(directory.iterdir()) == []


def test_a_run_leaves_the_directory_of_another_one_alone() -> None:
    with own_directory() as one, own_directory() as other:
        assert one.is_dir()
        assert other.is_dir()
    assert not one.exists()
    assert not other.exists()


def test_a_row_there_is_not_is_refused_before_anything_starts() -> None:
    with pytest.raises(UnknownRow, match="choose from bare, 35 KB bare, list 10"):
        run(only=["nothing"])
