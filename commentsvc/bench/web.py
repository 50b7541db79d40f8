"""One web server for the bench, run as a script: granian with the default settings, but one worker process.

`python -m commentsvc.bench.web FACTORY PORT`. It ends with whoever holds the other end of its standard input, even
when that process was killed: the pipe breaks.
"""

import os
import signal
import sys
import threading

from granian import Granian
from granian.constants import HTTPModes, Interfaces

from commentsvc.settings import Settings


def main(factory: str, port: int) -> None:
    """Serve what `factory` (`module:function`) makes on 127.0.0.1 until told to stop."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    Granian(
        factory,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        # One, so that it has a core of its own beside the load generator: what is compared is the cost of an answer.
        workers=1,
        blocking_threads=Settings().threads,
        log_enabled=True,
        factory=True,
    ).serve()


def _end_with_starter() -> None:
    # Not sys.stdin: granian forks its worker, whose first act is to close that, and the lock would be held for ever.
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
