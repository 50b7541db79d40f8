"""The search index in Redis: in which comments words may be, newest first over all partitions of a site.

Each partition has segments (`store/signature.py`), written to one after the other, and a directory that says of each
from which id to which it goes. Segments that overlap, after an import of old comments, are read together, so the order
is right in any case. No call reads more than SEGMENTS_READ segments: who has not found enough goes on from there.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store import records, segments, signature
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.merge import newest, partitions
from commentsvc.store.records import ID_BYTES
from commentsvc.store.scripts import Client
from commentsvc.store.signature import GROUP_BYTES, GROUP_SPAN, Probe

SEGMENTS_READ = 1_024
"""In one look: about a million comments."""

SEGMENTS_AT_ONCE = 64
TERMS_USED = 6
"""The longest ones: they are rare, and more of them hardly rule out anything else."""


class Source(Protocol):
    """Ids of comments that may be what is looked for, newest first."""

    def next(self, count: int) -> list[CommentId]:
        """Up to so many; none when there are no more, or when too much was read."""

    @property
    def resume(self) -> CommentId | None:
        """Below which id a later look goes on from here; None when nothing is left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Which ids are looked at: below `below`, made at `from_ms` or later and before `before_ms` (None: all of them)."""

    below: CommentId | None = None
    from_ms: int = 0
    before_ms: int | None = None

    @property
    def top(self) -> bytes:
        """The first id that is too high, as in indexes."""
        below = records.packed_ids(self.below[4:]) if self.below else _HIGHEST
        return below if self.before_ms is None else min(below, records.lowest_id(self.before_ms))

    @property
    def bottom(self) -> bytes:
        """What the lowest id may be, as in indexes."""
        return records.lowest_id(self.from_ms)


_HIGHEST = ((1 << 130) - 1).to_bytes(ID_BYTES, "big")


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One segment of one partition: its ids go from `first` to `last`."""

    keys: Partition
    number: int
    first: bytes
    last: bytes
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Where a comment stands in the index, for the script that takes it out."""

    ids: str
    bits: str
    row: int
    count: int


class Index:
    """The search index of every site."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def by_terms(self, site: Site, terms: Collection[str], span: Span, *, thread: ThreadId | None = None) -> Source:
        """Comments that may have all these terms; `thread` where all are in one: then one partition is looked at."""
        used = sorted(terms, key=len, reverse=True)[:TERMS_USED]
        only = thread_home(site, thread) if thread else None
        within = [one for one in self._segments(site, only) if one.first < span.top and one.last >= span.bottom]
        return _ByTerms(self._client, [signature.probe(term) for term in used], within, span)

    def by_status(self, site: Site, statuses: Sequence[Status], span: Span) -> Source:
        """Comments of these statuses."""
        return _ByStatus(self._client, site, statuses, span)

    def where(self, site: Site, id: CommentId) -> Rows | None:
        """Where a comment stands; None for one that is not in the index. Two round trips."""
        packed = records.packed_ids(id[4:])
        around = [one for one in self._segments(site, home(site, id)) if one.first <= packed <= one.last]
        pipe = self._client.pipeline(transaction=False)
        for one in around:
            pipe.get(one.keys.ids(one.number))
        for one, ids in zip(around, pipe.execute() if around else [], strict=True):
            for id_there, row, count in segments.comments(ids or b""):
                if id_there == packed:
                    return Rows(ids=one.keys.ids(one.number), bits=one.keys.bits(one.number), row=row, count=count)
        return None

    def _segments(self, site: Site, only: Partition | None) -> Iterator[Segment]:
        homes = [only] if only else [keys for _, keys in partitions(site)]
        pipe = self._client.pipeline(transaction=False)
        for keys in homes:
            pipe.hgetall(keys.index)
        for keys, directory in zip(homes, pipe.execute(), strict=True):
            yield from _listed(keys, directory)


