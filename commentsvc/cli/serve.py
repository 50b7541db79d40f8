"""`serve` runs everything that one machine needs, `worker` the background loop alone."""

import http.client
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import click
import structlog

from commentsvc.bootstrap import join, log_to_stderr, problems
from commentsvc.cli.door import own, settings_here
from commentsvc.settings import Settings
from commentsvc.store.health import Severity

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
FIRST_ANSWER_S = 30.0

log = structlog.get_logger("serve")


@click.command()
def serve() -> None:
    """Serve: web processes, the worker and, where no redis_url is set, a Redis of its own.

    SIGTERM and Ctrl-C finish the requests in flight and stop. SIGHUP takes up changed settings and secrets without
    dropping a request (host, port, workers and threads need a restart, and so does new code).
    """
    settings = settings_here()
    log_to_stderr(settings.log_level)
    run(settings, holder="commentsvc serve", before=lambda: None, ready=lambda: _say(settings))


@click.command()
@click.option("--supervised-by", type=int, hidden=True, help="The parent's process id; the worker ends with it.")
def worker(supervised_by: int | None) -> None:
    """Run the worker alone: one more beside `serve`, or under a process manager of yours."""
    from commentsvc.cli.child import end_with
    from commentsvc.worker import run as work
    from commentsvc.worker import stop_on_signals

    if supervised_by is not None:
        end_with(supervised_by)
    stop = threading.Event()
    stop_on_signals(stop)
    settings = settings_here()
    log_to_stderr(settings.log_level)
    work(join(settings).service, settings, stop=stop)


def run(
    settings: Settings,
    *,
    holder: str,
    before: Callable[[], None],
    ready: Callable[[], None],
    hup_stops: bool = False,
) -> None:
    """Serves until told to stop. `before` is called when the store is there, `ready` when requests are answered.

    What was started last ends first, and Redis last of all, after everybody who could still write to it.
    """
    # granian takes a second of imports, and other verbs do not need it.
    from commentsvc.cli.companion import Companion
    from commentsvc.cli.web_server import WebServer, listen

    with _stopping(), ExitStack() as stack:
        url = None if settings.redis_url else stack.enter_context(own(settings, holder)).url
        listener = stack.enter_context(listen(settings.host, settings.port))
        _check(settings, url)
        before()
        if settings.metrics_token is not None:
            # The web processes are forks, and each writes its figures into a file of its own here.
            figures = tempfile.TemporaryDirectory(prefix="commentsvc-figures-", ignore_cleanup_errors=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(figures)
        companion = Companion(("worker", "--supervised-by", str(os.getpid())))
        companion.start()
        stack.callback(companion.stop)
        threading.Thread(target=_announce, args=(listener, ready), daemon=True).start()
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            server = WebServer(listener, settings, redis_url=url, hup_stops=hup_stops)
            server.run()
            if server.told_to_stop:
                return
            _leave_on_signals()
            pause_s = FIRST_PAUSE_S if time.monotonic() - began > LONGEST_PAUSE_S else min(pause_s * 2, LONGEST_PAUSE_S)
            log.error("the web processes keep ending; all are started again", pause_s=pause_s)
            time.sleep(pause_s)  # what kills them at once would otherwise keep the machine busy with starting them


def _check(settings: Settings, url: str | None) -> None:
    parts = join(settings, url=url)
    found = problems(parts)
    parts.client.close()
    for problem in found:
        if problem.severity is Severity.WARNING:
            click.echo(f"Warning: {problem.sentence}", err=True)
    errors = [problem.sentence for problem in found if problem.severity is Severity.ERROR]
    if errors:
        raise click.ClickException("\n".join(errors))


@contextmanager
def _stopping() -> Iterator[None]:
    """Until granian takes the signals over, SIGTERM and Ctrl-C unwind what was started; once it is leaving, nothing."""

    _leave_on_signals()
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)


def _leave_on_signals() -> None:
    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)


def _announce(listener: socket.socket, ready: Callable[[], None]) -> None:
    """Calls `ready` once a request is answered: one that waits in the listening socket until somebody does."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    connection = http.client.HTTPConnection(host, port, timeout=FIRST_ANSWER_S)
    try:
        connection.request("GET", "/healthz", headers={"Connection": "close"})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException) as error:
        log.error("no answer to the first request", error=str(error))
        return
    finally:
        connection.close()
    ready()


def _say(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"commentsvc serves on http://{host}:{settings.port} (pid {os.getpid()}).")
