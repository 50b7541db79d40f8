"""Tables for people."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text


def show(head: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Prints a table, as wide as the terminal, or `empty` when there are no rows; nothing is cut short in a pipe."""
    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # plain: what people typed may look like markup
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 4_000
    console.print(table if table.row_count else empty, soft_wrap=not console.is_terminal)
