"""`token create | revoke | list`: programs that read and decide."""

from datetime import UTC, datetime

import click

from commentsvc.cli.door import known_site, opened
from commentsvc.cli.output import show
from commentsvc.domain.moderator import Scope


@click.group()
def token() -> None:
    """Bearer tokens for programs, each for one site."""


@token.command("create")
@click.option("--site", required=True, metavar="KEY", help="The one site the token is good for.")
@click.option(
    "--scope",
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="read: what is not public, too; moderate: decide as well; admin: everything.",
)
@click.option("--label", default="", help="What it is for, so that you know which one to revoke.")
def create(site: str, scope: str, label: str) -> None:
    """Make a token and print it, once; it is the last line."""
    with opened("commentsvc token create") as parts:
        known_site(parts, site)
        made = parts.service.tokens.create(site=site, scope=Scope(scope), label=label)
    click.echo(f"A token for {site} with the scope {scope}. Keep it now, it cannot be shown again:", err=True)
    click.echo(made)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """Make a token worth nothing, at once. ID is its id, or the whole token."""
    with opened("commentsvc token revoke") as parts:
        revoked = parts.service.tokens.revoke(token_id)
    click.echo(f"The token {revoked.id} ({revoked.label or 'no label'}) is worth nothing any more.")


@token.command("list")
def listed() -> None:
    """Show all tokens, never their secrets."""
    with opened("commentsvc token list") as parts:
        rows = [
            (
                one.id,
                one.site,
                one.scope.value,
                one.label or "-",
                f"{datetime.fromtimestamp(one.created_ms / 1000, UTC):%Y-%m-%d %H:%M}",
                "revoked" if one.revoked else "good",
            )
            for one in parts.service.tokens.all()
        ]
    empty = "There are no tokens: `commentsvc token create --site KEY --scope read` makes one."
    show(("id", "site", "scope", "label", "made (UTC)", "state"), rows, empty=empty)
