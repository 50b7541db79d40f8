"""The moderation queue: the site's pending comments over all partitions, and who is looking at which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import Partition, home
from commentsvc.store.merge import newest, oldest, partitions
from commentsvc.store.scripts import Argument, Client

LEASE_MS = 120_000


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

    def lease(self, site: Site, ids: Sequence[CommentId], *, holder: str, now_ms: int) -> Mapping[CommentId, Lease]:
        """Who holds each comment now: `holder` where it was free or theirs, else the colleague who was first.

        One script per partition concerned; comments that are no longer pending are left out. Leasing again renews.
        """
        leases: dict[CommentId, Lease] = {}
        for keys, group in _by_home(site, ids).items():
            args: list[Argument] = [now_ms, now_ms + LEASE_MS, holder, *(records.packed_ids(id[4:]) for id in group)]
            for body, by, token, till in scripts.run(
                self._client, "lease", [keys.leases, keys.fence, keys.status(Status.PENDING)], args
            ):
                lease = Lease(holder=by.decode(), token=int(token), until_ms=int(till))
                leases[CommentId("cmt_" + body.decode())] = lease
        return leases

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
        released = 0
        for keys, group in _by_home(site, list(leases)).items():
            args: list[Argument] = [holder]
            for id in group:
                args += [id[4:], leases[id]]
            released += int(scripts.run(self._client, "release", [keys.leases], args))
        return released


def _lease(value: bytes) -> Lease:
    holder, token, until = value.decode().rsplit("|", 2)
    return Lease(holder=holder, token=int(token), until_ms=int(until))


def _by_home(site: Site, ids: Sequence[CommentId]) -> dict[Partition, list[CommentId]]:
    groups: defaultdict[Partition, list[CommentId]] = defaultdict(list)
    for id in ids:
        groups[home(site, id)].append(id)
    return groups
