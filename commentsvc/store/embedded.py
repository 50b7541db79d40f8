"""The embedded server: a Valkey of our own on a unix socket, every write on disk before the answer."""

import hashlib
import os
import socket
import stat
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from commentsvc.store import leftover, ownership, server_binary
from commentsvc.store.keeper import STOP_LIMIT_S, Keeper
from commentsvc.store.ownership import EmbeddedServerError
from commentsvc.store.server_binary import ServerBinary

SOCKET = "valkey.sock"
LOG = "valkey.log"

LONGEST_SOCKET_PATH = 100
"""In bytes; sun_path holds 107 on Linux and 103 on macOS."""

LOG_LIMIT = 1_000_000
"""In bytes; a longer log of the server is put aside (one generation) at the next start."""


class Embedded:
    """A running embedded server; use it as a context manager or call `close()`."""

    def __init__(self, *, data_dir: Path, url: str, keeper: Keeper, lock: int) -> None:
        self.data_dir = data_dir
        self.url = url
        self._keeper = keeper
        self._lock: int | None = lock
        self._process = os.getpid()

    @property
    def pid(self) -> int:
        """The process that keeps the data now: the server, or with a lifeline its small parent."""
        return self._keeper.pid

    def close(self) -> None:
        """Shut the server down and return when it is gone; a second call, or one in a forked child, does nothing."""
        if self._lock is None or os.getpid() != self._process:
            return
        lock, self._lock = self._lock, None
        try:
            self._keeper.stop()
        finally:
            ownership.release(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(data_dir: Path, *, holder: str, lifeline: bool = sys.platform != "linux") -> Embedded:
    """Return a running server for `data_dir`, ready to serve; warm, that takes well under a second.

    `holder` names the calling command for whoever finds the directory in use. The server ends with this process, even
    one killed with -9: the kernel sees to it (Linux) or, with `lifeline`, a pipe and a small process between the two. A
    server left over all the same is shut down first. One that dies is started again.
    Raises DataInUseError, NoServerBinaryError, DamagedDataError, EmbeddedServerError.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_dir = data_dir.resolve()
    binary = server_binary.find()
    path = socket_path(data_dir)
    former = ownership.read(data_dir)
    now_ms = time.time_ns() // 1_000_000
    lock = ownership.take(data_dir, ownership.Owner(pid=os.getpid(), since_ms=now_ms, command=holder, socket=str(path)))
    try:
        os.close(leftover.end(data_dir, Path(former.socket) if former else path, limit_s=STOP_LIMIT_S))
        _make_private(path.parent, data_dir)
        _put_long_log_aside(data_dir / LOG)
        command = command_line(binary, data_dir, path)
        keeper = Keeper(command, data_dir=data_dir, socket=path, log=data_dir / LOG, lifeline=lifeline)
        keeper.start()
    except BaseException:
        ownership.release(lock)
        raise
    return Embedded(data_dir=data_dir, url=_url(path), keeper=keeper, lock=lock)


def attach(data_dir: Path) -> str | None:
    """Return the URL of the server now running for `data_dir`, or None when there is none; starts nothing."""
    owner = ownership.read(data_dir)
    path = Path(owner.socket) if owner else socket_path(data_dir)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return None
    return _url(path)


def socket_url(data_dir: Path) -> str:
    """Return the URL where the embedded server of `data_dir` listens when this environment starts it."""
    return _url(socket_path(data_dir))


def socket_path(data_dir: Path) -> Path:
    """Return where the server listens: inside `data_dir`, or a short private directory when that path is too long.

    The short one is the same for the same directory, user and environment ($XDG_RUNTIME_DIR, or the place for
    temporary files).
    """
    path = data_dir.resolve() / SOCKET
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    return base / f"commentsvc-{os.getuid()}-{name}" / SOCKET


def command_line(binary: ServerBinary, data_dir: Path, socket: Path) -> list[str]:
    """Return the whole command that runs the server; there is no configuration file to get out of step."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "protected-mode": "yes",
        "daemonize": "no",
        "dir": str(data_dir),
        "logfile": str(data_dir / LOG),
        "appendonly": "yes",
        # The only setting under which "acknowledged" survives a power cut.
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        # A last command cut short was never acknowledged: drop it. Garbage instead stops the start (see repair.py).
        "aof-load-truncated": "yes",
        # No snapshots: the append-only file begins with one when it is rewritten, and a second file adds no safety.
        "save": "",
        "maxmemory": "0",
        "maxmemory-policy": "noeviction",
        # Records are small hashes: in one flat piece they take less than half the memory. 6.2 knows only this older
        # word for listpack; all later ones still understand it.
        "hash-max-ziplist-entries": "64",
        "hash-max-ziplist-value": "8192",
        # A thread's two indexes as well: 30 bytes a comment instead of 90 in most threads. A path has up to 182 bytes.
        "zset-max-ziplist-entries": "512",
        "zset-max-ziplist-value": "182",
    }
    return [str(binary.path), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _make_private(directory: Path, data_dir: Path) -> None:
    if directory == data_dir:
        return
    directory.mkdir(mode=0o700, exist_ok=True)
    # The temporary directory is everybody's: another user may have made this one before us, to listen in our place.
    about = directory.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise EmbeddedServerError(
            f"{directory} must be a directory of this user alone (mode 0700) and is not. Remove it, or choose a data "
            "directory with a shorter path, so that the socket fits into it."
        )


def _put_long_log_aside(path: Path) -> None:
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))


def _url(path: Path) -> str:
    return f"unix://{quote(str(path))}"
