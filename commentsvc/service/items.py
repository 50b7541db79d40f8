"""Comments with what is needed to judge them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from commentsvc.domain.author import Restriction
from commentsvc.domain.case import NOTHING, Case
from commentsvc.domain.comment import Comment, Thread
from commentsvc.domain.decision import Decision, Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store.authors import Author, Authors
from commentsvc.store.cases import Cases
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions
from commentsvc.store.queue import Lease, Queue

STRIP = 5
"""Comments of the same author that a card shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A waiting comment that says nearly the same, at its present version."""

    id: CommentId
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A comment with what is needed to judge it. `author` counts all comments of the same author by status.

    `restriction` is what is laid on the author at present. Only a whole one has the rest: `strip` are the author's
    newest other comments, `notes` how many there are on the author, `asked` the question to a colleague
    because of which it waits in that lane, `verb` what was last decided about one that was judged, `near` those that
    wait and say nearly the same, to be decided with it, and `case` what readers brought against it.
    """

    comment: Comment
    thread: Thread
    parent: Comment | None
    author: Mapping[Status, int] = field(default_factory=dict)
    lease: Lease | None = None
    restriction: Restriction | None = None
    strip: tuple[Comment, ...] = ()
    notes: int = 0
    asked: Decision | None = None
    verb: Verb | None = None
    near: tuple[Near, ...] = ()
    case: Case = NOTHING


class Items:
    """What surrounds comments, read for many of them at once."""

    def __init__(
        self,
        *,
        comments: Comments,
        decisions: Decisions,
        queue: Queue,
        authors: Authors,
        cases: Cases,
        clock: Callable[[], int],
    ) -> None:
        self._comments = comments
        self._decisions = decisions
        self._queue = queue
        self._authors = authors
        self._cases = cases
        self._clock = clock

    def of(self, site: Site, comments: Sequence[Comment]) -> tuple[Item, ...]:
        """The items of these comments; four round trips for any number of them, five where parents are published."""
        return self._items(site, comments, self._found(site, comments))

    def whole(self, site: Site, comments: Sequence[Comment]) -> tuple[Item, ...]:
        """The same with strips, notes, questions and cases; at most three round trips more."""
        authors = self._found(site, comments)
        starts = [(author.key, author.last) for author in authors.values()]
        found = self._authors.comments(site, starts, limit=STRIP + 1) if starts else []
        strips = {key: strip for (key, _), (strip, _) in zip(starts, found, strict=True)}
        asked, verbs = self._told(site, comments)
        cases = self._cases.find_all(site, [comment.id for comment in comments])
        return tuple(
            replace(
                item,
                strip=_others(item.comment, strips.get(_author_key(item.comment), [])),
                notes=authors[key].notes if (key := _author_key(item.comment)) else 0,
                asked=asked.get(item.comment.id),
                verb=verbs.get(item.comment.id),
                case=case,
            )
            for item, case in zip(self._items(site, comments, authors), cases, strict=True)
        )

    def judged(self, site: Site, comments: Sequence[Comment]) -> tuple[Item, ...]:
        """The items of these comments with what was brought against each; a round trip more."""
        cases = self._cases.find_all(site, [comment.id for comment in comments])
        return tuple(replace(item, case=case) for item, case in zip(self.of(site, comments), cases, strict=True))

    def _found(self, site: Site, comments: Sequence[Comment]) -> dict[str, Author]:
        keys = list(dict.fromkeys(key for c in comments if (key := _author_key(c))))
        return {author.key: author for author in self._authors.find(site, keys)}

    def _items(self, site: Site, comments: Sequence[Comment], authors: Mapping[str, Author]) -> tuple[Item, ...]:
        if not comments:
            return ()
        now_ms = self._clock()
        holders = self._queue.holders(site, [c.id for c in comments], now_ms=now_ms)
        on = list(dict.fromkeys(c.thread for c in comments))
        threads: dict[ThreadId, Thread] = {thread.id: thread for thread in self._comments.threads(site, on)}
        wanted = list(dict.fromkeys(c.parent for c in comments if c.parent))
        parents = {c.id: c for c in self._comments.find_all(site, wanted) if c} if wanted else {}
        return tuple(
            Item(
                comment=comment,
                thread=threads[comment.thread],
                parent=parents.get(comment.parent) if comment.parent else None,
                author=authors[key].counts if (key := _author_key(comment)) else {},
                restriction=_in_force(authors[key].restriction, now_ms) if key else None,
                lease=holders.get(comment.id),
            )
            for comment in comments
        )

    def _told(self, site: Site, comments: Sequence[Comment]) -> tuple[dict[CommentId, Decision], dict[CommentId, Verb]]:
        """Questions to colleagues that are in force, and what was last done to what was judged; in one round trip."""
        lanes = {c.id: one.lane for c in comments if (one := c.waiting)}
        asks = {c.id: c.in_force for c in comments if c.in_force and lanes.get(c.id) is Lane.COLLEAGUE}
        last = {c.id: c.decision for c in comments if c.decision and c.status is not Status.PENDING}
        about = list(dict.fromkeys([*asks.values(), *last.values()]))
        rows = {row.id: row for row in self._decisions.rows(site, about)} if about else {}
        return (
            {id: rows[of] for id, of in asks.items() if of in rows and rows[of].verb is Verb.ASK},
            {id: rows[of].verb for id, of in last.items() if of in rows},  # the status does not say it
        )


def _in_force(restriction: Restriction | None, now_ms: int) -> Restriction | None:
    return restriction if restriction and restriction.in_force(now_ms) else None


def _author_key(comment: Comment) -> str:
    return comment.body.author_key if comment.body else ""


def _others(comment: Comment, strip: Sequence[Comment]) -> tuple[Comment, ...]:
    return tuple(other for other in strip if other.id != comment.id)[:STRIP]
