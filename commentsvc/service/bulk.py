"""Many decisions at once: each made or refused for itself, all together one step to undo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.ids import BulkId, CommentId, comment_id, made_ms
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.moderation import Moderation, Wanted
from commentsvc.service.wanted import answer, judged, order_of
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Made
from commentsvc.store.queue import Queue

AT_ONCE = 1_000
"""Decisions of one call, and undone ones; who has more calls again with the same bulk."""
DEEP = 50

Outcome = Made | Stale | Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """All comments of a status, or of a lane of what waits, that came before a time: what somebody saw counted."""

    status: Status = Status.PENDING
    lane: Lane | None = None
    before_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What became of one part of a filter's comments, and the cursor of the next part, '' when that was the last."""

    outcomes: tuple[tuple[CommentId, Outcome], ...]
    next_cursor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What became of each decision of a step, the latest first; `more` when it has more than 1,000: ask again.

    One about which a colleague has decided since is stale, and stays as the colleague left it.
    """

    bulk: BulkId
    outcomes: tuple[tuple[CommentId, Outcome], ...]
    more: bool


class Bulks:
    """Every method judges the actor's right on the site before it reads or writes anything."""

    def __init__(
        self,
        *,
        moderation: Moderation,
        comments: Comments,
        decisions: Decisions,
        queue: Queue,
        clock: Callable[[], int],
    ) -> None:
        self._moderation = moderation
        self._comments = comments
        self._decisions = decisions
        self._queue = queue
        self._clock = clock

    def decide_all(
        self, actor: Actor, site: Site, wanted: Sequence[Wanted], *, bulk: BulkId | None = None
    ) -> list[Outcome] | Refused:
        """One outcome for each, in their order; asking the same again gets the same. With a `bulk` one step to undo.

        Two round trips, more only where a comment comes more than once: then the second decision sees the first.
        """
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        outcomes: dict[int, Outcome] = {}
        left = list(enumerate(wanted))
        while left:
            wave = {one.id: (at, one) for at, one in reversed(left)}  # the first of each id
            outcomes |= self._decided(actor, site, [*wave.values()][::-1], bulk)
            left = [(at, one) for at, one in left if at not in outcomes]
        return [outcomes[at] for at in range(len(wanted))]

    def decide_today(
        self,
        actor: Actor,
        site: Site,
        ids: Sequence[CommentId],
        wish: Wanted,
        *,
        bulk: BulkId | None = None,
        before_ms: int = 0,
    ) -> list[Outcome] | Refused:
        """The same decision about each of these as it stands now, whoever decided about it meanwhile.

        But what its author has written anew since `before_ms` nobody has seen: that is stale.
        """
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        found = self._comments.find_all(site, ids, pages=False)
        unseen = {one.id: _rewritten(one) for one in found if one and before_ms and _written_ms(one) >= before_ms}
        wanted = [
            replace(wish, id=id, version=comment.version if comment else 0)
            for id, comment in zip(ids, found, strict=True)
            if id not in unseen
        ]
        decided = self.decide_all(actor, site, wanted, bulk=bulk)
        if isinstance(decided, Refused):
            return decided
        outcomes = dict(zip((one.id for one in wanted), decided, strict=True))
        return [unseen.get(id) or outcomes[id] for id in ids]

    def decide_filter(
        self, actor: Actor, site: Site, chosen: Chosen, wish: Wanted, *, bulk: BulkId, cursor: str = ""
    ) -> Swept | Refused:
        """The same decision about all comments of a filter, 1,000 at a call, oldest first: `cursor` leads through them.

        What came after the time of the filter is left alone; `wish` is asked for its verb, reason and note.
        """
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        if chosen.lane is Lane.NOTICES:  # each is judged for itself
            return Refused(code=Code.NOT_ALLOWED_NOW)
        after = comment_id(cursor)
        if cursor and after is None:
            return Refused(code=Code.INVALID_CURSOR)
        if chosen.lane is not None:
            ids = self._queue.in_lane(site, chosen.lane, cursor=after, limit=AT_ONCE + 1)
        else:
            ids = self._queue.ids(site, chosen.status, cursor=after, limit=AT_ONCE + 1)
        meant = [id for id in ids if made_ms(id) < chosen.before_ms]
        now = meant[:AT_ONCE]
        outcomes = self.decide_today(actor, site, now, wish, bulk=bulk, before_ms=chosen.before_ms)
        if isinstance(outcomes, Refused):
            return outcomes
        more = now[-1] if len(meant) > AT_ONCE else ""
        return Swept(outcomes=tuple(zip(now, outcomes, strict=True)), next_cursor=more)

    def undo(self, actor: Actor, site: Site, bulk: BulkId) -> Undone | Refused:
        """All that the actor did in one step taken back, also when others were decided since; asked again, the rest."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        rows = self._decisions.bulk(site, actor.id, bulk, limit=AT_ONCE + 1)
        rows, more = rows[:AT_ONCE], len(rows) > AT_ONCE
        found = self._comments.find_all(site, [row.comment for row in rows], pages=False) if rows else []
        now_ms = self._clock()
        orders = [
            (order_of(actor, comment, Wanted(id=comment.id, version=0, verb=Verb.UNDO), now_ms=now_ms), row)
            for comment, row in zip(found, rows, strict=True)
            if comment
        ]
        outcomes = self._decisions.undo_all(site, orders) if orders else []
        done = tuple((row.comment, answer(outcome)) for (_, row), outcome in zip(orders, outcomes, strict=True))
        return Undone(bulk=bulk, outcomes=done, more=more)

    def undo_last(self, actor: Actor, site: Site) -> Outcome | Undone:
        """The actor's last step on this site reversed, a decision or a bulk; again for the one before, fifty deep."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        for row in self._decisions.mine(site, actor.id, limit=DEEP):
            if row.bulk is None:
                return self._moderation.undo(actor, row.id)
            undone = self.undo(actor, site, row.bulk)
            if isinstance(undone, Refused) or undone.outcomes:
                return undone
            self._decisions.forget(site, actor.id, row.id)  # too old: its step is no longer known
        return Refused(code=Code.NOTHING_TO_UNDO)

    def sizes(self, actor: Actor, site: Site, bulks: Sequence[BulkId]) -> list[int]:
        """How many decisions of the actor's own are left of each of these steps."""
        return self._decisions.bulk_sizes(site, actor.id, bulks) if bulks else []

    def _decided(
        self, actor: Actor, site: Site, wanted: Sequence[tuple[int, Wanted]], bulk: BulkId | None
    ) -> dict[int, Outcome]:
        """Outcomes by place; no comment is among these twice."""
        ids = [comment_id(one.id) for _, one in wanted]
        found = iter(self._comments.find_all(site, [id for id in ids if id], pages=False))
        now_ms = self._clock()
        outcomes: dict[int, Outcome] = {}
        orders = []
        for (at, one), id in zip(wanted, ids, strict=True):
            comment = next(found) if id else None
            one = one.about(comment) if comment else one
            after = judged(actor, site, comment, one) if comment else Refused(code=Code.NOT_FOUND)
            if comment is None or isinstance(after, Refused):
                outcomes[at] = after if isinstance(after, Refused) else Refused(code=Code.NOT_FOUND)
            else:
                orders.append((at, (order_of(actor, comment, one, now_ms=now_ms), after, one.version)))
        made = self._decisions.decide_all(site, [order for _, order in orders], bulk=bulk)
        return outcomes | {at: answer(outcome) for (at, _), outcome in zip(orders, made, strict=True)}


def _written_ms(comment: Comment) -> int:
    """When its author last wrote anew what is decided about; 0 for what is as it was first sent."""
    body = comment.newest.body
    return body.edited_ms if body else 0


def _rewritten(comment: Comment) -> Stale:
    return Stale(
        comment=comment.id,
        version=comment.version,
        status=comment.status,
        by=comment.decided_by,
        at_ms=comment.decided_ms,
        edited=comment.edit is not None,
    )
