"""The operator's verb `commentsvc bench`."""

import sys

import click

from commentsvc import bench as room
from commentsvc.bench.selection import UnknownRow


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON instead of a table.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 60),
    default=0.6,
    show_default=True,
    help="Length of one slice; every row gets three.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Only this row, or rows beginning with it; repeatable.")
@click.option("--full", is_flag=True, help="Also the queues of 50,000 and 500,000 comments (minutes, 1 GB).")
def bench(*, as_json: bool, seconds: float, only: tuple[str, ...], full: bool) -> None:
    """How fast it is on this machine, beside a bare WSGI callable.

    Needs nothing running and touches no data: it starts its own store and web processes on 127.0.0.1, in a directory
    for temporary files, and removes them.
    """
    try:
        code = room.run(json=as_json, seconds=seconds, only=only, full=full)
    except UnknownRow as error:
        raise click.UsageError(str(error)) from error
    sys.exit(code)
