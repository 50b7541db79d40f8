"""SIGTERM and SIGINT as an event."""

import signal
import threading
from types import FrameType


def stop_on_signals(stop: threading.Event) -> None:
    """Has SIGTERM and SIGINT set `stop`, for the rest of this process; call it in the main thread."""

    def handle(number: int, frame: FrameType | None) -> None:
        # Not stop.set() here: a handler runs in the main thread, which may just then hold the event's own lock.
        threading.Thread(target=stop.set).start()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
