"""What ends a run early: a signal, or its time."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeUp(BaseException):
    """The run has had its time. Like KeyboardInterrupt it passes whoever catches faults on the way."""


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block like Ctrl-C does, so that what was started is stopped; a second one does not cut that."""

    def end(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TimeUp out of whatever the block is doing after `seconds`."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
