"""`config`: every setting that is in force, and where it comes from."""

import click

from commentsvc.cli.door import settings_here
from commentsvc.cli.output import show
from commentsvc.settings import described


@click.command()
def config() -> None:
    """Show every setting in force, where it comes from and what it means; secrets stay hidden."""
    rows = [(one.name, one.value, one.source, one.doc) for one in described(settings_here())]
    show(("setting", "value", "from", "meaning"), rows, empty="")
