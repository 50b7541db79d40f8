"""`webhook add | remove | list | dead | retry | drop`: who hears of a site's events."""

from datetime import UTC, datetime

import click

from commentsvc.cli.door import known_site, opened
from commentsvc.cli.output import show
from commentsvc.domain.refusal import Refused
from commentsvc.domain.webhook import EVENTS
from commentsvc.service.outbox import MAIL


@click.group()
def webhook() -> None:
    """Addresses that hear of a site's events (docs/webhooks.md)."""


@webhook.command("add")
@click.argument("site")
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice(list(EVENTS)), help="Only these; repeatable.")
def add(site: str, url: str, events: tuple[str, ...]) -> None:
    """Let URL hear of the events of SITE; prints the secret that signs them, as the last line."""
    with opened("commentsvc webhook add") as parts:
        made = parts.service.webhooks.add(site, url, events)
    click.echo(f"The webhook {made.id} hears of {', '.join(made.events) or 'all events'} of {site}.", err=True)
    click.echo("Its secret, shown this once, with which the receiver checks the signature:", err=True)
    click.echo(made.secret)


@webhook.command("remove")
@click.argument("site")
@click.argument("webhook_id", metavar="ID")
def remove(site: str, webhook_id: str) -> None:
    """Let the webhook ID of SITE hear of nothing any more."""
    with opened("commentsvc webhook remove") as parts:
        gone = parts.service.webhooks.remove(site, webhook_id)
    click.echo(f"{gone.url} hears of nothing any more.")


@webhook.command("list")
@click.argument("site")
def listed(site: str) -> None:
    """Show the webhooks of SITE, never their secrets."""
    with opened("commentsvc webhook list") as parts:
        rows = [(one.id, one.url, ", ".join(one.events) or "all") for one in parts.service.webhooks.list(site)]
    empty = f"{site} has no webhooks: `commentsvc webhook add {site} URL` adds one."
    show(("id", "url", "events"), rows, empty=empty)


@webhook.command("dead")
@click.argument("site")
def dead(site: str) -> None:
    """Show deliveries of SITE that were given up, the latest first."""
    with opened("commentsvc webhook dead") as parts:
        known_site(parts, site)
        addresses = {one.id: one.url for one in parts.service.webhooks.list(site)} | {MAIL: "e-mail"}
        rows = [
            (
                letter.delivery.id,
                addresses.get(letter.delivery.webhook, "removed"),
                letter.delivery.type,
                f"{datetime.fromtimestamp(letter.died_ms / 1000, UTC):%Y-%m-%d %H:%M}",
                letter.delivery.error,
            )
            for letter in parts.service.webhooks.list_dead(site)
        ]
    show(("id", "url", "event", "given up (UTC)", "why"), rows, empty="Nothing was given up in the last 30 days.")


@webhook.command("retry")
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
def retry(ids: tuple[str, ...]) -> None:
    """Send given-up deliveries again, at once and with all tries before them."""
    with opened("commentsvc webhook retry") as parts:
        _each({one: parts.service.webhooks.retry(one) for one in ids}, "is sent again")


@webhook.command("drop")
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
def drop(ids: tuple[str, ...]) -> None:
    """Forget given-up deliveries for good."""
    with opened("commentsvc webhook drop") as parts:
        _each({one: parts.service.webhooks.drop(one) for one in ids}, "is forgotten")


def _each(outcomes: dict[str, str | Refused], done: str) -> None:
    for id, outcome in outcomes.items():
        if not isinstance(outcome, Refused):
            click.echo(f"{id} {done}.")
    unknown = [id for id, outcome in outcomes.items() if isinstance(outcome, Refused)]
    if unknown:
        raise click.ClickException(
            f"There is no given-up delivery {', '.join(unknown)} (any more), or its webhook was removed: "
            "`commentsvc webhook dead SITE` shows them."
        )
