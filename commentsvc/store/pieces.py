"""What a store holds, piece by piece, as it shall lie where every site may have another number of partitions.

Read by type and not by DUMP, whose format differs between versions. No piece is larger than some thousand members, so
memory stays the same however many comments there are. Pieces may come twice; writing one twice changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from redis import Redis

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.store import records
from commentsvc.store.census import Census, Row
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.masters import Masters
from commentsvc.store.names import Name, Type
from commentsvc.store.plan import Change, Plan, Unmovable
from commentsvc.store.site_pieces import Piece, site_pieces

CHUNK = 2_000
FIRST = 100
"""Most threads have fewer approved comments: their indexes need no second look."""

_ASTRAY = (
    "The comment {id} of the site {site} does not lie where its id and its article say: ids made by a version before "
    "0.1 do not carry the article's place. Such a site can only be moved with 1 partition."
)

ENDING = frozenset(
    {"likers", "used", "once", "rate", "a", "notes", "imposed", "near", "bulk", "tries", "reports", "appeal", "mailed"}
)
WRITTEN_LAST = frozenset({"sites", "layout", "moving", "worker"})
"""Without its sites a store serves nothing, so a move that was broken off cannot be used by mistake."""
PER_SITE = frozenset({"events", "fence", "index", "ids", "bits", "n", "busy"})
COUNTERS = frozenset({"n", "busy"})
"""What is counted by the hour or day, in each partition: of interest is the sum only."""

COLLECTIONS = frozenset(
    {"s", "l", "log", "my", "bulk", "impositions", "near", "due", "dead", "leases", "later", "hooks"}
    | {"sites", "moderators", "tokens", "sessions", "networks", "recovery", "changes", "quiet", "liking"}
)


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
            yield from site_pieces(source, census, change, sorted(counters[change.after.key]))


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
            case "likers":
                return [change.home_of(name.rest)]
            case "d" | "reports" | "appeal":
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
    if name.kind == "liking":
        return change.home_of_thread(records.unpacked_ids(member))
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
