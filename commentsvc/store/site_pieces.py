"""What belongs to a whole site and is shared out anew where it gets another number of partitions.

Outboxes, fences, the search index, what is counted by the hour, authors' records and the chains of their comments.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from commentsvc.store import records, segments
from commentsvc.store.census import Census, Share
from commentsvc.store.keys import Partition
from commentsvc.store.masters import Masters
from commentsvc.store.merge import partitions
from commentsvc.store.names import Type
from commentsvc.store.plan import Change
from commentsvc.store.segments import Builder, Built

CHUNK = 2_000
FIRST = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Some of what shall lie under a key: field → value, member → score, entry → fields; a string stands under b"".

    `ttl_ms` is what is left of its time, 0 for ever. A `whole` one is all that shall lie there.
    """

    key: bytes
    type: Type
    items: Mapping[bytes, Any]
    ttl_ms: int = 0
    whole: bool = False


def site_pieces(source: Masters, census: Census, change: Change, counted: Sequence[bytes]) -> Iterator[Piece]:
    """Everything of one site that is read as a whole; `counted` are the keys of its counters without their tag."""
    yield from _fences(source, change)
    yield from _events(source, change)
    yield from _index(source, change)
    yield from _numbers(source, change, counted)
    if change.splits:
        yield from _authors(census, change)
        yield from _chains(census, change)


def _fences(source: Masters, change: Change) -> Iterator[Piece]:
    """Everywhere the highest token given out anywhere: one given out later is higher than all before."""
    given = source.ask(("GET", own.fence.encode()) for _, own in partitions(change.before))
    highest = max((int(token) for token in given if token), default=0)
    for own in change.homes if highest else ():
        yield Piece(key=own.fence.encode(), type=Type.STRING, items={b"": str(highest).encode()}, whole=True)


def _events(source: Masters, change: Change) -> Iterator[Piece]:
    """The outboxes in the order of their entries' ids; one that two outboxes gave to an entry is raised a little."""
    streams = [_entries(source, own.events.encode()) for _, own in partitions(change.before)]
    last: dict[Partition, tuple[int, int]] = {}
    parts: dict[Partition, dict[bytes, Any]] = {}
    for at, fields in heapq.merge(*streams, key=lambda entry: entry[0]):
        # One that is about no comment, of a newer version, is of no use anywhere, but not ours to drop.
        goes = change.home_of(fields[b"comment"].decode()) if b"comment" in fields else change.homes[0]
        ms, sequence = last.get(goes, (0, 0))
        last[goes] = at if at > (ms, sequence) else (ms, sequence + 1)
        part = parts.setdefault(goes, {})
        part[b"%d-%d" % last[goes]] = fields
        if len(part) == FIRST:
            yield Piece(key=goes.events.encode(), type=Type.STREAM, items=parts.pop(goes))
    for own, part in parts.items():
        yield Piece(key=own.events.encode(), type=Type.STREAM, items=part)


def _entries(source: Masters, key: bytes) -> Iterator[tuple[tuple[int, int], Mapping[bytes, bytes]]]:
    start = b"-"
    while True:
        entries: Any = source.of(key).xrange(key, start, b"+", count=CHUNK)
        if not entries:
            return
        for id, fields in entries:
            ms, _, sequence = id.partition(b"-")
            yield (int(ms), int(sequence)), fields
        start = b"(" + entries[-1][0]


def _index(source: Masters, change: Change) -> Iterator[Piece]:
    """The search index: rows as they are, shared out anew, and without the holes that erased comments left."""
    streams = [_rows(source, own) for _, own in partitions(change.before)]
    builders: dict[Partition, Builder] = {}
    entries: dict[Partition, dict[bytes, Any]] = {}
    for id, rows in heapq.merge(*streams, key=lambda one: one[0]):
        goes = change.home_of(records.unpacked_ids(id))
        full = builders.setdefault(goes, Builder()).add(id, rows)
        if full is not None:
            entries.setdefault(goes, {})[b"%d" % full.number] = full.entry
            yield from _segment(goes, full)
    for own, builder in builders.items():
        last = builder.end()
        if last is not None:
            entries.setdefault(own, {})[b"%d" % last.number] = last.entry
            yield from _segment(own, last)
        yield Piece(key=own.index.encode(), type=Type.HASH, items=entries[own], whole=True)


def _rows(source: Masters, own: Partition) -> Iterator[tuple[bytes, bytes]]:
    """Each comment in one partition's search index with its rows, in the order in which they came in."""
    directory: Any = source.of(own.index.encode()).hgetall(own.index)
    for number in sorted(map(int, directory)):
        ids, bits = source.ask([("GET", own.ids(number).encode()), ("GET", own.bits(number).encode())])
        for id, row, count in segments.comments(ids or b""):
            yield id, segments.rows_of(bits, row, count)


def _segment(own: Partition, built: Built) -> Iterator[Piece]:
    for key, content in ((own.ids(built.number), built.ids), (own.bits(built.number), built.bits)):
        yield Piece(key=key.encode(), type=Type.STRING, items={b"": content}, whole=True)


def _numbers(source: Masters, change: Change, tails: Sequence[bytes]) -> Iterator[Piece]:
    """What was counted in an hour or on a day in all partitions, put into the first one."""
    for tail in tails:
        keys = [own.tag.encode() + tail for _, own in partitions(change.before)]
        hashes = tail.startswith(b"n:")
        rows = source.ask(("HGETALL", key) if hashes else ("ZRANGE", key, 0, -1, "WITHSCORES") for key in keys)
        sums: Counter[bytes] = Counter()
        for row in rows:
            pairs = row.items() if hashes else zip(row[::2], row[1::2], strict=True)
            sums.update({field: int(count) for field, count in pairs})
        ttl_ms = max(source.ask(("PTTL", key) for key in keys))
        items: dict[bytes, Any] = {field: b"%d" % n if hashes else float(n) for field, n in sums.items()}
        kind = Type.HASH if hashes else Type.INDEX
        yield Piece(key=change.homes[0].tag.encode() + tail, type=kind, items=items, ttl_ms=max(ttl_ms, 0), whole=True)


def _authors(census: Census, change: Change) -> Iterator[Piece]:
    """An author's record, split by the comments of each partition; a restriction stands in all of them."""
    shares: Iterable[Share] = census.shares(change.after.key, change.homes[0].tag)
    for (author, own), group in groupby(shares, key=lambda share: (share.author, share.home)):
        counts: dict[bytes, bytes] = {}
        for share in group:
            counts[share.status.encode()] = str(share.count).encode()
        yield _of_author(own, author, counts, share.ttl_ms)
    for author, until, ttl_ms in census.restricted(change.after.key):
        for each in change.homes:
            yield _of_author(each.tag, author, {b"until": until.encode()}, ttl_ms)


def _chains(census: Census, change: Change) -> Iterator[Piece]:
    """Each comment's predecessor by the same author in its partition, and each author's last one."""
    rows = census.chain(change.after.key)
    for (own, author), group in groupby(rows, key=lambda row: row[:2]):
        for _, _, id, before in group:
            if before:
                items = {b"p": records.packed_ids(before)}
                yield Piece(key=f"{own}c:{id}".encode(), type=Type.HASH, items=items)
        yield _of_author(own, author, {b"last": records.packed_ids(id)}, 0)


def _of_author(own: str, author: str, items: Mapping[bytes, bytes], ttl_ms: int) -> Piece:
    return Piece(key=f"{own}a:{author}".encode(), type=Type.HASH, items=items, ttl_ms=ttl_ms)
