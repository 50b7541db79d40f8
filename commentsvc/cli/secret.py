"""`secret rotate`: a new signing secret, while what the old one signed stays valid."""

import click

from commentsvc.cli.door import settings_here
from commentsvc.settings import rotate_secrets
from commentsvc.store.embedded import attach


@click.group()
def secret() -> None:
    """The signing secrets of forms, receipts and sessions."""


@secret.command("rotate")
def rotate() -> None:
    """Put a new secret first in the data directory; the two before it still verify."""
    settings = settings_here()
    if settings.secrets:
        where = settings.sources.get("secrets", "the configuration")
        raise click.ClickException(
            f"The secrets come from {where}: put a new one first there (`openssl rand -hex 32` makes one), keep the "
            "old ones behind it, and restart the service."
        )
    kept = len(rotate_secrets(settings.data_dir)) - 1
    click.echo(f"A new secret signs from now on; {kept} older {'one' if kept == 1 else 'ones'} still verify.")
    click.echo("Receipts signed with older ones than these are worth nothing any more.")
    if settings.redis_url or attach(settings.data_dir):
        click.echo("Now let the running service take it up: send `commentsvc serve` a SIGHUP, or restart it.")
