"""How a web process leaves without dropping a request: first no new connections, then no more requests on old ones.

granian's own stop closes every connection on which no request is being answered, also one that was accepted a moment
ago and whose request is on its way, and one that is kept alive and just used again. So before it a web process drains:
it stops accepting (the other processes, or the next one, share the listening socket and go on) and answers with
`Connection: close`.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

SIGNAL = signal.SIGUSR1
LONGEST_S = 0.5
"""How long a process drains: long enough for a request on its way, and for busy connections to be told to close."""

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Draining:
    """The application, and after `SIGNAL` the same with `Connection: close` on every answer."""

    def __init__(self, app: Application, listener: int) -> None:
        self._app = app
        self._listener = listener
        self._draining = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers a request (PEP 3333)."""
        if not self._draining:
            return self._app(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, ("Connection", "close")], *more)

        return self._app(environ, start)

    def on_signal(self) -> None:
        """Has `SIGNAL` begin the draining; call it in the main thread."""
        signal.signal(SIGNAL, self._begin)

    def _begin(self, number: int, frame: FrameType | None) -> None:
        self._draining = True
        stop_accepting(self._listener)


def stop_accepting(listener: int) -> None:
    """Puts a deaf socket in place of every descriptor of the listening socket in this process.

    The server keeps on calling accept() on that number and finds nobody; closing it instead would be an error to it,
    and shutting it down would do so for all processes. Where descriptors cannot be told apart nothing happens.
    """
    wanted = _identity(listener)
    deaf = socket.socket(socket.AF_UNIX)
    deaf.setblocking(False)
    deaf.bind("")  # an abstract name that the kernel picks (unix(7)); nobody is told
    deaf.listen(1)
    for name in os.listdir("/proc/self/fd"):
        if _identity(int(name)) == wanted:
            os.dup2(deaf.fileno(), int(name))
    deaf.close()


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        about = os.fstat(descriptor)
    except OSError:  # closed meanwhile: the directory's own descriptor, for one
        return None
    return about.st_dev, about.st_ino


def supported() -> bool:
    """Whether this system lets a process find its descriptors and bind a nameless socket: Linux."""
    return Path("/proc/self/fd").is_dir()
