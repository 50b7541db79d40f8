"""The bench as operators run it: real store, real web server, real load; and nothing of it is left."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from commentsvc.bench import run
from commentsvc.bench.selection import UnknownRow
from tests.servers import short_directory, wait_until

COMMAND = [sys.executable, "-c", "from commentsvc.bench.command import bench; bench()"]
LIMIT_S = 120
PROC = Path("/proc")

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


@needs_proc
def test_a_run_prints_every_row_that_was_asked_for_and_leaves_nothing() -> None:
    with short_directory() as directory:
        code, printed = bench(directory, "--seconds", "0.2", "--only", "evalsha 16", "--only", "image", "--only", "rss")

        assert code == 0, printed
        assert [row["name"] for row in printed["rows"]] == ["bare", "image", "evalsha 16", "rss"]
        assert all({"name", "rps", "p50_ms", "p99_ms", "ratio"} <= set(row) for row in printed["rows"])
        for row in printed["rows"][:3]:
            assert row["rps"] > 0
            assert 0 < row["p50_ms"] <= row["p99_ms"]
            assert row["ratio"] > 0
        assert printed["rows"][0]["ratio"] == 1.0
        assert printed["rows"][3]["value"] > 1
        assert printed["machine"]["cpus"] == os.cpu_count()
        assert list(directory.iterdir()) == []
        assert started_in(directory) == []


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_ended_early_leaves_no_process(number: int) -> None:
    with short_directory() as directory:
        process = subprocess.Popen(
            [*COMMAND, "--only", "image", "--seconds", "30"],
            env=environment(directory),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: any(directory.glob("*/job.json")), timeout_s=LIMIT_S, what="the first slice")
        process.send_signal(number)
        process.wait(timeout=LIMIT_S)

        wait_until(lambda: not started_in(directory), timeout_s=LIMIT_S, what="the end of every process")
        # Nobody can tidy up after a kill -9 of the one who tidies.
        assert number == signal.SIGKILL or list(directory.iterdir()) == []


def test_a_row_there_is_not_is_refused_before_anything_starts() -> None:
    with pytest.raises(UnknownRow, match="choose from bare, list 10"):
        run(only=["nothing"])
