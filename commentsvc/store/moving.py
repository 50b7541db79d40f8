"""All data of one store in another, with each site split into as many partitions as wished; the source stays as it is.

The service stands still meanwhile. The target is empty, or what an earlier try at the same move left there: then that
is removed and all is copied anew. The sites are written last, when every piece was read back and all was recounted.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from redis.exceptions import AskError, MovedError, ResponseError, TryAgainError

from commentsvc.domain.ids import BUCKETS
from commentsvc.store import keys, records
from commentsvc.store.exchange import Client
from commentsvc.store.masters import Command, Masters
from commentsvc.store.names import Type, named
from commentsvc.store.pieces import pieces
from commentsvc.store.plan import Change, Plan, Unmovable
from commentsvc.store.recount import Recount, recount
from commentsvc.store.site_pieces import Piece
from commentsvc.store.sites import SiteRegistry

CLIENT_NAME = "commentsvc-move"
SERVICE_NAME = "commentsvc"
ANSWER_S = 60.0
"""Nobody waits for a page meanwhile, and a batch waits for a disk that is asked much of."""

REPLICAS_MS = 30_000
"""How long replicas may take for what they do not have yet."""

BATCH = 5_000
"""Fields, members and entries in one step, counting a piece as one at least: some MB."""

SOON_MS = 10_000
"""What ends so soon may end between two looks."""
DRIFT_MS = 60_000

DIFFERENCES = 20
"""How many are named."""

Told = Callable[[str, int], None]
"""Is told, now and then, what is being done and how many keys that was so far."""


@dataclass(kw_only=True)
class Outcome:
    """How many pieces were compared, what is not at the target as it should be, and the recount there."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    differing: int = 0
    recount: Recount = field(default_factory=Recount)

    @property
    def holds(self) -> bool:
        """Whether everything is there."""
        return not self.differing and not self.recount.wrong

    def differ(self, sentence: str) -> None:
        """Notes one difference more."""
        self.differing += 1
        if len(self.differences) < DIFFERENCES:
            self.differences.append(sentence)


def planned(source: Client, wishes: Mapping[str, int]) -> Plan:
    """Every site with its partitions at the target: as wished by site key, or under "" for all others, or as it is."""
    sites = SiteRegistry(source).all()
    if not sites:
        raise Unmovable("There is nothing to move: the source has no site.")
    if source.exists(keys.MOVING):
        raise Unmovable(
            "The source is the target of a move that has not ended: run that one again, from its own source."
        )
    if (layout := int(source.get(keys.LAYOUT) or records.LAYOUT)) != records.LAYOUT:
        raise Unmovable(
            f"The source has layout {layout}, this commentsvc reads {records.LAYOUT}: take the version that wrote it."
        )
    for key, number in wishes.items():
        if key and key not in sites:
            raise Unmovable(f"There is no site {key!r} at the source; it has {', '.join(sorted(sites))}.")
        if not 1 <= number <= BUCKETS:
            raise Unmovable(f"A site has 1 to {BUCKETS} partitions, not {number}: 8 to 16 on a cluster, 1 elsewhere.")
    return {
        key: Change(before=site, after=replace(site, partitions=wishes.get(key, wishes.get("", site.partitions))))
        for key, site in sorted(sites.items())
    }


def in_use(client: Client) -> str | None:
    """Who uses a store just now as far as can be told: a sentence, or None.

    The connections tell. Where a managed server shows none (CLIENT LIST forbidden), only the worker's word does.
    """
    try:
        connected = [one for master in Masters(client).all() for one in master.client_list()]
    except ResponseError:
        return (
            "a worker was alive in the last 15 s (wait so long after its end)" if client.exists(keys.WORKER) else None
        )
    served = sorted({one["addr"] for one in connected if one["name"] == SERVICE_NAME})
    return f"commentsvc is connected from {', '.join(served[:3])}" if served else None


def move_all(source: Client, target: Client, plan: Plan, *, told: Told = lambda what, count: None) -> Outcome:
    """What came of it; the sites are written, and the target can be used, only when `holds`.

    Raises Unmovable where the target is not free, or somebody wrote to it meanwhile.
    """
    try:
        return _moved(source, target, plan, told)
    except (MovedError, AskError, TryAgainError) as error:
        raise Unmovable(f"A slot of the cluster was moved meanwhile ({error}): run the same again.") from error


def _moved(source: Client, target: Client, plan: Plan, told: Told) -> Outcome:
    there, here = Masters(target), Masters(source)
    _claim(target, there, _identity(plan))
    outcome = Outcome()
    for batch in _batches(pieces(here, plan), "copied", told):
        there.ask(command for piece in batch for command in _written(piece))
    for batch in _batches(pieces(here, plan), "compared", told):
        _compare(there, batch, outcome)
    outcome.recount = recount(target, [change.after for change in plan.values()])
    told("recounted", outcome.recount.looked_at)
    if (who := in_use(source)) is not None:
        raise Unmovable(f"Somebody used the source meanwhile ({who}). Stop the service and run the same again.")
    if outcome.holds:
        _finish(target, there, plan)
    return outcome


