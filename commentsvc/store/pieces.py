"""What a store holds, piece by piece, as it shall lie where every site may have another number of partitions.

Read by type and not by DUMP, whose format differs between versions. No piece is larger than some thousand members, so
memory stays the same however many comments there are. Pieces may come twice; writing one twice changes nothing.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from redis import Redis

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.store import records, segments
from commentsvc.store.census import Census, Row, Share
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.masters import Masters
from commentsvc.store.merge import partitions
from commentsvc.store.names import Name, Type
from commentsvc.store.plan import Change, Plan, Unmovable
from commentsvc.store.segments import Builder, Built

CHUNK = 2_000
FIRST = 100
"""Most threads have fewer approved comments: their indexes need no second look."""

_ASTRAY = (
    "The comment {id} of the site {site} does not lie where its id and its article say: ids made by a version before "
    "0.1 do not carry the article's place. Such a site can only be moved with 1 partition."
)

ENDING = frozenset({"used", "once", "rate", "a", "notes", "imposed", "near", "bulk", "tries"})
WRITTEN_LAST = frozenset({"sites", "layout", "moving", "worker"})
"""Without its sites a store serves nothing, so a move that was broken off cannot be used by mistake."""
PER_SITE = frozenset({"events", "fence", "index", "ids", "bits", "n", "busy"})
COUNTERS = frozenset({"n", "busy"})
"""What is counted by the hour or day, in each partition: of interest is the sum only."""

COLLECTIONS = frozenset(
    {"s", "l", "log", "my", "bulk", "impositions", "near", "due", "dead", "leases", "later", "hooks"}
    | {"sites", "moderators", "tokens", "sessions", "networks", "recovery", "changes"}
)


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


def pieces(source: Masters, plan: Plan) -> Iterator[Piece]:
    """Everything but what is written last. Raises Unmovable."""
    counters: dict[str, set[bytes]] = {key: set() for key in plan}
    with Census() as census:
        for master in source.all():
            for names in Masters(master).names():
                yield from _Reader(master, plan, census).pieces(names)
                for name in names:
                    if name.kind in COUNTERS and name.site in plan:
                        counters[name.site].add(name.tail)
        for change in plan.values():
            yield from _fences(source, change)
            yield from _events(source, change)
            yield from _index(source, change)
            yield from _numbers(source, change, sorted(counters[change.after.key]))
            if change.splits:
                yield from _authors(census, change)
                yield from _chains(census, change)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what lies on one master."""

    master: Redis
    plan: Plan
    census: Census

    def pieces(self, names: Sequence[Name]) -> Iterator[Piece]:
        wanted = [
            one for one in names if one.kind not in WRITTEN_LAST | PER_SITE and (not one.site or one.site in self.plan)
        ]
        kinds: dict[str, list[Name]] = {"record": [], "index": [], "collection": []}
        for name in wanted:
            group = "collection" if name.kind in COLLECTIONS else "index" if name.type is Type.INDEX else "record"
            kinds[group].append(name)
        yield from self._records(kinds["record"])
        yield from self._indexes(kinds["index"])
        for name in kinds["collection"]:
            yield from self._collection(name)

    def _records(self, names: Sequence[Name]) -> Iterator[Piece]:
        pipe = self.master.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(name.key) if name.type is Type.HASH else pipe.get(name.key)
            if name.kind in ENDING:
                pipe.pttl(name.key)
        answers = iter(pipe.execute() if names else [])
        rows: list[Row] = []
        for name in names:
            found = next(answers)
            ttl_ms = max(next(answers), 0) if name.kind in ENDING else 0
            items = found if name.type is Type.HASH else {b"": found}
            if found:  # else it has ended meanwhile
                yield from self._record(name, items, ttl_ms, rows)
        self.census.add(rows)

    def _record(self, name: Name, items: Mapping[bytes, bytes], ttl_ms: int, rows: list[Row]) -> Iterator[Piece]:
        change = self.plan.get(name.site)
        piece = Piece(key=name.key, type=name.type, items=items, ttl_ms=ttl_ms, whole=True)
        if change is None:
            yield piece
        elif name.kind == "a" and change.splits:
            erased = int(items.get(Status.ERASED.encode(), 0))
            until = items.get(b"until", b"").decode()
            self.census.add_author(name.site, name.rest, name.number, erased=erased, ttl_ms=ttl_ms, until=until)
        elif name.kind == "c" and change.splits:
            # Which of an author's comments is the one before it there is known when all were seen: see `_chains`.
            own = self._home_of_comment(change, name, items, rows)
            kept = {field: value for field, value in items.items() if field != b"p"}
            yield replace(piece, key=own.tag.encode() + name.tail, items=kept, whole=False)
        else:
            for home in self._homes(change, name, items, rows):
                yield replace(piece, key=home.tag.encode() + name.tail)

    def _homes(self, change: Change, name: Name, items: Mapping[bytes, bytes], rows: list[Row]) -> Sequence[Partition]:
        match name.kind:
            case "c":
                return [self._home_of_comment(change, name, items, rows)]
            case "t":
                return [change.home_of_thread(name.rest)]
            case "d":
                return [change.home_of(name.rest)]
            case "once":
                return [change.home_of(items[b"id"].decode())]
            case "w":
                return [change.home_of_delivery(name.rest)]
            case "used" if change.splits:
                # The nonce does not tell the thread: everywhere, because where it is not needed it does no harm.
                return change.homes
            case "rate" if change.splits:
                # The window of a minute was over, or nearly, before the service runs again.
                return []
        return [Partition(site=name.site, number=name.number)]

    def _home_of_comment(self, change: Change, name: Name, items: Mapping[bytes, bytes], rows: list[Row]) -> Partition:
        id = CommentId("cmt_" + name.rest)
        goes = change.home_of(name.rest)
        lies, astray = home(change.before, id), False
        if change.splits:
            comment = records.comment(name.site, id, [items.get(field.encode()) for field in records.COMMENT_FIELDS])
            if comment is None:
                raise Unmovable(f"{name.key.decode()} at the source is no whole comment.")
            author = comment.body.author_key if comment.body else ""
            row = Row(
                id=name.rest,
                home=goes.tag,
                thread=comment.thread,
                author=author,
                status=comment.status,
                parent="",
                lane="",
            )
            rows.append(row)
            lies = thread_home(change.before, comment.thread)
            astray = goes != change.home_of_thread(comment.thread)
        if astray or lies.number != name.number:
            raise Unmovable(_ASTRAY.format(id=id, site=name.site))
        return goes

    def _indexes(self, names: Sequence[Name]) -> Iterator[Piece]:
        """A thread's own indexes: one look at many of them."""
        pipe = self.master.pipeline(transaction=False)
        for name in names:
            pipe.zrange(name.key, 0, FIRST - 1, withscores=True)
        for name, members in zip(names, pipe.execute() if names else [], strict=True):
            change = self.plan[name.site]
            key = change.home_of_thread(name.rest).tag.encode() + name.tail
            yield Piece(key=key, type=Type.INDEX, items=dict(members), whole=len(members) < FIRST)
            for more in self._ranges(name.key, FIRST) if len(members) == FIRST else ():
                yield Piece(key=key, type=Type.INDEX, items=more)

    def _collection(self, name: Name) -> Iterator[Piece]:
        change = self.plan.get(name.site)
        ttl_ms = max(int(self.master.pttl(name.key)), 0) if name.kind in ENDING else 0
        for items in self._read(name):
            if change is None:
                yield Piece(key=name.key, type=name.type, items=items)
            elif name.kind == "hooks":
                # A webhook stands there although nothing waits for it: it is looked at in vain, and no harm is done.
                for home in change.homes:
                    yield Piece(key=home.hooks.encode(), type=name.type, items=items)
            else:
                yield from _split(items, partial(_home_of_member, change, name), name, ttl_ms)

    def _read(self, name: Name) -> Iterator[Mapping[bytes, Any]]:
        if name.type is Type.INDEX:
            yield from self._ranges(name.key, 0)
            return
        scan: Callable[..., Any] = self.master.hscan if name.type is Type.HASH else self.master.sscan
        cursor = 0
        while True:
            cursor, found = scan(name.key, cursor, count=CHUNK)
            yield found if name.type is Type.HASH else dict.fromkeys(found)
            if cursor == 0:
                return

    def _ranges(self, key: bytes, start: int) -> Iterator[Mapping[bytes, float]]:
        while True:
            members: Any = self.master.zrange(key, start, start + CHUNK - 1, withscores=True)
            if not members:
                return
            yield dict(members)
            start += CHUNK


def _home_of_member(change: Change, name: Name, member: bytes) -> Partition:
    if name.kind in ("due", "dead"):
        return change.home_of_delivery(member.decode())
    if name.kind in ("leases", "later"):
        return change.home_of(member.decode())
    return change.home_of(records.unpacked_ids(member[: records.ID_BYTES]))


def _split(
    items: Mapping[bytes, Any], home_of: Callable[[bytes], Partition], name: Name, ttl_ms: int
) -> Iterator[Piece]:
    parts: dict[Partition, dict[bytes, Any]] = {}
    for member, value in items.items():
        parts.setdefault(home_of(member), {})[member] = value
    for own, part in parts.items():
        yield Piece(key=own.tag.encode() + name.tail, type=name.type, items=part, ttl_ms=ttl_ms)


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
