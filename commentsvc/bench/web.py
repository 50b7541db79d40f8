"""One web server for the bench, run as a script: the one that `commentsvc serve` runs, with its settings.

`python -m commentsvc.bench.web bare|large-bare|flask|service OWNER_PID`, configured by the environment.
It ends with its owner.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from commentsvc.bench import bare, empty
from commentsvc.bench.stage import BARE, LARGE_BARE, SERVICE
from commentsvc.cli.child import end_with
from commentsvc.cli.web_server import WebServer, listen
from commentsvc.settings import load
from commentsvc.store.embedded import socket_url


class Beside:
    """Makes what is measured beside the service in a new web process, where `serve` would make the application."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._owner = os.getpid()

    def __call__(self) -> Any:
        """The callable, in a process that ends with its parent."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with(self._owner)
        sizes = {BARE: bare.SIZE, LARGE_BARE: bare.LARGE}
        return bare.answering(sizes[self._kind]) if self._kind in sizes else empty.application()


def main(kind: str, owner: int) -> None:
    """Serve until told to stop."""
    end_with(owner)
    settings = load(os.environ, Path.cwd())
    with listen(settings.host, settings.port) as listener:
        server = WebServer(listener, settings, redis_url=socket_url(settings.data_dir), hup_stops=False)
        if kind == SERVICE:
            server.run()
        else:
            server.serve(target_loader=Beside(kind), wrap_loader=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
