"""A server whose owner was killed: shut it down before another one touches its files."""

import contextlib
import os
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from commentsvc.store import ownership
from commentsvc.store.ownership import EmbeddedServerError


def end(data_dir: Path, socket: Path, *, limit_s: float) -> int:
    """Return the server's lock, held, after shutting down a server left over on `socket`; the caller owns `data_dir`.

    Raises EmbeddedServerError when that server does not end within `limit_s`.
    """
    deadline = time.monotonic() + limit_s
    while (lock := ownership.lock_server(data_dir)) is None:
        pid = ownership.server_pid(data_dir)
        if pid is not None and not ownership.is_alive(pid):
            ownership.forget_server(data_dir)
            continue
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"A server left over from an earlier run (pid {pid or 'unknown'}) still holds {data_dir} and does not "
                "end when asked. End that process, then start again."
            )
        ask_to_end(socket)
        time.sleep(0.01)  # it is no child of ours, so there is nothing to wait on
    return lock


def ask_to_end(socket: Path) -> None:
    """Ask the server listening there to shut down, if one does; it writes what it has first."""
    with client(socket) as asking, contextlib.suppress(redis.RedisError, OSError):
        asking.shutdown()


def client(socket: Path) -> redis.Redis:
    """Return a client that never tries twice, for questions about the server itself."""
    return redis.Redis(unix_socket_path=os.fspath(socket), socket_timeout=2, retry=Retry(NoBackoff(), 0), protocol=2)
