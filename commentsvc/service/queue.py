"""Working through the queue: its lanes, buffers of items that are one's own for a while, putting off, asking."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.decision import NOTE_MAX, Stale, Verb
from commentsvc.domain.ids import CommentId, comment_id, new_decision_id, place
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.text import has_controls, normalised
from commentsvc.service.clusters import Cluster, Clusters
from commentsvc.service.items import Item, Items, Near
from commentsvc.service.sites import Sites
from commentsvc.service.wanted import may_judge
from commentsvc.store.cases import Cases
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Made, Order, Unmade
from commentsvc.store.queue import Lease, Places, Queue

LATER_MAX_MS = 7 * 24 * 3_600_000
NOTICES = 200
"""Reports and appeals that one look goes through: the most urgent ones."""
ROUNDS = 6
"""Looks for one buffer: each goes past 500 comments of a partition that others hold, or past a large cluster."""
PEEKED = 250
"""Ids of one look after the first: as many as a cluster may have that is one's own already, and some more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Buffer:
    """Items that are the asker's for a while, oldest first, each with its lease; those near to one come with it."""

    items: tuple[Item, ...]


class WorkQueue:
    """Every method judges the actor's right on the site first."""

    def __init__(
        self,
        *,
        sites: Sites,
        comments: Comments,
        decisions: Decisions,
        queue: Queue,
        cases: Cases,
        items: Items,
        clock: Callable[[], int],
    ) -> None:
        self._sites = sites
        self._comments = comments
        self._decisions = decisions
        self._queue = queue
        self._cases = cases
        self._items = items
        self._clusters = Clusters(comments=comments, queue=queue)
        self._clock = clock

    def lanes(self, actor: Actor, site: Site) -> Mapping[Lane, int] | Refused:
        """How many comments wait in each lane."""
        return self._queue.lanes(site) if actor.may(Right.READ, site.key) else Refused(code=Code.FORBIDDEN)

    def since(self, actor: Actor, site: Site, known: str) -> tuple[int, CommentId | None] | Refused:
        """How many wait that came after the comment `known`, and which came last."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.since(site, comment_id(known))

    def buffer(
        self, actor: Actor, site: Site, *, lane: Lane | None, limit: int = 15, have: Collection[CommentId] = ()
    ) -> Buffer | Refused:
        """The next items of a lane, or of all lanes: those free and the actor's own, but not those already had.

        Of all lanes, what readers brought comes first.

        A cluster of near-identical comments comes once, under its oldest one, and all of it is leased. About ten round
        trips, however long the queue is and however many items.
        """
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        had = frozenset(have)
        brought = self._brought(actor, site, limit, had) if lane in (None, Lane.NOTICES) else ()
        had |= {item.comment.id for item in brought}  # an edit of it may wait as well
        limit -= len(brought)
        clusters = self._next(actor, site, lane, limit, had) if lane is not Lane.NOTICES and limit else []
        ids = [id for cluster in clusters for id in cluster.ids]
        leases = self._queue.lease(site, ids, holder=actor.id, now_ms=self._clock()) if ids else {}
        mine = {id for id, lease in leases.items() if lease.holder == actor.id}
        held = [cluster for cluster in clusters if cluster.first.id in mine]
        items = self._items.whole(site, [cluster.first for cluster in held])
        waiting = (
            replace(item, lease=leases[item.comment.id], near=_near(cluster, mine))
            for item, cluster in zip(items, held, strict=True)
        )
        return Buffer(items=(*brought, *waiting))

    def _brought(self, actor: Actor, site: Site, limit: int, have: frozenset[CommentId]) -> tuple[Item, ...]:
        """Reports and appeals that this actor may judge and nobody else looks at, in the order of their clocks."""
        now_ms = self._clock()
        ids = [id for id in self._cases.waiting(site, after=None, limit=NOTICES) if id not in have]
        held = self._queue.holders(site, ids, now_ms=now_ms) if ids else {}
        free = [id for id in ids if id not in held or held[id].holder == actor.id]
        found = [comment for comment in self._comments.find_all(site, free) if comment and comment.body]
        cases = zip(found, self._cases.find_all(site, [comment.id for comment in found]), strict=True)
        mine = [comment for comment, case in cases if may_judge(actor, comment, case)][:limit]
        leases = self._queue.lease(site, [comment.id for comment in mine], holder=actor.id, now_ms=now_ms)
        own = [comment for comment in mine if comment.id in leases and leases[comment.id].holder == actor.id]
        return tuple(replace(item, lease=leases[item.comment.id]) for item in self._items.whole(site, own))

    def _next(
        self, actor: Actor, site: Site, lane: Lane | None, limit: int, have: frozenset[CommentId]
    ) -> list[Cluster]:
        """Clusters to hand out, not yet leased."""
        found: list[Cluster] = []
        taken: set[CommentId] = set()
        ids: list[CommentId] = []
        places: Places | None = None
        for at in range(ROUNDS):
            wanted = limit - len(found) + len(have - taken)
            if not ids and (places is None or places):
                look = PEEKED if at else wanted
                ids, places = self._queue.peek(
                    site, lane, holder=actor.id, now_ms=self._clock(), after=places, limit=look
                )
            ids = [id for id in ids if id not in taken]
            read, ids = self._comments.find_all(site, ids[:wanted]), ids[wanted:]
            waiting = [comment for comment in read if comment and comment.waits]
            for cluster in self._clusters.of(site, waiting, taken=taken):
                taken.update(cluster.ids)
                if cluster.first.id not in have and len(found) < limit:
                    found.append(cluster)
            if len(found) >= limit or not (ids or places):
                break
        return found

    def renew(self, actor: Actor, site: Site, ids: Sequence[CommentId]) -> Mapping[CommentId, Lease] | Refused:
        """Who holds each of these now: the actor, with the time begun anew, or a colleague who came since."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.lease(site, ids, holder=actor.id, now_ms=self._clock())

    def release(self, actor: Actor, site: Site, leases: Mapping[CommentId, int]) -> int | Refused:
        """How many of these leases (comment → fencing token) were given back."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.release(site, leases, holder=actor.id)

    def holders(self, actor: Actor, site: Site, ids: Sequence[CommentId]) -> Mapping[CommentId, Lease] | Refused:
        """Who is looking at which of these just now: it informs, and keeps nobody from anything."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.holders(site, ids, now_ms=self._clock()) if ids else {}

    def later(self, actor: Actor, site: Site, ids: Sequence[CommentId], *, until_ms: int) -> int | Refused:
        """How many of these wait and are handed out to nobody until then; with `until_ms` 0 they are again."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        if until_ms and not 0 < until_ms - self._clock() <= LATER_MAX_MS:
            return Refused(code=Code.INVALID_FIELDS, fields={"until": Code.INVALID_CHOICE})
        return self._queue.put_off(site, ids, by=actor.id, until_ms=until_ms) if ids else 0

    def ask(self, actor: Actor, id: str, *, version: int, note: str) -> Made | Stale | Refused:
        """The question logged and the comment put into the lane of colleagues; it can be undone like a decision."""
        note = normalised(note).strip()
        known = comment_id(id)
        site = self._sites.by_number(place(known).site_number) if known else None
        if known is None or site is None or not actor.may(Right.READ, site.key):
            return Refused(code=Code.NOT_FOUND)
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        if len(note) > NOTE_MAX:
            return Refused(code=Code.INVALID_FIELDS, fields={"note": Code.TOO_LONG})
        if has_controls(note, lines=True):
            return Refused(code=Code.INVALID_FIELDS, fields={"note": Code.INVALID_CHARACTERS})
        comment = self._comments.find(site, known)
        if comment is None:
            return Refused(code=Code.NOT_FOUND)
        now_ms = self._clock()
        order = Order(
            id=new_decision_id(now_ms=now_ms, place=place(known)),
            comment=comment,
            verb=Verb.ASK,
            by=actor.id,
            at_ms=now_ms,
            note=note,
        )
        outcome = self._decisions.ask(site, order, seen=version)
        return Refused(code=Code.NOT_FOUND) if isinstance(outcome, Unmade) else outcome


def _near(cluster: Cluster, mine: Collection[CommentId]) -> tuple[Near, ...]:
    return tuple(Near(id=other.id, version=other.version) for other in cluster.near if other.id in mine)
