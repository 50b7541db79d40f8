"""The operator's door: `commentsvc VERB`, each verb a module that is loaded when it is called."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

VERBS = {
    "serve": "serve",
    "worker": "serve",
    "demo": "demo",
    "site": "sites",
    "moderator": "moderators",
    "token": "tokens",
    "challenge": "challenges",
    "webhook": "webhooks",
    "secret": "secret",
    "doctor": "doctor",
    "move": "move",
    "config": "config",
}
"""verb → the module of this package that has it, under the same name."""


class Verbs(click.Group):
    """The verbs; a fault with words for the operator ends a verb with those words and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every verb, in the order in which one meets them."""
        return [*VERBS, "bench"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb with this name."""
        if cmd_name == "bench":
            module = "commentsvc.bench.command"
        elif cmd_name in VERBS:
            module = f"commentsvc.cli.{VERBS[cmd_name]}"
        else:
            return None
        found: click.Command = getattr(import_module(module), cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """What the verb returns; ClickException with the sentence of a fault that the operator can mend."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            sentence = sentence_for(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="commentsvc")
def verbs() -> None:
    """Run a comment service and look after it. Settings: docs/settings.md, or `commentsvc config`."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one verb and exits: 0, 1 with a sentence on standard error, 2 for a wrong call."""
    try:
        verbs.main(args=list(arguments) if arguments is not None else None, prog_name="commentsvc")
    except BrokenPipeError:  # `commentsvc site list | head -1`
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # a full disk behind standard output, a file that cannot be used
        with suppress(OSError):
            sys.stdout.close()  # else Python tries at the end to write the same again
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"Error: The system refused this: {error.strerror or error}{where}", err=True)
        sys.exit(1)


def sentence_for(error: Exception) -> str | None:
    """What to tell the operator about a fault, or None for one that only a traceback can explain."""
    # Imported only when something went wrong: `--help` must not wait for the store's libraries.
    from commentsvc.bootstrap import NoRedis
    from commentsvc.service import UNREACHABLE
    from commentsvc.service.moderators import BadPerson
    from commentsvc.service.sites import BadSite
    from commentsvc.settings import BadSettings
    from commentsvc.store.address import AddressError
    from commentsvc.store.layout import OtherLayout, UnfinishedMove
    from commentsvc.store.ownership import EmbeddedServerError
    from commentsvc.store.plan import Unmovable
    from commentsvc.store.server_binary import NoServerBinaryError

    told = (BadSettings, NoRedis, BadSite, BadPerson, AddressError, OtherLayout, EmbeddedServerError)
    if isinstance(error, (*told, NoServerBinaryError, UnfinishedMove, Unmovable)):
        return str(error)
    if isinstance(error, UNREACHABLE):
        return f"Redis cannot be used just now ({error}). Start it, or correct redis_url."
    if isinstance(error, UnicodeError):
        return f"This is not text in UTF-8 ({error}): correct what was given, or the locale of this terminal."
    return None