def _identity(plan: Plan) -> bytes:
    """Tells this data from any other: the salt of the first site is its alone."""
    first = min((change.before for change in plan.values()), key=lambda site: site.number)
    return hashlib.sha256(first.salt.encode()).hexdigest().encode()


def _claim(target: Client, there: Masters, identity: bytes) -> None:
    """Marks the target as an unfinished move and empties it of an earlier try."""
    marked = target.get(keys.MOVING)
    if marked is not None and marked != identity:
        raise Unmovable("The target holds an unfinished move of other data. Give this one a Redis of its own.")
    if marked is None:
        _refuse_unless_empty(there)
        target.set(keys.MOVING, identity)
        return
    if (foreign := there.foreign()) is not None:
        raise Unmovable(f"The target holds {foreign.decode(errors='replace')!r}, which is not from a move.")
    for names in there.names():
        there.ask(("UNLINK", name.key) for name in names if name.kind != "moving")


def _refuse_unless_empty(there: Masters) -> None:
    held = sum(int(master.dbsize()) for master in there.all())
    if not held:
        return
    key = next(key for master in there.all() for key in master.scan_iter(count=10))
    whose = "data of commentsvc already" if named(key) else "keys of something else"
    raise Unmovable(
        f"The target is not empty: it holds {held} keys, e.g. {key.decode(errors='replace')!r}, {whose}. "
        "Nothing there was touched. Give this move a Redis, or a database number, that holds nothing."
    )


def _batches(found: Iterator[Piece], what: str, told: Told) -> Iterator[list[Piece]]:
    count, weight = 0, 0
    batch: list[Piece] = []
    for piece in found:
        if not piece.items:  # HSCAN may show an empty page
            continue
        batch.append(piece)
        weight += len(piece.items) + 1
        if weight >= BATCH:
            yield batch
            count += len(batch)
            told(what, count)
            batch, weight = [], 0
    yield batch
    told(what, count + len(batch))


def _written(piece: Piece) -> Iterator[Command]:
    key, items = piece.key, piece.items
    match piece.type:
        case Type.STRING:
            yield ("SET", key, items[b""])
        case Type.HASH:
            yield ("HSET", key, *(word for pair in items.items() for word in pair))
        case Type.INDEX:
            yield ("ZADD", key, *(word for member, score in items.items() for word in (repr(score), member)))
        case Type.SET:
            yield ("SADD", key, *items)
        case Type.STREAM:
            for id, fields in items.items():
                yield ("XADD", key, id, *(word for pair in fields.items() for word in pair))
    if piece.ttl_ms:
        yield ("PEXPIRE", key, piece.ttl_ms)


def _compare(there: Masters, batch: list[Piece], outcome: Outcome) -> None:
    lasting = [piece for piece in batch if not 0 < piece.ttl_ms < SOON_MS]
    answers = iter(there.ask(command for piece in lasting for command in _asked(piece)))
    for piece in lasting:
        found = [next(answers) for _ in _asked(piece)]
        outcome.compared += 1
        if _read(piece, found[0]) != piece.items:
            outcome.differ(f"{piece.key.decode(errors='replace')} does not hold what it should")
        elif piece.ttl_ms and abs(found[1] - piece.ttl_ms) > DRIFT_MS:
            outcome.differ(f"{piece.key.decode(errors='replace')} does not end when it should")


def _asked(piece: Piece) -> list[Command]:
    key, items = piece.key, piece.items
    ends: list[Command] = [("PTTL", key)] if piece.ttl_ms else []
    match piece.type:
        case Type.STRING:
            return [("GET", key), *ends]
        case Type.HASH:
            return [("HGETALL", key) if piece.whole else ("HMGET", key, *items), *ends]
        case Type.INDEX if piece.whole:
            return [("ZRANGE", key, 0, -1, "WITHSCORES"), *ends]
        case Type.INDEX:
            return [("ZMSCORE", key, *items), *ends]
        case Type.SET:
            return [("SMISMEMBER", key, *items)]
        case Type.STREAM:
            ids = list(items)
            return [("XRANGE", key, ids[0], ids[-1])]


def _read(piece: Piece, answer: Any) -> Mapping[bytes, Any]:
    """An answer to `_asked` in the shape of `items`."""
    match piece.type:
        case Type.STRING:
            return {b"": answer}
        case Type.SET:
            return {member: None for member, there in zip(piece.items, answer, strict=True) if there}
        case Type.HASH | Type.INDEX if not piece.whole:
            return dict(zip(piece.items, answer, strict=True))
        case Type.INDEX:
            return dict(zip(answer[::2], map(float, answer[1::2]), strict=True))
    return dict(answer)


def _finish(target: Client, there: Masters, plan: Plan) -> None:
    """Makes the target a store that can be served from, when as many replicas as wished have everything."""
    target.set(keys.LAYOUT, records.LAYOUT)
    target.hset(keys.SITES, mapping={key: records.as_json(change.after) for key, change in plan.items()})
    copies: int = getattr(target, "wait_replicas", 0)
    if copies and any(int(master.wait(copies, REPLICAS_MS)) < copies for master in there.all()):
        raise Unmovable(
            f"All is at the target, but fewer than {copies} replicas (wait_replicas) have it: run the same again."
        )
    target.delete(keys.MOVING)
