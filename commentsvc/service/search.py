"""Comments found by what is in them, over the whole history of a site: for moderators only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, comment_id, made_ms
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.query import Kind, Query, parse
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.items import Item, Items
from commentsvc.store.comments import Comments
from commentsvc.store.queue import Queue
from commentsvc.store.search import Index, Source, Span

LOOKED_AT = 2_000
"""Comments that are read for one page at most."""

AT_ONCE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Comments that match, newest first, and the cursor of the next ones, '' when there are no more.

    `query` is what was understood, with what was not in `query.ignored`. `back_to_ms`: the search stopped there for
    its length, and older comments may follow by the cursor; 0 when it did not.
    """

    query: Query
    items: tuple[Item, ...]
    next_cursor: str
    back_to_ms: int = 0


class Search:
    """Everything is bounded: what is typed, what is read for one page, and the page."""

    def __init__(
        self, *, comments: Comments, queue: Queue, index: Index, items: Items, clock: Callable[[], int]
    ) -> None:
        self._comments = comments
        self._queue = queue
        self._index = index
        self._items = items
        self._clock = clock

    def find(self, actor: Actor, site: Site, text: str, *, cursor: str = "", limit: int = 20) -> Found | Refused:
        """The next comments that match what was typed; all comments, newest first, where nothing was."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        below = comment_id(cursor)
        if cursor and below is None:
            return Refused(code=Code.INVALID_CURSOR)
        query = parse(text, site=site, now_ms=self._clock())
        source = self._source(site, query, below)
        found = self._matching(site, query, source, limit + 1)
        items = self._items.of(site, found[:limit])
        if len(found) > limit:
            return Found(query=query, items=items, next_cursor=found[limit - 1].id)
        further = source.resume
        if further is None:
            return Found(query=query, items=items, next_cursor="")
        return Found(query=query, items=items, next_cursor=further, back_to_ms=made_ms(further))

    def _source(self, site: Site, query: Query, below: CommentId | None) -> Source:
        if named := query.wanted(Kind.ID):
            return _Named([CommentId(one.value) for one in named])
        span = Span(below=below, from_ms=query.after_ms, before_ms=query.before_ms)
        if query.terms and not self._are_few(site, query.statuses):
            thread = next((one.thread for one in query.wanted(Kind.ARTICLE) if one.thread), None)
            return self._index.by_terms(site, query.terms, span, thread=thread)
        return self._index.by_status(site, query.statuses, span)

    def _are_few(self, site: Site, statuses: Sequence[Status]) -> bool:
        """Whether all comments of these statuses can be read for one page: then that is quicker, and complete."""
        if len(statuses) == len(Status):
            return False
        counts = self._queue.counts(site)
        return sum(counts[status] for status in statuses) <= LOOKED_AT

    def _matching(self, site: Site, query: Query, source: Source, wanted: int) -> list[Comment]:
        """The first comments that match."""
        found: list[Comment] = []
        looked, count = 0, wanted
        while len(found) < wanted and looked < LOOKED_AT:
            ids = source.next(min(count, LOOKED_AT - looked))
            if not ids:
                break
            found += [one for one in self._comments.find_all(site, ids) if one and query.matches(one)]
            looked, count = looked + len(ids), AT_ONCE
        return found


class _Named:
    """Comments whose ids were typed."""

    def __init__(self, ids: Sequence[CommentId]) -> None:
        self._ids = list(ids)

    def next(self, count: int) -> list[CommentId]:
        """All of them, once."""
        ids, self._ids = self._ids, []
        return ids

    @property
    def resume(self) -> CommentId | None:
        """Nothing is left."""
        return None
