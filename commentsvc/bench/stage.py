"""Everything the bench runs on: a directory of its own, its store, its web servers; all gone at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from commentsvc.bench.directory import own_directory
from commentsvc.bench.ending import ended_by_sigterm
from commentsvc.bootstrap import Parts, join
from commentsvc.settings import Settings
from commentsvc.store import embedded

SERVICE, BARE, LARGE_BARE, FLASK = "service", "bare", "large-bare", "flask"
"""The web servers: the service, a callable that does nothing, one with a larger answer, an empty Flask application."""

START_LIMIT_S = 30.0
STOP_LIMIT_S = 10.0

SUBMISSIONS_PER_MINUTE = 10_000
SOUNDS_PER_SECOND = 1000
"""The largest that may be set: what is measured is the cost of an answer, not the limit on it."""


class NotStarted(Exception):
    """A server of the bench did not come up; the message ends with what it said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Web:
    """A web server of the bench: its port, its first process and how long it took to answer."""

    process: subprocess.Popen[bytes]
    port: int
    ready_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """The bench's own data directory, the store's socket, the process that keeps it, and the parts on it."""

    directory: Path
    socket: Path
    store_pid: int
    parts: Parts

    @contextmanager
    def serving(self, kind: str, path: str) -> Iterator[Web]:
        """A web server from the moment it answers `path` with any HTTP answer; stopped at the end of the block."""
        port = _free_port()
        log = self.directory / f"web-{port}.log"
        start = time.perf_counter()
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "commentsvc.bench.web", kind, str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.directory,  # no commentsvc.toml here
                env=_environment(self.directory, port),
                start_new_session=True,
            )
        try:
            _wait(process, port, path, log)
            yield Web(process=process, port=port, ready_ms=(time.perf_counter() - start) * 1000)
        finally:
            _stop(process)


@contextmanager
def staged() -> Iterator[Stage]:
    """A running stage without web servers; nothing of it is left after the block, SIGTERM included.

    After a kill -9 every process ends as well; the directory is removed by the next run.
    """
    with ExitStack() as stack:
        stack.enter_context(ended_by_sigterm())
        directory = stack.enter_context(own_directory())
        data_dir = directory / "data"
        store = stack.enter_context(embedded.start(data_dir, holder="commentsvc bench"))
        parts = join(
            Settings(
                data_dir=data_dir,
                submissions_per_minute=SUBMISSIONS_PER_MINUTE,
                sounds_per_second=SOUNDS_PER_SECOND,
            )
        )
        stack.callback(parts.client.close)
        yield Stage(directory=directory, socket=embedded.socket_path(data_dir), store_pid=store.pid, parts=parts)


def _environment(directory: Path, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("COMMENTSVC_", "GRANIAN_"))}
    return {
        **inherited,
        "COMMENTSVC_DATA_DIR": str(directory / "data"),
        "COMMENTSVC_PORT": str(port),
        # One, so that it has a core of its own beside the load generator: what is compared is the cost of an answer.
        "COMMENTSVC_WORKERS": "1",
        "COMMENTSVC_SUBMISSIONS_PER_MINUTE": str(SUBMISSIONS_PER_MINUTE),
        "COMMENTSVC_SOUNDS_PER_SECOND": str(SOUNDS_PER_SECOND),
        "COMMENTSVC_CODES_PERCENT": "100",
        # So that readers can come from many networks, each of which has a share of what is dear.
        "COMMENTSVC_PROXIES": "1",
        "COMMENTSVC_LOG_LEVEL": "warning",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    end = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=START_LIMIT_S) as probe:
                probe.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                if probe.recv(9) == b"HTTP/1.1 ":
                    return
        except OSError:
            time.sleep(0.005)  # until it listens there is nothing to wait on
    raise NotStarted(f"a web server did not start: {_last_words(log)}")


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if not line.startswith("[INFO]")]
    return " ".join(lines[-3:])[-300:] or "it said nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except BaseException as error:  # also when the run is ended while it waits here
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise
