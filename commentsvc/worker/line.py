"""A try that ends in time, whatever the other side does."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Line:
    """One try with an end. Timeouts of a socket begin anew with every byte; this one does not.

    When the time is over, or when `cut` is called, everything held is shut down, and whoever waits on it goes on.
    """

    def __init__(self, seconds: float) -> None:
        self.cut_off = False
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._held: list[Callable[[], object]] = []
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def left_s(self) -> float:
        """Seconds until the end, at least a hundredth."""
        return max(self._end - time.monotonic(), 0.01)

    def cut(self) -> None:
        """Ends the try now."""
        with self._lock:
            self.cut_off = True
            held, self._held = self._held, []
        for end in held:
            end()

    def done(self) -> None:
        """Lets everything go: the try has ended by itself."""
        self._timer.cancel()
        with self._lock:
            held, self._held = self._held, []
        for end in held:
            end()

    def hold(self, end: Callable[[], object]) -> None:
        """Has `end` called once, when the try ends in whatever way; at once when it has ended."""
        with self._lock:
            if not self.cut_off:
                self._held.append(end)
                return
        end()

    def hold_socket(self, connected: socket.socket) -> None:
        """Shuts the connection down at the end, even when TLS has taken the socket over by then."""
        own = connected.dup()

        def end() -> None:
            try:
                own.shutdown(socket.SHUT_RDWR)
            except OSError:
                own.close()  # the other side was faster
            else:
                own.close()

        self.hold(end)

    def within(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; TimeoutError when it is not ready by the end.

        For calls that cannot be interrupted, such as a look-up of a name: it is left to itself in its own thread.
        """
        answers: queue.SimpleQueue[tuple[T] | Exception] = queue.SimpleQueue()

        def attempt() -> None:
            try:
                answers.put((work(),))
            except Exception as error:  # it is the caller's, who waits in another thread
                answers.put(error)

        self.hold(lambda: answers.put(TimeoutError("time is over")))
        threading.Thread(target=attempt, daemon=True).start()
        answer = answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer[0]
