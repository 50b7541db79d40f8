"""Segments of the search index made outside Redis: for a move, which shares rows out anew, or made from scratch."""

from collections.abc import Iterator
from dataclasses import dataclass

from commentsvc.store.records import ID_BYTES
from commentsvc.store.signature import FOLLOWS, GROUP_BYTES, GROUP_SPAN, GROUPS, ROW_BYTES, SEGMENT


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A segment as it lies in Redis: its number, the ids of its rows, the rows, and its entry in the directory."""

    number: int
    ids: bytes
    bits: bytes
    entry: bytes


class Builder:
    """The segments of one partition, as `lua/index.lua` would have written them."""

    def __init__(self) -> None:
        self._number = 0
        self._first, self._last = b"", b""
        self._clear()

    def add(self, id: bytes, rows: bytes) -> Built | None:
        """Takes one comment more; the segment before, when that one was full."""
        count = len(rows) // ROW_BYTES
        full = self.end() if self._used + count > SEGMENT else None
        start, part = self._used, count * GROUP_BYTES
        for group in range(GROUPS):
            at = group * GROUP_SPAN + start * GROUP_BYTES
            self._bits[at : at + part] = rows[group * part : (group + 1) * part]
        self._ids[start * ID_BYTES : (start + count) * ID_BYTES] = id + following(id) * (count - 1)
        self._used += count
        self._first, self._last = min(self._first or id, id), max(self._last, id)
        return full

    def end(self) -> Built | None:
        """The segment that is being filled, or None where nothing is in it; a new one begins."""
        if not self._used:
            return None
        entry = b"%b%b%d" % (self._first, self._last, self._used)
        built = Built(number=self._number, ids=bytes(self._ids), bits=bytes(self._bits), entry=entry)
        self._number += 1
        self._clear()
        return built

    def _clear(self) -> None:
        self._ids, self._bits = bytearray(SEGMENT * ID_BYTES), bytearray(SEGMENT * ROW_BYTES)
        self._used = 0
        self._first, self._last = b"", b""


def following(id: bytes) -> bytes:
    """How a comment's second row and all further ones are named."""
    return bytes([id[0] | FOLLOWS]) + id[1:]


def comments(ids: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each comment of a segment: its id, its first row and how many it has; those that were taken out are left out."""
    count, nothing = len(ids) // ID_BYTES, bytes(ID_BYTES)
    row = 0
    while row < count:
        id, end = ids[row * ID_BYTES : (row + 1) * ID_BYTES], row + 1
        while end < count and ids[end * ID_BYTES] & FOLLOWS:
            end += 1
        if id != nothing:
            yield id, row, end - row
        row = end


def rows_of(bits: bytes, row: int, count: int) -> bytes:
    """A comment's rows as `signature.rows` makes them."""
    starts = (group * GROUP_SPAN + row * GROUP_BYTES for group in range(GROUPS))
    return b"".join([bits[start : start + count * GROUP_BYTES] for start in starts])
