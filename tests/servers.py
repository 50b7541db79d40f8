"""Real servers for tests, a clock, and waiting with a bound. `sentinels` and `clusters` build on this."""

import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from commentsvc.bootstrap import now_ms
from commentsvc.store import launch, server_binary

START_MS = 1_772_359_200_000
"""Where every test's clock starts: 2026-03-01 10:00:00 UTC."""


class FakeClock:
    """Return a fixed `now_ms` when called; only `advance` moves it."""

    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, *, ms: int) -> int:
        """Move the clock forward and return the new time."""
        self.now_ms += ms
        return self.now_ms


class StrictClock:
    """Return the real time when called, no millisecond twice: ids made in the same one have no order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0

    def __call__(self) -> int:
        with self._lock:
            self._last_ms = max(self._last_ms + 1, now_ms())
            return self._last_ms


def wait_until(condition: Callable[[], object], *, timeout_s: float = 30.0, what: str = "the condition") -> None:
    """Return as soon as `condition()` is true; AssertionError naming `what` after `timeout_s`.

    The only place in the tests that polls.
    """
    never = threading.Event()
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"{what} did not come true within {timeout_s} s"
        never.wait(0.005)


def _ports() -> Iterator[int]:
    """This process' own ports in turn: what it has chosen, and will listen on in a moment, nobody else chooses."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    own = range(11_000 + worker, 21_000, 16)
    start = random.randrange(len(own))
    return itertools.cycle([*own[start:], *own[:start]])


_PORTS = _ports()


def free_ports(count: int) -> list[int]:
    """Return ports on loopback nobody listens on now, `port + 10000` (a cluster node's bus) free as well.

    They lie below the range of ports that the kernel hands to outgoing connections, so nobody takes one by accident.
    """
    found: list[int] = []
    for port in itertools.islice(_PORTS, 500):
        if _is_free(port) and _is_free(port + 10_000):
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError(f"no {count} free ports on loopback")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass(kw_only=True)
class Server:
    """A running server and how to reach it; `url` fits `redis.Redis.from_url`."""

    process: subprocess.Popen[bytes]
    directory: Path
    url: str
    log: Path

    def client(self) -> redis.Redis:
        """Return a new client without retries; the caller closes it."""
        return redis.Redis.from_url(self.url, decode_responses=False, retry=no_retry(), socket_timeout=10)

    def kill(self) -> None:
        """End the server as a crash would: kill -9, its rewriting child included."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def freeze(self) -> None:
        """Let the server answer nobody, as when its network is cut, until it is thawed."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on, with everything that it had not heard of meanwhile."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server politely, and by force when it does not listen."""
        if self.process.poll() is None:
            self.thaw()
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()


def no_retry() -> Retry:
    """Return a retry policy that never tries twice."""
    return Retry(NoBackoff(), 0)


@contextmanager
def short_directory() -> Iterator[Path]:
    """Give a private directory whose path is short enough for a unix socket (107 bytes), removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix="csvc", dir="/tmp" if os.path.isdir("/tmp") else None))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def start_server(directory: Path, *options: str, port: int = 0, environment: Mapping[str, str] | None = None) -> Server:
    """Start a server in `directory` and return it when it answers.

    With `port` 0 it listens on the unix socket `directory/s` only. `options` are added as given, for example
    `"--appendonly", "yes"`; without any, nothing is written to disk.
    """
    listen = ["--bind", "127.0.0.1"] if port else ["--unixsocket", str(directory / "s")]
    settings = ["--port", str(port), *listen, "--dir", str(directory), "--save", "", "--daemonize", "no", *options]
    command = [str(server_binary.find().path), *settings]
    url = f"redis://127.0.0.1:{port}/0" if port else f"unix://{directory / 's'}"
    return launched(directory, command, url, environment or {})


def launched(directory: Path, command: list[str], url: str, environment: Mapping[str, str]) -> Server:
    """Run a server's command line and return it when it answers at `url`."""
    log = directory / "log"
    with log.open("ab") as output, (directory / "pid").open("wb") as pid:
        process = subprocess.Popen(
            _ending_with_us(command, pid.fileno()),
            pass_fds=(pid.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,  # so that kill() reaches its children
        )
    server = Server(process=process, directory=directory, url=url, log=log)
    try:
        wait_until(lambda: _answers(server), timeout_s=20, what="the server's first PONG")
    except BaseException:
        server.stop()
        raise
    return server


def _ending_with_us(command: list[str], pid_fd: int) -> list[str]:
    """Return the command that becomes `command` and, on Linux, ends with the thread that starts it, even after kill -9.

    pytest and xdist run tests and fixtures in the main thread; a server started in a helper thread ends with that.
    """
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(pid_fd), "signal", "-1", *command]


def _answers(server: Server) -> bool:
    assert server.process.poll() is None, f"the server ended: {server.log.read_text(errors='replace')[-2000:]}"
    with server.client() as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:  # not yet listening, or still loading
            return False
