"""`move`: everything into another Redis, Sentinel or cluster, or back, with the service stopped."""

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from time import monotonic

import click

from commentsvc.cli.door import own, settings_here
from commentsvc.service import UNREACHABLE
from commentsvc.settings import Settings
from commentsvc.store import health
from commentsvc.store.address import redact
from commentsvc.store.connect import connect
from commentsvc.store.exchange import Client
from commentsvc.store.health import Problem, Severity
from commentsvc.store.moving import ANSWER_S, CLIENT_NAME, Outcome, in_use, move_all, planned
from commentsvc.store.plan import Plan

EMBEDDED = "embedded"
HOLDER = "commentsvc move"
TOLD_S = 5.0
DEAF = frozenset({"unreachable", "refused", "loading", "wrong_scheme", "too_old"})
"""What keeps a source from being read; that it may lose data is a reason more to move away."""


@click.command()
@click.option(
    "--to",
    "target",
    required=True,
    metavar="URL",
    help="Where to; `embedded` is the server of data_dir, `-` reads the URL from standard input (for a password).",
)
@click.option(
    "--partitions",
    "wishes",
    multiple=True,
    metavar="[SITE=]N",
    help="Into how many slots sites are split there: 8 to 16 on a cluster, 1 elsewhere. Repeatable; else as it is.",
)
def move(target: str, wishes: tuple[str, ...]) -> None:
    """Copy everything from the configured Redis to URL, check it and say how to switch. Stop the service first."""
    settings = settings_here()
    url = sys.stdin.readline().strip() if target == "-" else target
    if url == EMBEDDED and settings.redis_url is None:
        raise click.UsageError("--to embedded: that is where the data is, because no redis_url is set")
    numbers = dict(map(_wish, wishes))
    with ExitStack() as stack:
        source = _opened("source", settings.redis_url or _own(settings, stack, "source"), stack)
        if url == EMBEDDED:
            there = _opened("target", _own(settings, stack, "target"), stack)
        else:
            there = _opened("target", url, stack, copies=settings.wait_replicas)
        _check(settings, source, there, embedded=url == EMBEDDED)
        plan = planned(source, numbers)
        click.echo(_what(plan))
        outcome = move_all(source, there, plan, told=_telling())
    _tell(outcome)
    if not outcome.holds:
        raise click.ClickException(
            "The target is not what it should be, and nothing must be served from it. The source is as it was. "
            "Run the same again; if it says the same again, tell us."
        )
    click.echo(_switch(url))


def _wish(text: str) -> tuple[str, int]:
    site, _, number = text.rpartition("=")
    if not (number.isascii() and number.isdigit()):
        raise click.UsageError(f"--partitions {text}: write a number, or SITE=number")
    return site, int(number)


def _own(settings: Settings, stack: ExitStack, what: str) -> str:
    """The URL of the embedded server, started for the move: so nothing else uses it."""
    if what == "source" and not settings.data_dir.exists():
        raise click.ClickException(
            f"There is nothing to move: there is no {settings.data_dir}, and redis_url is unset."
        )
    return stack.enter_context(own(settings, HOLDER)).url


def _opened(what: str, url: str, stack: ExitStack, *, copies: int = 0) -> Client:
    try:
        client = connect(url, client_name=CLIENT_NAME, answer_s=ANSWER_S, wait_replicas=copies)
    except UNREACHABLE as error:
        raise click.ClickException(f"The {what} {redact(url)} cannot be reached ({error}).") from error
    stack.callback(client.close)
    return client


def _check(settings: Settings, source: Client, target: Client, *, embedded: bool) -> None:
    """Ends with words where the source cannot be read, the target cannot keep it, or somebody uses one of them."""
    ours = settings.data_dir if embedded else None
    _healthy("source", [one for one in health.check(source) if one.code in DEAF])
    _unused("source", source)
    _healthy("target", health.check(target, data_dir=ours, min_free_bytes=settings.min_free_disk_mib << 20))
    _unused("target", target)


def _healthy(what: str, problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(f"{what}: {problem.sentence}", err=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise click.ClickException(f"The {what} cannot be used like this; nothing was moved.")


def _unused(what: str, client: Client) -> None:
    if (who := in_use(client)) is not None:
        raise click.ClickException(
            f"The service must stand still during a move, but of the {what}: {who}. Stop `commentsvc serve`, every "
            "worker and every other WSGI server, and run the same again; nothing was moved."
        )


def _what(plan: Plan) -> str:
    rows = []
    for key, change in plan.items():
        before, after = change.before.partitions, change.after.partitions
        rows.append(
            f"{key}: {after} partition{'s' if after > 1 else ''}" + (f" instead of {before}" if change.splits else "")
        )
    return "Moving " + ", ".join(rows)


def _telling() -> Callable[[str, int], None]:
    """Says on standard error how far it is, every few seconds."""
    last = monotonic()

    def told(what: str, count: int) -> None:
        nonlocal last
        if monotonic() - last > TOLD_S:
            last = monotonic()
            click.echo(f"{what} {count} pieces", err=True)

    return told


def _tell(outcome: Outcome) -> None:
    found = outcome.recount
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(found.comments.items()))
    click.echo(
        f"Read back and compared {outcome.compared} pieces: {outcome.differing} differ.\n"
        f"Recounted {sum(found.comments.values())} comments ({statuses or 'none'}), {found.threads} threads and "
        f"{found.decisions} decisions: {found.wrong} numbers are wrong."
    )
    for sentence in (*outcome.differences, *found.sentences):
        click.echo(sentence, err=True)


def _switch(url: str) -> str:
    where = (
        "without redis_url (COMMENTSVC_REDIS_URL)" if url == EMBEDDED else f"with COMMENTSVC_REDIS_URL={redact(url)}"
    )
    return (
        f"Everything is there. Start the service {where}, and with the same data_dir or secrets as before.\n"
        "The source is as it was: keep it until you are content, and never serve from both."
    )
