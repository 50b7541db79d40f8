"""Signatures: what tells in which comments a term may be, 96 bytes for some fifty terms.

A row is GROUPS groups of 96 bits. A term sets six bits of one group, so a search reads an eighth of the rows' bytes. A
comment with more terms than ROW_TERMS has several rows. In a segment of SEGMENT rows the groups lie one after the
other: group 0 of every row, group 1 of every row, and so on.

Rows are right about every term that is there; about one in 200 of the others they are wrong, so whoever finds a
comment by them looks at the comment (docs/adr/0008).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

GROUPS = 8
GROUP_BYTES = 12
ROW_BYTES = GROUPS * GROUP_BYTES
ROW_TERMS = 56
ROWS_MAX = 16
"""Of one comment: with still more terms its rows are fuller, and find it a little too often."""

SEGMENT = 1_024
"""Rows that lie under one key. `lua/index.lua` knows it too."""

GROUP_SPAN = SEGMENT * GROUP_BYTES
FOLLOWS = 0x80
"""In the first byte of an id: another row of the same comment came before. Ids leave it free."""

_THIRD = GROUP_BYTES // 3
_PAIRS = [1 << one | 1 << other for other in range(8) for one in range(other)]
_FOLLOWS = bytes(byte >> 7 for byte in range(256))


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """Where a term is looked for: its group, and byte → the bits that must be set there."""

    group: int
    bits: tuple[tuple[int, int], ...]


@lru_cache(maxsize=16_384)
def probe(term: str) -> Probe:
    """Where a term stands: two bits in a byte of each third of its group."""
    digest = hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=7).digest()
    thirds = zip(range(0, GROUP_BYTES, _THIRD), digest[1:4], digest[4:7], strict=True)
    return Probe(
        group=digest[0] % GROUPS, bits=tuple((at + where % _THIRD, _PAIRS[which % 28]) for at, where, which in thirds)
    )


def rows(terms: Collection[str]) -> bytes:
    """A comment's rows: of each group the parts of all rows. There is at least one row."""
    count = max(1, min(ROWS_MAX, round(len(terms) / ROW_TERMS)))
    found = bytearray(ROW_BYTES * count)
    for turn, term in enumerate(terms):
        one = probe(term)
        start = (one.group * count + turn % count) * GROUP_BYTES
        for at, bits in one.bits:
            found[start + at] |= bits
    return bytes(found)


def candidates(ids: bytes, groups: Iterable[tuple[Probe, bytes]], *, id_bytes: int) -> Iterator[bytes]:
    """The ids of comments of a segment in which every term of the probes may be; `groups` are the probes' groups.

    `ids` holds one id a row. A comment's rows lie one after the other, and each may have another of the terms.
    """
    length = len(ids) // id_bytes
    follows = int.from_bytes(ids[::id_bytes].translate(_FOLLOWS), "little")
    found = (1 << 8 * length) - 1
    for one, raw in groups:
        rows = _rows_with(one, raw, length)
        found &= _whole(rows, follows) if follows else rows
    flags = found.to_bytes(length, "little")
    at = flags.find(b"\1") if found else -1
    last = b""
    while at >= 0:
        id = ids[at * id_bytes : (at + 1) * id_bytes]
        id = bytes([id[0] & ~FOLLOWS]) + id[1:]
        if id != last and any(id):
            yield id
        last = id
        at = flags.find(b"\1", at + 1)


def _rows_with(one: Probe, raw: bytes, length: int) -> int:
    """A number of `length` bytes, each 1 where a row has all the term's bits."""
    found = (1 << 8 * length) - 1
    for at, bits in one.bits:
        column = raw[at : length * GROUP_BYTES : GROUP_BYTES]
        found &= int.from_bytes(column.translate(_having(bits)).ljust(length, b"\0"), "little")
    return found


def _whole(rows: int, follows: int) -> int:
    """A comment's rows are all found where one of them is."""
    before = 0
    while rows != before:
        before = rows
        rows |= (rows << 8 & follows) | (rows & follows) >> 8
    return rows


@lru_cache(maxsize=256)
def _having(bits: int) -> bytes:
    return bytes(byte & bits == bits for byte in range(256))
