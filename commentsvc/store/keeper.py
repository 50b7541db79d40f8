"""Keep one server process: start it tied to this process, wait until it serves, start it again when it dies, end it."""

import logging
import os
import sys
import threading
import time
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

import redis

from commentsvc.store import launch, leftover, ownership
from commentsvc.store.ownership import EmbeddedServerError

logger = logging.getLogger(__name__)

ANSWER_LIMIT_S = 30.0
"""How long a started server may take to listen. Loading its data may take longer; it says so meanwhile."""

STOP_LIMIT_S = 30.0
"""How long a server may take to end. Killing it afterwards loses nothing: what was acknowledged is on disk."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
"""Before a dead server is started again; doubled each time it dies within the longest pause."""


class DamagedDataError(EmbeddedServerError):
    """The append-only file ends in garbage, as after a power cut; the message says what to run."""


class Keeper(threading.Thread):
    """A thread that owns the server process.

    It must be the one that forks, because Linux ties the death signal to the forking thread, and it lives as long as
    the server does.
    """

    def __init__(self, command: list[str], *, data_dir: Path, socket: Path, log: Path, lifeline: bool) -> None:
        super().__init__(name="embedded-server", daemon=True)
        self._command, self._data_dir, self._socket, self._log = command, data_dir, socket, log
        self._lifeline = ownership.lifeline() if lifeline else None
        self._log_start = log.stat().st_size if log.exists() else 0
        self._closing = threading.Event()
        self._spawned = threading.Event()
        self._spawning = threading.Lock()
        self._process: Popen[bytes] | None = None
        self._serving = False

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self._process is not None, "asked before start()"  # noqa: S101
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when it serves; EmbeddedServerError, with its reason, when it ends instead."""
        super().start()
        self._spawned.wait()
        try:
            self._wait_until_serving()
        except BaseException:
            self.stop()
            raise
        self._serving = True

    def stop(self) -> None:
        """End the server and return when it is gone."""
        with self._spawning:
            self._closing.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_LIMIT_S)
            except TimeoutExpired:
                logger.warning("the embedded server does not end and is killed; nothing acknowledged is lost")
                self._process.kill()
        self.join()
        if self._lifeline is not None:
            ownership.close_lifeline(self._lifeline)
            self._lifeline = None

    def run(self) -> None:
        """Start the server, and again whenever it dies without having been told to."""
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            self._spawn()
            self._spawned.set()
            code = self._process.wait() if self._process else "not startable"
            if self._closing.is_set() or not self._serving:
                return
            logger.error("the embedded server ended by itself (%s) and is started again: %s", code, self._reason())
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > LONGEST_PAUSE_S else min(pause_s * 2, LONGEST_PAUSE_S)
            self._closing.wait(pause_s)

    def _spawn(self) -> None:
        with self._spawning:
            if self._closing.is_set():
                return
            try:
                self._process = self._launch()
            except (OSError, EmbeddedServerError) as error:  # no memory, too many processes: that passes
                logger.error("the embedded server cannot be started: %s", error)

    def _launch(self) -> Popen[bytes]:
        # A lifeline's small process may have been killed alone: its server lives on and must end first.
        lock = leftover.end(self._data_dir, self._socket, limit_s=STOP_LIMIT_S)
        pipe = () if self._lifeline is None else self._lifeline[:1]
        mode = ("signal", "-1") if self._lifeline is None else ("lifeline", str(self._lifeline[0]))
        launcher = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(lock), *mode]
        try:
            with ownership.spawning:
                return Popen(  # noqa: S603
                    [*launcher, *self._command],
                    stdin=DEVNULL,
                    stdout=DEVNULL,
                    stderr=DEVNULL,
                    pass_fds=(lock, *pipe),
                    # Ctrl-C in a terminal goes to a whole group, and the server must outlive the requests in flight.
                    start_new_session=True,
                )
        finally:
            os.close(lock)

    def _wait_until_serving(self) -> None:
        end = time.monotonic() + ANSWER_LIMIT_S
        with leftover.client(self._socket) as client:
            while self._process is not None and self._process.poll() is None:
                try:
                    client.ping()
                except redis.BusyLoadingError:
                    end = time.monotonic() + ANSWER_LIMIT_S
                except (redis.ConnectionError, redis.TimeoutError):
                    if time.monotonic() > end:
                        break
                else:
                    return
                self._closing.wait(0.005)
        raise self._failure()

    def _failure(self) -> EmbeddedServerError:
        reason = self._reason()
        if "Bad file format reading the append only file" in reason:
            return DamagedDataError(
                f"The last writes in {self._data_dir} are damaged, as can happen in a power cut, and the server does "
                "not guess. Run `commentsvc doctor --repair`: it says how much is garbage, keeps a copy and cuts. "
                f"The server said: {reason}"
            )
        return EmbeddedServerError(f"The embedded server does not start. It said: {reason} (whole log: {self._log})")

    def _reason(self) -> str:
        if not self._log.exists():
            return "nothing; it was not even able to open its log"
        with self._log.open("rb") as lines:
            lines.seek(max(self._log_start, self._log.stat().st_size - 4000))
            text = lines.read().decode(errors="replace")
        # Valkey marks warnings with "#"; everything else is what it always says.
        warnings = [
            line.partition(" # ")[2] for line in text.splitlines() if " # " in line and "overcommit" not in line
        ]
        return " ".join(warnings[-3:]) or "nothing"
