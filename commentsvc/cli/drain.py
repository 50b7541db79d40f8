"""How a web process leaves without dropping a request: first no new connections, then no more requests on old ones.

granian's own stop closes every connection on which no request is being answered, also one that was accepted a moment
ago and whose request is on its way, and one that is kept alive and just used again. So before it a web process drains:
it stops accepting (the other processes, or the next one, share the listening socket and go on) and answers with
`Connection: close`.
"""

import contextlib
import ctypes
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

SIGNAL = signal.SIGUSR1
LONGEST_S = 0.5
"""How long a process drains: long enough for a request on its way, and for busy connections to be told to close."""

QUEUE_S = 5.0
"""How long connections may wait to be accepted when the service stops; only an overloaded one has any."""

SO_ATTACH_FILTER = 26
"""From <asm-generic/socket.h>; see socket(7) and Documentation/networking/filter.rst of Linux."""

BPF_RET = 0x06

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
    and shutting it down would do so for all processes. Only Linux tells a process its descriptors.
    """
    if sys.platform != "linux":
        return
    wanted = _identity(listener)
    deaf = socket.socket(socket.AF_UNIX)
    deaf.setblocking(False)
    deaf.bind("")  # an abstract name that the kernel picks (unix(7)); nobody is told
    deaf.listen(1)
    for name in os.listdir("/proc/self/fd"):
        if _identity(int(name)) == wanted:
            os.dup2(deaf.fileno(), int(name))
    deaf.close()


def take_no_more(listener: socket.socket) -> None:
    """Has the kernel ignore new connections, and returns when those that it had taken are with a web process.

    Closing a listening socket resets the connections that wait in it, whose requests may already be on their way. A
    client that is ignored tries again a second later and is then refused, which it understands. Does nothing where
    the system cannot do that; at most `QUEUE_S`.
    """
    if sys.platform != "linux":
        return
    drop_all = struct.pack("HBBI", BPF_RET, 0, 0, 0)  # struct sock_filter: keep 0 bytes of whatever comes
    program = ctypes.create_string_buffer(drop_all)
    with contextlib.suppress(OSError):  # a sandbox that has no filters
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(program)))
    end = time.monotonic() + QUEUE_S
    while _waiting(listener) and time.monotonic() < end:
        time.sleep(0.005)  # other processes accept, and nothing tells of an empty queue


def _waiting(listener: socket.socket) -> int:
    """How many connections nobody has accepted yet: tcpi_unacked of a listening socket (struct tcp_info)."""
    about = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28)
    return int(struct.unpack_from("I", about, 24)[0])


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        about = os.fstat(descriptor)
    except OSError:  # closed meanwhile: the directory's own descriptor, for one
        return None
    return about.st_dev, about.st_ino
