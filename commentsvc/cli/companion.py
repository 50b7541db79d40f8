"""The worker beside the web: a child process that is started again whenever it dies."""

import subprocess
import sys
import threading
import time

import structlog

from commentsvc.store.ownership import spawning

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STOP_LIMIT_S = 15.0
"""The worker promises to end within 5 s."""

log = structlog.get_logger("serve")


class Companion(threading.Thread):
    """A thread that owns the worker process: it forks it, and lives as long as this process does (see `end_with`)."""

    def __init__(self, command: tuple[str, ...] = ("worker",)) -> None:
        super().__init__(name="worker-keeper", daemon=True)
        self._command = [sys.executable, "-P", "-m", "commentsvc.cli", *command]
        self._closing = threading.Event()
        self._spawning = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Starts the worker, and again whenever it dies without having been told to."""
        pause_s = FIRST_PAUSE_S
        while not self._closing.is_set():
            began = time.monotonic()
            code = self._one()
            if self._closing.is_set():
                return
            log.error("the worker ended by itself and is started again", code=code, pause_s=pause_s)
            self._closing.wait(pause_s)
            lived_long = time.monotonic() - began > LONGEST_PAUSE_S
            pause_s = FIRST_PAUSE_S if lived_long else min(pause_s * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ends the worker and returns when it is gone."""
        with self._spawning:
            self._closing.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                log.warning("the worker does not end and is killed; what it was delivering is delivered again")
                self._process.kill()
        self.join()

    def _one(self) -> int | str:
        with self._spawning:
            if self._closing.is_set():
                return 0
            try:
                # Out of the terminal's group: Ctrl-C is for the parent, which ends the worker after the web.
                with spawning:
                    self._process = subprocess.Popen(  # noqa: S603
                        self._command, stdin=subprocess.DEVNULL, start_new_session=True
                    )
            except OSError as error:  # no memory, too many processes: that passes
                return f"not startable: {error}"
        return self._process.wait()
