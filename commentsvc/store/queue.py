"""The moderation queue: the site's pending comments over all partitions, and who is looking at which."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import Partition, home
from commentsvc.store.merge import newest, oldest, partitions
from commentsvc.store.scripts import Argument, Client

LEASE_MS = 120_000
LOOK = 500
"""Comments of a partition that one look goes past: held by others, or put off."""

Places = Mapping[int, bytes]
"""Partition → id (17 bytes) after which to go on, b"" for the beginning; one that is left out is at its end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """Who is looking at a comment, until when; `token` is the fence that a release must show."""

    holder: str
    token: int
    until_ms: int


class Queue:
    """What waits, oldest first, and its leases."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def ids(
        self, site: Site, status: Status, *, cursor: CommentId | None, limit: int, oldest_first: bool = True
    ) -> list[CommentId]:
        """Ids of comments of one status after `cursor`, merged over the partitions, in one round trip."""
        keys = {number: keys.status(status) for number, keys in partitions(site)}
        start = cursor[4:] if cursor else ""
        if oldest_first:
            bodies = oldest(self._client, keys, after=start, limit=limit)
        else:
            bodies = newest(self._client, keys, before=start, limit=limit)
        return [CommentId("cmt_" + body) for body in bodies]

    def newest(self, site: Site, *, limit: int) -> list[CommentId]:
        """The newest comments of whatever status that were not withdrawn, newest first, in one round trip."""
        statuses = [status for status in Status if status is not Status.ERASED]
        every = enumerate(keys.status(status) for _, keys in partitions(site) for status in statuses)
        found = newest(self._client, dict(every), before="", limit=limit)
        return [CommentId("cmt_" + body) for body in dict.fromkeys(found)]  # two of them where an edit waits

    def counts(self, site: Site) -> Mapping[Status, int]:
        """How many comments have each status, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for status in Status:
            for _, keys in partitions(site):
                pipe.zcard(keys.status(status))
        sizes: list[int] = pipe.execute()
        return {
            status: sum(sizes[at * site.partitions : (at + 1) * site.partitions]) for at, status in enumerate(Status)
        }

    def lanes(self, site: Site) -> Mapping[Lane, int]:
        """How many comments wait in each lane, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for lane in Lane:
            for _, keys in partitions(site):
                pipe.zcard(keys.lane(lane))
        sizes: list[int] = pipe.execute()
        return {lane: sum(sizes[at * site.partitions : (at + 1) * site.partitions]) for at, lane in enumerate(Lane)}

    def since(self, site: Site, known: CommentId | None) -> tuple[int, CommentId | None]:
        """How many wait that came after this one, and which came last; one round trip."""
        pipe = self._client.pipeline(transaction=False)
        start = b"(" + records.packed_ids(known[4:]) if known else b"-"
        homes = [keys.status(Status.PENDING) for _, keys in partitions(site)]
        for key in homes:
            pipe.zlexcount(key, start, b"+")
        for key in homes:
            pipe.zrevrange(key, 0, 0)
        answers = pipe.execute()
        last = max((ids[0] for ids in answers[len(homes) :] if ids), default=None)
        return sum(answers[: len(homes)]), CommentId("cmt_" + records.unpacked_ids(last)) if last else None

    def in_lane(self, site: Site, lane: Lane, *, cursor: CommentId | None, limit: int) -> list[CommentId]:
        """Ids of comments that wait in a lane, oldest first, after `cursor`, in one round trip."""
        keys = {number: keys.lane(lane) for number, keys in partitions(site)}
        bodies = oldest(self._client, keys, after=cursor[4:] if cursor else "", limit=limit)
        return [CommentId("cmt_" + body) for body in bodies]

    def peek(
        self, site: Site, lane: Lane | None, *, holder: str, now_ms: int, after: Places | None, limit: int
    ) -> tuple[list[CommentId], Places]:
        """The oldest waiting comments of a lane, or of all, that are nobody else's, and where to go on.

        One round trip; a partition is looked through for 500 comments at most, so there may be fewer than there are.
        """
        places = {number: b"" for number, _ in partitions(site)} if after is None else after
        homes = [Partition(site=site.key, number=number) for number in places]
        answers = scripts.run_all(
            self._client,
            "peek",
            [
                (
                    [keys.lane(lane) if lane else keys.status(Status.PENDING), keys.leases, keys.later],
                    [now_ms, holder, places[keys.number], limit, LOOK],
                )
                for keys in homes
            ],
        )
        found = {keys.number: _cut(joined) for keys, (joined, _) in zip(homes, answers, strict=True)}
        first = list(islice(heapq.merge(*found.values()), limit))
        taken, following = set(first), {}
        for keys, (_, following_id) in zip(homes, answers, strict=True):
            mine = found[keys.number]
            left = [id for id in mine if id not in taken]
            place = max((id for id in mine if id in taken), default=places[keys.number]) if left else following_id
            if left or following_id:
                following[keys.number] = place
        return [CommentId("cmt_" + records.unpacked_ids(id)) for id in first], following

    def near(self, site: Site, marks: Sequence[tuple[str, bytes]]) -> list[list[CommentId]]:
        """The waiting comments of the whole site that bear each of these marks (bucket, mark), in one round trip."""
        homes = [keys for _, keys in partitions(site)]
        args: list[Argument] = [mark for _, mark in marks]
        calls = [([keys.status(Status.PENDING), *(keys.near(bucket) for bucket, _ in marks)], args) for keys in homes]
        found: list[list[CommentId]] = [[] for _ in marks]
        for answer in scripts.run_all(self._client, "near", calls) if marks else ():
            for ids, joined in zip(found, answer, strict=True):
                ids += [CommentId("cmt_" + records.unpacked_ids(id)) for id in _cut(joined)]
        return found

    def put_off(self, site: Site, ids: Sequence[CommentId], *, by: str, until_ms: int) -> int:
        """How many of these wait and were put off until then; with `until_ms` 0 they are handed out again."""
        value = f"{by}|{until_ms}" if until_ms else ""
        calls: list[tuple[list[str], list[Argument]]] = [
            (
                [keys.later, keys.leases, keys.status(Status.PENDING)],
                [value, *(records.packed_ids(id[4:]) for id in group)],
            )
            for keys, group in _by_home(site, ids).items()
        ]
        return sum(map(int, scripts.run_all(self._client, "put_off", calls)))

    def lease(self, site: Site, ids: Sequence[CommentId], *, holder: str, now_ms: int) -> Mapping[CommentId, Lease]:
        """Who holds each comment now: `holder` where it was free or theirs, else the colleague who was first.

        One script per partition concerned; comments about which nothing waits are left out. Leasing again renews.
        """
        calls: list[tuple[list[str], list[Argument]]] = [
            (
                [keys.leases, keys.fence, keys.status(Status.PENDING), keys.lane(Lane.NOTICES)],
                [now_ms, now_ms + LEASE_MS, holder, *(records.packed_ids(id[4:]) for id in group)],
            )
            for keys, group in _by_home(site, ids).items()
        ]
        return {
            CommentId("cmt_" + body.decode()): Lease(holder=by.decode(), token=int(token), until_ms=int(till))
            for rows in scripts.run_all(self._client, "lease", calls)
            for body, by, token, till in rows
        }

    def holders(self, site: Site, ids: Sequence[CommentId], *, now_ms: int) -> Mapping[CommentId, Lease]:
        """The live leases on these comments, in one round trip."""
        groups = _by_home(site, ids)
        pipe = self._client.pipeline(transaction=False)
        for keys, group in groups.items():
            pipe.hmget(keys.leases, [id[4:] for id in group])
        held: dict[CommentId, Lease] = {}
        for group, values in zip(groups.values(), pipe.execute() if groups else [], strict=True):
            for id, value in zip(group, values, strict=True):
                if value and (lease := _lease(value)).until_ms > now_ms:
                    held[id] = lease
        return held

    def release(self, site: Site, leases: Mapping[CommentId, int], *, holder: str) -> int:
        """How many of these leases (comment → fencing token) were given back early."""
        calls: list[tuple[list[str], list[Argument]]] = [
            ([keys.leases], [holder, *(word for id in group for word in (id[4:], leases[id]))])
            for keys, group in _by_home(site, list(leases)).items()
        ]
        return sum(map(int, scripts.run_all(self._client, "release", calls)))


def _cut(joined: bytes) -> list[bytes]:
    return [joined[at : at + records.ID_BYTES] for at in range(0, len(joined), records.ID_BYTES)]


def _lease(value: bytes) -> Lease:
    holder, token, until = value.decode().rsplit("|", 2)
    return Lease(holder=holder, token=int(token), until_ms=int(until))


def _by_home(site: Site, ids: Sequence[CommentId]) -> dict[Partition, list[CommentId]]:
    groups: defaultdict[Partition, list[CommentId]] = defaultdict(list)
    for id in ids:
        groups[home(site, id)].append(id)
    return groups