def _listed(keys: Partition, directory: Mapping[bytes, bytes]) -> Iterator[Segment]:
    for number, entry in directory.items():
        first, last, rows = entry[:ID_BYTES], entry[ID_BYTES : 2 * ID_BYTES], entry[2 * ID_BYTES :]
        yield Segment(keys=keys, number=int(number), first=first, last=last, rows=int(rows))


class _ByTerms:
    """Reads segments from the newest on, more at a time the longer it takes."""

    def __init__(self, client: Client, probes: Sequence[Probe], segments: Sequence[Segment], span: Span) -> None:
        self._client = client
        self._probes = probes
        self._groups = sorted({probe.group for probe in probes})
        self._segments = sorted(segments, key=lambda one: one.last)
        self._top, self._bottom = span.top, span.bottom
        self._pool: list[bytes] = []
        self._read = 0
        self._given = span.top

    def next(self, count: int) -> list[CommentId]:
        """Up to so many."""
        while self._ready() < count and self._segments and self._read < SEGMENTS_READ:
            self._scan(max(2, min(self._read, SEGMENTS_AT_ONCE)))
        taken = self._pool[-min(count, self._ready()) :] if self._ready() else []
        del self._pool[len(self._pool) - len(taken) :]
        if taken:
            self._given = taken[0]
        return [_id(raw) for raw in reversed(taken)]

    @property
    def resume(self) -> CommentId | None:
        """Below which id a later look goes on."""
        if self._ready():
            return _id(self._given)
        if self._segments:
            return _id((int.from_bytes(self._horizon, "big") + 1).to_bytes(ID_BYTES, "big"))
        return None

    @property
    def _horizon(self) -> bytes:
        """The newest id that may be in what was not read yet."""
        return min(self._segments[-1].last, self._top) if self._segments else b""

    def _ready(self) -> int:
        """How many of the pool are newer than anything that was not read yet."""
        return len(self._pool) - bisect_left(self._pool, self._horizon + b"\0") if self._segments else len(self._pool)

    def _scan(self, count: int) -> None:
        batch, self._segments = self._segments[-count:], self._segments[:-count]
        self._read += len(batch)
        pipe = self._client.pipeline(transaction=False)
        for one in batch:
            pipe.getrange(one.keys.ids(one.number), 0, one.rows * ID_BYTES - 1)
            for group in self._groups:
                start = group * GROUP_SPAN
                pipe.getrange(one.keys.bits(one.number), start, start + one.rows * GROUP_BYTES - 1)
        answers = iter(pipe.execute())
        for _ in batch:
            ids = next(answers)
            groups = dict(zip(self._groups, islice(answers, len(self._groups)), strict=True))
            found = signature.candidates(ids, [(one, groups[one.group]) for one in self._probes], id_bytes=ID_BYTES)
            self._pool += [id for id in found if self._bottom <= id < self._top]
        self._pool.sort()


class _ByStatus:
    """Reads the site's indexes of some statuses."""

    def __init__(self, client: Client, site: Site, statuses: Sequence[Status], span: Span) -> None:
        self._client = client
        self._keys = dict(enumerate(keys.status(status) for _, keys in partitions(site) for status in statuses))
        self._below = records.unpacked_ids(span.top)
        self._bottom = records.unpacked_ids(span.bottom)
        self._ended = not self._keys

    def next(self, count: int) -> list[CommentId]:
        """Up to so many."""
        found = [] if self._ended else newest(self._client, self._keys, before=self._below, limit=count)
        kept = [id for id in found if id >= self._bottom]
        self._ended = len(kept) < count
        if kept:
            self._below = kept[-1]
        return [CommentId("cmt_" + id) for id in dict.fromkeys(kept)]  # two of them where an edit waits

    @property
    def resume(self) -> CommentId | None:
        """Below which id a later look goes on."""
        return None if self._ended else CommentId("cmt_" + self._below)


def _id(raw: bytes) -> CommentId:
    return CommentId("cmt_" + records.unpacked_ids(raw))
