"""The web processes: granian on one listening socket that all of them share.

granian gives each process a socket of its own on the same port (SO_REUSEPORT), and connections that wait in one's queue
die with it: measured under load, 15 lost for a killed process and a few for every reload. One shared socket loses
none, spreads kept-alive connections more evenly, and tells a port in use.
"""

import contextlib
import errno
import os
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from commentsvc.cli.child import end_with
from commentsvc.cli.drain import LONGEST_S, SIGNAL, Draining, take_no_more
from commentsvc.settings import BadSettings, Settings, load
from commentsvc.web import application  # loaded before the fork: processes start at once and share its memory

BACKLOG = 1024
HEADERS_MS = 10_000
"""How long a client may take to send its headers; half-sent ones hold a connection, never a thread."""

CONNECTIONS = 4096
"""Open connections of one process, idle ones among them: granian accepts no more while it has so many."""

FINISH_S = 20
"""How long requests may take to finish when a process leaves; the slowest honest one waits 2 s for Redis."""

NEW_FIRST_S = 1.5
"""How long the next process has to load before the one it follows stops accepting."""

log = structlog.get_logger("serve")


class WebServer(MPServer):
    """granian with one shared socket, processes that drain before they stop, and none that outlives its parent."""

    def __init__(self, listener: socket.socket, settings: Settings, *, redis_url: str | None, hup_stops: bool) -> None:
        self._listener = listener
        self._hup_stops = hup_stops
        self._redis_url = redis_url
        super().__init__(
            "commentsvc.web:application",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.workers,
            blocking_threads=settings.threads,
            backlog=BACKLOG,
            backpressure=_connections(),
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS, keep_alive=True),
            log_level=LogLevels.error,
            log_dictconfig=_LOG_TO_STDERR,
            respawn_failed_workers=True,
            respawn_interval=NEW_FIRST_S,
            workers_kill_timeout=FINISH_S,
        )
        self.on_startup(self._after_signals)

    @property
    def told_to_stop(self) -> bool:
        """Whether `run` returned because it was told to, not because its processes kept dying."""
        return bool(self.interrupt_signal)

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT, or until the web processes die faster than they can be replaced."""
        try:
            self.serve(target_loader=Loader(self._listener.fileno(), self._redis_url), wrap_loader=False)
        except SystemExit:  # granian's word for a crash loop, or for a child that died while all were stopping
            return

    def _after_signals(self) -> None:
        if self._hup_stops:
            signal.signal(signal.SIGHUP, self.signal_handler_interrupt)

    def _init_shared_socket(self) -> None:
        self._sso = self._listener
        # granian's types are behind its code here, and missing in some places below
        self._shd = SocketHolder(self._listener.fileno(), False, BACKLOG)  # type: ignore[call-arg, assignment]
        self._ssp = None

    def _drop_shared_socket(self) -> None:
        if self.told_to_stop:  # else the processes kept dying, and readers wait in the socket for new ones
            take_no_more(self._listener)
            self._listener.close()

    def _reload(self, spawn_target: Any, target_loader: Any) -> None:
        try:
            load(os.environ, Path.cwd())
        except BadSettings as error:
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            log.error("not reloaded, the running processes go on", reason=str(error))
            return
        super()._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, workers: Any, spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        leaving = [self.wrks[index] for index in workers]
        for worker in leaving:
            worker.terminate = _draining(worker, worker.terminate)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            _drain(worker)
        for worker in self.wrks:
            worker.join(LONGEST_S / len(self.wrks))  # type: ignore[no-untyped-call]
        super()._stop_workers()  # type: ignore[no-untyped-call]


def _draining(worker: Any, terminate: Callable[[], None]) -> Callable[[], None]:
    def drain_and_terminate() -> None:
        _drain(worker)
        worker.join(LONGEST_S)
        terminate()

    return drain_and_terminate


def _drain(worker: Any) -> None:
    worker.interrupt_by_parent = True
    if worker.is_alive():
        with contextlib.suppress(
            ProcessLookupError
        ):  # it has ended since, and the thread that watches it has seen that
            os.kill(worker.inner.pid, SIGNAL)


class Loader:
    """Makes the application in a new web process, which from then on ends with its parent; picklable, for `spawn`."""

    def __init__(self, listener: int, redis_url: str | None) -> None:
        self._listener = listener
        self._redis_url = redis_url
        self._owner = os.getpid()

    def __call__(self) -> Draining:
        """The application; the signals that its parent had set do what they always do until granian sets its own."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        # Ctrl-C goes to the whole group: only the parent answers it, and tells the web processes when it is time.
        os.setsid()
        end_with(self._owner)
        app = Draining(application(redis_url=self._redis_url), self._listener)
        app.on_signal()
        signal.signal(signal.SIGHUP, _ignore)
        return app


def _ignore(number: int, frame: FrameType | None) -> None:
    """Reloading is the parent's to do."""


def _connections() -> int:
    """How many connections a process may hold: far more than threads, so that idle ones keep nobody out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS  # the other half for Redis, files and what libraries open
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(CONNECTIONS, soft // 2)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; BadSettings with a sentence where there cannot be one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        # Not SO_REUSEPORT: two services on one port would each get half of the readers.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it (Linux). Without it an answer waits for the client's delayed acknowledgement: measured
        # 44 ms each on one connection, and a ninth of the requests on sixteen.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
    except OSError as error:
        raise BadSettings(_cannot_listen(host, port, error)) from error
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"host is {host!r}, which is no address of this machine: write one such as 127.0.0.1, 0.0.0.0 or ::."
    if isinstance(error, PermissionError):
        return f"Port {port} needs rights that this user does not have: choose one from 1024 on (COMMENTSVC_PORT)."
    return (
        f"Nobody can listen on {host} port {port} ({error.strerror}): "
        "stop the program that does, or choose another port (COMMENTSVC_PORT)."
    )


_LOG_TO_STDERR = {
    "handlers": {
        "console": {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
        "access": {"formatter": "access", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"},
    }
}
