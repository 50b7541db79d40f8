"""One owner at a time for a data directory, and never two servers on the same files.

Two locks (flock) in the data directory: `owner.lock` is held by the process that started the server and says who that
is; `server.lock` is inherited by the server and held for as long as it lives, even when its owner was killed.
"""

import fcntl
import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

OWNER_LOCK = "owner.lock"
SERVER_LOCK = "server.lock"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who runs the embedded server of a data directory; `socket` is the path where it listens."""

    pid: int
    since_ms: int
    command: str
    socket: str

    def __str__(self) -> str:
        since = datetime.fromtimestamp(self.since_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"{self.command} (pid {self.pid}, since {since})"


class EmbeddedServerError(Exception):
    """The embedded server cannot run; the message says why and what to do."""


class DataInUseError(EmbeddedServerError):
    """Another process owns the data directory; the message says which, since when, and what to do."""

    def __init__(self, data_dir: Path, owner: Owner | None) -> None:
        self.owner = owner
        super().__init__(
            f"The data in {data_dir} is in use by {owner or 'another process'}. Stop that one first, "
            "or give this one a data directory of its own; two servers on the same files would destroy them."
        )


def take(data_dir: Path, owner: Owner) -> int:
    """Return the descriptor of the owner's lock, held until `release`; DataInUseError when somebody else holds it."""
    fd = os.open(data_dir / OWNER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise DataInUseError(data_dir, _who(data_dir)) from None
    _held.add(fd)
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(asdict(owner)).encode(), 0)
    return fd


def release(fd: int) -> None:
    """Give the owner's lock back, leaving no stale name behind."""
    _held.discard(fd)
    os.ftruncate(fd, 0)
    os.close(fd)


def read(data_dir: Path) -> Owner | None:
    """Return the last written owner of the directory, who may have died since; None when it left in good order."""
    try:
        return Owner(**json.loads((data_dir / OWNER_LOCK).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def lock_server(data_dir: Path) -> int | None:
    """Return the descriptor of the server's lock to hand to a new server, or None while another server lives."""
    fd = os.open(data_dir / SERVER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    os.ftruncate(fd, 0)  # empty until the new server's process id is known
    return fd


def server_pid(data_dir: Path) -> int | None:
    """Return the process id of the server last started, or None while it is not known."""
    try:
        return int((data_dir / SERVER_LOCK).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    """Return whether a process with this id exists (it may be another one by now)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def forget_server(data_dir: Path) -> None:
    """Put a new server lock in place of one that only a dead server's rewriting child still holds."""
    (data_dir / SERVER_LOCK).unlink(missing_ok=True)


def _who(data_dir: Path) -> Owner | None:
    # The holder takes the lock first and writes its name a moment later.
    end = time.monotonic() + 1.0
    while True:
        owner = read(data_dir)
        if (owner is not None and is_alive(owner.pid)) or time.monotonic() > end:
            return owner
        time.sleep(0.01)  # another process writes its name; nothing tells of that


def lifeline() -> tuple[int, int]:
    """Return a pipe (read end, write end) whose read end meets its end when this process dies in whatever way."""
    ends = os.pipe()
    _held.add(ends[1])
    return ends


def close_lifeline(ends: tuple[int, int]) -> None:
    """Close both ends."""
    _held.discard(ends[1])
    for fd in ends:
        os.close(fd)


_held: set[int] = set()


def _close_in_child() -> None:
    while _held:
        os.close(_held.pop())


# A forked child would keep lock and lifeline after its parent's death. Closing its copy does not release the parent's.
os.register_at_fork(after_in_child=_close_in_child)

spawning = threading.Lock()
"""Hold it around Popen: a fork of another thread meanwhile would inherit the pipe on which Popen waits for the exec,
and Popen would wait until that child ends. Popen itself (without preexec_fn) calls no such hooks."""

os.register_at_fork(before=spawning.acquire, after_in_parent=spawning.release, after_in_child=spawning.release)
