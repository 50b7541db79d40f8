"""The operator's verb `commentsvc bench`."""

import sys
from pathlib import Path

import click

from commentsvc import bench as room
from commentsvc.bench import Form
from commentsvc.bench.figures import NotARun
from commentsvc.bench.selection import UnknownRow


@click.command()
@click.option("--json", "form", flag_value=Form.JSON, help="Print the figures as JSON instead of a table.")
@click.option("--markdown", "form", flag_value=Form.MARKDOWN, help="Print the section of docs/performance.md.")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Measure nothing: print what --json has written into this file.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 60),
    default=0.6,
    show_default=True,
    help="Length of one slice; every row gets three.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this row, or rows beginning with it; repeatable.")
@click.option("--full", is_flag=True, help="Also a thread of 100,000 and queues of 500,000 comments (1 GB).")
def bench(*, form: str | None, source: Path | None, seconds: float, only: tuple[str, ...], full: bool) -> None:
    """How fast it is on this machine, beside a bare WSGI callable.

    Needs nothing running and touches no data: it starts its own store and web processes on 127.0.0.1, in a directory
    for temporary files, and removes them. It ends within five minutes, a full run within fifteen.
    """
    try:
        code = room.run(form=Form(form or Form.TABLE), source=source, seconds=seconds, only=only, full=full)
    except (UnknownRow, NotARun) as error:
        raise click.UsageError(str(error)) from error
    sys.exit(code)
