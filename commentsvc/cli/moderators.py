"""`moderator add | set | invite | disable | enable | reset-factor | list`: the people of the console."""

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
        made = parts.service.moderators.add(id=name, name=full_name, password=password, role=Role(role), sites=sites)
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
        disabled = parts.service.moderators.disable(name)
    click.echo(f"{disabled.id} is signed out everywhere and cannot sign in again.")


@moderator.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let NAME, who was disabled, sign in again."""
    with opened("commentsvc moderator enable") as parts:
        enabled = parts.service.moderators.enable(name)
    click.echo(f"{enabled.id} may sign in again.")


@moderator.command("set")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="The role from now on.")
@click.option("--site", "sites", multiple=True, metavar="KEY", help="The sites from now on, all of them; repeatable.")
@click.option("--full-name", help="How colleagues see this person.")
def change(name: str, role: str | None, sites: tuple[str, ...], full_name: str | None) -> None:
    """Give NAME another role, other sites, another name; it holds at once, also for pages that are open."""
    if role is None and not sites and full_name is None:
        raise click.UsageError("say what is to be different: --role, --site or --full-name")
    with opened("commentsvc moderator set") as parts:
        for key in sites:
            known_site(parts, key)
        changed = parts.service.moderators.change(
            name, name=full_name, role=Role(role) if role else None, sites=sites or None
        )
    click.echo(f"{changed.id} is now {_a(changed.role)} of {_where(changed) or 'no site'}.")


@moderator.command("invite")
@click.argument("name")
def invite(name: str) -> None:
    """Print a link with which NAME chooses a (new) password: good once, for seven days."""
    with opened("commentsvc moderator invite") as parts:
        invitation = parts.service.moderators.invite(name)
        address = f"{parts.settings.public_url}/invitation/{invitation}"
    click.echo("Give this to nobody else; it is shown this once:")
    click.echo(address)


@moderator.command("reset-factor")
@click.argument("name")
def reset_factor(name: str) -> None:
    """Take the second factor from NAME, who lost phone and recovery codes, and end all sessions of NAME."""
    with opened("commentsvc moderator reset-factor") as parts:
        who = parts.service.moderators.reset_factor(name)
    click.echo(f"{who.id} signs in with the password alone now, and should set a second factor up again.")


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
            for one in parts.service.moderators.all()
        ]
    empty = "Nobody may sign in yet: `commentsvc moderator add NAME --site KEY` lets somebody."
    show(("sign-in name", "name", "role", "sites", "state"), rows, empty=empty)
