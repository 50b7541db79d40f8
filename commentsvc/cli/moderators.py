"""`moderator add | disable | list`: the people of the console."""

import secrets
import sys

import click

from commentsvc.cli.door import known_site, opened
from commentsvc.cli.output import show
from commentsvc.domain.moderator import Moderator, Role


@click.group()
def moderator() -> None:
    """People, their roles, and on which sites."""


@moderator.command("add")
@click.argument("name")
@click.option("--site", "sites", multiple=True, metavar="KEY", help="A site this person works on; repeatable.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MODERATOR.value,
    show_default=True,
    help="moderator decides, lead also overrules and edits rules, auditor reads and exports, all on the sites named; "
    "admin does everything on every site.",
)
@click.option("--full-name", default="", help="How colleagues see this person; without it the sign-in name.")
@click.option("--generate", is_flag=True, help="Make a password and print it, once.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(name: str, sites: tuple[str, ...], role: str, full_name: str, generate: bool, password_stdin: bool) -> None:
    """Let NAME (the sign-in name) in. Asks for a password, twice."""
    if role != Role.ADMIN and not sites:
        raise click.UsageError("name the sites this is for (--site KEY), or give --role admin")
    if generate and password_stdin:
        raise click.UsageError("give --generate or --password-stdin, not both")
    with opened("commentsvc moderator add") as parts:
        for key in sites:
            known_site(parts, key)
        password = _password(generate=generate, from_stdin=password_stdin)
        made = parts.service.sign_ins.add(id=name, name=full_name, password=password, role=Role(role), sites=sites)
        address = f"{parts.settings.public_url}/login"
    click.echo(f"{made.id} is now {_a(made.role)} of {_where(made)} and signs in at {address}")
    if generate:
        click.echo(f"Password, shown this once: {password}")


def _password(*, generate: bool, from_stdin: bool) -> str:
    if generate:
        return secrets.token_urlsafe(12)
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password: give --generate or --password-stdin")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return answer


def _a(role: Role) -> str:
    return f"an {role}" if role in (Role.ADMIN, Role.AUDITOR) else f"a {role}"


def _where(one: Moderator) -> str:
    return "every site" if one.role is Role.ADMIN else ", ".join(one.sites)


@moderator.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """End all sessions of NAME and refuse new ones; what NAME decided stays in the log."""
    with opened("commentsvc moderator disable") as parts:
        disabled = parts.service.sign_ins.disable(name)
    click.echo(f"{disabled.id} is signed out everywhere and cannot sign in again.")


@moderator.command("list")
def listed() -> None:
    """Show everybody, with role and sites."""
    with opened("commentsvc moderator list") as parts:
        rows = [
            (
                one.id,
                one.name,
                one.role.value,
                _where(one),
                "disabled" if one.disabled else "active",
            )
            for one in parts.service.sign_ins.moderators()
        ]
    empty = "Nobody may sign in yet: `commentsvc moderator add NAME --site KEY` lets somebody."
    show(("sign-in name", "name", "role", "sites", "state"), rows, empty=empty)
