"""`challenge answer`: the code of a ticket, for monitoring probes and tests of this installation."""

import click

from commentsvc.cli.door import settings_here
from commentsvc.domain.challenge import read_ticket
from commentsvc.settings import signing_secrets


@click.group()
def challenge() -> None:
    """Confirmation codes."""


@challenge.command("answer")
@click.argument("ticket")
def answer(ticket: str) -> None:
    """Print the answer of TICKET, which only this installation can know; asks no Redis."""
    found = read_ticket(signing_secrets(settings_here()), ticket)
    if found is None:
        raise click.ClickException(
            "This installation has not signed that ticket: run the command where the service's data_dir or secrets are."
        )
    click.echo(found.answer)
