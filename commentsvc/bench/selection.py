"""Which rows were asked for."""

from collections.abc import Iterable, Sequence


class UnknownRow(ValueError):
    """There is no such row; the message lists those there are."""


def selected(names: Sequence[str], only: Iterable[str]) -> list[str]:
    """The names that `only` asks for, in their own order; all of them where it asks for nothing.

    `list 100` means that row alone, `submit` every row whose name begins with that word.
    """
    wanted: set[str] = set()
    for asked in only:
        found = [asked] if asked in names else [name for name in names if name.startswith(asked + " ")]
        if not found:
            raise UnknownRow(f"there is no row {asked!r}: choose from {', '.join(names)}")
        wanted.update(found)
    return [name for name in names if not wanted or name in wanted]
