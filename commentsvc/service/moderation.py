"""What moderators do: look through the queue, decide, undo, read the log."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Decision, Stale, Status, Verb
from commentsvc.domain.ids import CommentId, comment_id, decision_id, place
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article
from commentsvc.service.items import Item as Item
from commentsvc.service.items import Items
from commentsvc.service.sites import Sites
from commentsvc.service.wanted import Wanted as Wanted
from commentsvc.service.wanted import answer, judged, order_of
from commentsvc.store.cases import Cases
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Made
from commentsvc.store.queue import Lease as Lease
from commentsvc.store.queue import Queue


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """Some items and the cursor of those that follow, '' when there are none."""

    items: tuple[Item, ...]
    next_cursor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Logged:
    """Some rows of the log, newest first, and the cursor of older ones."""

    decisions: tuple[Decision, ...]
    next_cursor: str


class Moderation:
    """Every method judges the actor's right on the site before it reads or writes anything."""

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
        self._clock = clock

    def sites(self, actor: Actor) -> list[Site]:
        """The sites this actor may look at."""
        return [site for site in self._sites.all() if actor.may(Right.READ, site.key)]

    def counts(self, actor: Actor, site: Site) -> Mapping[Status, int] | Refused:
        """How many comments of the site have each status."""
        return self._queue.counts(site) if actor.may(Right.READ, site.key) else Refused(code=Code.FORBIDDEN)

    def listed(
        self,
        actor: Actor,
        site: Site,
        *,
        status: Status = Status.PENDING,
        lane: Lane | None = None,
        cursor: str = "",
        limit: int = 20,
    ) -> Listed | Refused:
        """Comments of one status with their context: the queue (or a lane of it) oldest first, the others newest first.

        In the lane of notices are published and refused comments, in the order in which they are due. A published
        comment whose edit waits is in the queue too.

        Five round trips for any number of items: ids, comments, then leases, threads and parents, and authors.
        """
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        after = comment_id(cursor)
        if cursor and after is None:
            return Refused(code=Code.INVALID_CURSOR)
        if lane is Lane.NOTICES:
            return self._brought(site, after, limit)
        if lane:
            ids = self._queue.in_lane(site, lane, cursor=after, limit=limit + 1)
        else:
            ids = self._queue.ids(site, status, cursor=after, limit=limit + 1, oldest_first=status is Status.PENDING)
        shown = ids[:limit]
        found = [comment for comment in self._comments.find_all(site, shown) if comment and _is(comment, status)]
        return Listed(items=self._items.of(site, found), next_cursor=shown[-1] if len(ids) > limit else "")

    def _brought(self, site: Site, after: CommentId | None, limit: int) -> Listed:
        ids = self._cases.waiting(site, after=after, limit=limit + 1)
        shown = ids[:limit]
        found = [comment for comment in self._comments.find_all(site, shown) if comment and comment.body]
        items = tuple(item for item in self._items.judged(site, found) if item.case.waits)
        return Listed(items=items, next_cursor=shown[-1] if len(ids) > limit else "")

    def item(self, actor: Actor, id: str) -> Item | Refused:
        """One comment with all its context."""
        found = self._found(actor, id)
        return found if isinstance(found, Refused) else self._items.whole(found[0], [found[1]])[0]

    def lease(self, actor: Actor, site: Site, ids: Sequence[CommentId]) -> Mapping[CommentId, Lease] | Refused:
        """Who holds each of these now: this actor where it was free, else who was first. Again to renew."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.lease(site, ids, holder=actor.id, now_ms=self._clock())

    def release(self, actor: Actor, site: Site, leases: Mapping[CommentId, int]) -> int | Refused:
        """How many of these leases (comment → fencing token) were given back."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._queue.release(site, leases, holder=actor.id)

    def decide(self, actor: Actor, wanted: Wanted) -> Made | Stale | Refused:
        """The decision made, or who decided meanwhile; asking the same again gets the same answer."""
        found = self._found(actor, wanted.id)
        if isinstance(found, Refused):
            return found
        site, comment = found
        after = judged(actor, site, comment, wanted)
        if isinstance(after, Refused):
            return after
        order = order_of(actor, comment, wanted, now_ms=self._clock())
        return answer(self._decisions.decide(site, order, after, seen=wanted.version))

    def undo(self, actor: Actor, id: str) -> Made | Stale | Refused:
        """The compensating decision; refused when the decision is not this actor's, stale when somebody acted since."""
        known = decision_id(id)
        site = self._sites.by_number(place(known).site_number) if known else None
        if known is None or site is None or not actor.may(Right.READ, site.key):
            return Refused(code=Code.NOT_FOUND)
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        row = self._decisions.find(site, known)
        comment = self._comments.find(site, row.comment) if row else None
        if row is None or comment is None:
            return Refused(code=Code.NOT_FOUND)
        wanted = Wanted(id=comment.id, version=row.version, verb=Verb.UNDO)
        order = order_of(actor, comment, wanted, now_ms=self._clock())
        return answer(self._decisions.undo(site, order, row))

    def undoable(self, actor: Actor, site: Site, *, limit: int = 5) -> list[Decision]:
        """What this actor could undo on this site, newest first."""
        return self._decisions.mine(site, actor.id, limit=limit) if actor.may_decide(site.key) else []

    def log(self, actor: Actor, site: Site, *, cursor: str = "", limit: int = 50) -> Logged | Refused:
        """The decision log, newest first."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        before = decision_id(cursor)
        if cursor and before is None:
            return Refused(code=Code.INVALID_CURSOR)
        rows = self._decisions.log(site, before=before, limit=limit + 1)
        shown = tuple(rows[:limit])
        return Logged(decisions=shown, next_cursor=shown[-1].id if len(rows) > limit else "")

    def author_names(
        self, actor: Actor, site: Site, decisions: Sequence[Decision]
    ) -> Mapping[CommentId, str] | Refused:
        """Who wrote the comments that these decisions are about, without those that were erased; one round trip."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        ids = list(dict.fromkeys(decision.comment for decision in decisions))
        found = self._comments.find_all(site, ids) if ids else []
        return {comment.id: comment.body.name for comment in found if comment and comment.body}

    def history(self, actor: Actor, id: str, *, limit: int = 50) -> list[Decision] | Refused:
        """Every decision about one comment, newest first: each row names the one before it; a round trip a row."""
        found = self._found(actor, id)
        if isinstance(found, Refused):
            return found
        site, comment = found
        rows: list[Decision] = []
        following = comment.decision
        while following and len(rows) < limit and (row := self._decisions.find(site, following)):
            rows.append(row)
            following = row.previous
        return rows

    def open_thread(
        self, actor: Actor, site: Site, article: Article, *, open: bool, hold: bool = False
    ) -> bool | Refused:
        """Opens or closes an article's comments, or opens them and holds all; whether that changed anything."""
        if not actor.may_decide(site.key):
            return Refused(code=Code.FORBIDDEN)
        return self._comments.open_thread(site, article, open=open, hold=hold, now_ms=self._clock())

    def _found(self, actor: Actor, id: str) -> tuple[Site, Comment] | Refused:
        known = comment_id(id)
        site = self._sites.by_number(place(known).site_number) if known else None
        # Another site's comment looks like one that does not exist: ids must tell nothing.
        if known is None or site is None or not actor.may(Right.READ, site.key):
            return Refused(code=Code.NOT_FOUND)
        comment = self._comments.find(site, known)
        return (site, comment) if comment else Refused(code=Code.NOT_FOUND)


def _is(comment: Comment, status: Status) -> bool:
    return comment.waits if status is Status.PENDING else comment.status is status
