"""Tables for people."""

from collections.abc import Iterable, Sequence

import click
from tabulate import tabulate


def show(head: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Prints a table, or `empty` when there are no rows; nothing is cut short, and what looks like a number is text."""
    listed = [list(row) for row in rows]
    click.echo(tabulate(listed, headers=head, tablefmt="plain", disable_numparse=True) if listed else empty)
