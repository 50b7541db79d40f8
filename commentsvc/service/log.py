"""The decision log as it is looked through: filtered, page by page, and whole for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commentsvc.domain.decision import Decision, Verb
from commentsvc.domain.ids import BulkId, CommentId, DecisionId, bucket_of, decision_id, encode, made_ms, place
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId, bucket
from commentsvc.service.moderation import Logged
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions

LOOK_MAX = 5_000
"""Rows looked at for one page of a filtered log: about a tenth of a second."""
BATCH = 500
EXPORT_MAX = 100_000
STEP_MS = 24 * 3_600_000
"""A step of many is over so long after its page was made: its rows are looked for in that time only."""
CHAIN_MAX = 500
"""Rows about a single comment that are followed, a round trip each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which rows are wanted: what is empty asks for nothing. From `since_ms` on, and before `until_ms`."""

    by: str = ""
    verb: Verb | None = None
    reason: str = ""
    since_ms: int = 0
    until_ms: int = 0
    comment: CommentId | None = None
    thread: ThreadId | None = None
    bulk: BulkId | None = None

    @property
    def by_content(self) -> bool:
        """Whether rows must be read to know whether they are wanted; dates and the article's bucket are in the ids."""
        return bool(self.by or self.verb or self.reason or self.thread or self.bulk)

    @property
    def first_ms(self) -> int:
        """Nothing older is wanted."""
        return max(self.since_ms, made_ms(self.bulk) if self.bulk else 0)

    @property
    def end_ms(self) -> int:
        """Nothing from then on is wanted; 0 for no end."""
        ends = [self.until_ms, made_ms(self.bulk) + STEP_MS if self.bulk else 0]
        return min((end for end in ends if end), default=0)

    def wants(self, row: Decision) -> bool:
        """Whether this row is wanted, as far as the row itself says."""
        return (
            (not self.by or row.by == self.by)
            and (self.verb is None or row.verb is self.verb)
            and (not self.reason or row.reason == self.reason)
            and (not self.comment or row.comment == self.comment)
            and (not self.bulk or row.bulk == self.bulk)
            and self.since_ms <= row.at_ms
            and (not self.until_ms or row.at_ms < self.until_ms)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Searched(Logged):
    """Some rows of the log and the cursor to go on from; `back_to_ms` when the search stopped there for its length."""

    back_to_ms: int = 0


class Log:
    """Every method judges the actor's right on the site before it reads anything."""

    def __init__(self, *, comments: Comments, decisions: Decisions) -> None:
        self._comments = comments
        self._decisions = decisions

    def page(
        self, actor: Actor, site: Site, wanted: Filter, *, cursor: str = "", limit: int = 50
    ) -> Searched | Refused:
        """The newest wanted rows before `cursor`; with a filter at most LOOK_MAX rows are looked at for them."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        before = decision_id(cursor)
        if cursor and (before is None or place(before).site_number != site.number):
            return Refused(code=Code.INVALID_CURSOR)
        rows: list[Decision] = []
        looked, last = 0, None
        for ids, found in self._batches(site, wanted, before, size=BATCH if wanted.by_content else limit + 1):
            rows += found
            looked, last = looked + len(ids), ids[-1]
            if len(rows) > limit:
                return Searched(decisions=tuple(rows[:limit]), next_cursor=rows[limit - 1].id)
            if looked >= LOOK_MAX:
                return Searched(decisions=tuple(rows), next_cursor=last, back_to_ms=made_ms(last))
        return Searched(decisions=tuple(rows), next_cursor="")

    def export(self, actor: Actor, site: Site, wanted: Filter) -> Iterator[Sequence[Decision]] | Refused:
        """All wanted rows, newest first, some at a time; refused where more than EXPORT_MAX would be looked at."""
        if not actor.may(Right.EXPORT, site.key):
            return Refused(code=Code.FORBIDDEN)
        if not wanted.comment and self.size(actor, site, wanted) > EXPORT_MAX:
            return Refused(code=Code.TOO_MANY_ROWS)
        return (found for _, found in self._batches(site, wanted, None, size=BATCH) if found)

    def size(self, actor: Actor, site: Site, wanted: Filter) -> int:
        """How many rows the log has between the filter's dates."""
        since = _first_of(wanted.first_ms) if wanted.first_ms else None
        until = _first_of(wanted.end_ms) if wanted.end_ms else None
        return self._decisions.log_size(site, since=since, before=until) if actor.may(Right.READ, site.key) else 0

    def _batches(
        self, site: Site, wanted: Filter, before: DecisionId | None, *, size: int
    ) -> Iterator[tuple[list[DecisionId], list[Decision]]]:
        """The ids looked at and the wanted rows among them, newest first, until the log or the dates end."""
        if wanted.comment:
            chain = [row for row in self._chain(site, wanted.comment) if not before or row.id < before]
            if chain:
                yield [row.id for row in chain], [row for row in chain if wanted.wants(row)]
            return
        if wanted.end_ms:
            latest = _first_of(wanted.end_ms)
            before = min(before, latest) if before else latest
        while True:
            ids = self._decisions.log_ids(site, before=before, limit=size)
            inside = [id for id in ids if made_ms(id) >= wanted.first_ms]
            if inside:
                yield inside, self._wanted(site, wanted, inside)
            if len(inside) < size:
                return
            before = inside[-1]

    def _wanted(self, site: Site, wanted: Filter, ids: Sequence[DecisionId]) -> list[Decision]:
        thread = wanted.thread
        # The bucket is the article's: of a busy site's rows it leaves one in a thousand to be read.
        near = [id for id in ids if bucket_of(id) == bucket(thread)] if thread else list(ids)
        rows = [row for row in self._decisions.rows(site, near) if wanted.wants(row)] if near else []
        if not thread or not rows:
            return rows
        comments = self._comments.find_all(site, list(dict.fromkeys(row.comment for row in rows)))
        on_it = {comment.id for comment in comments if comment and comment.thread == thread}
        return [row for row in rows if row.comment in on_it]

    def _chain(self, site: Site, id: CommentId) -> Iterator[Decision]:
        """The rows about one comment, newest first: each names the one before it."""
        comment = self._comments.find(site, id) if place(id).site_number == site.number else None
        following = comment.decision if comment else None
        for _ in range(CHAIN_MAX):
            row = self._decisions.find(site, following) if following else None
            if row is None:
                return
            yield row
            following = row.previous


def _first_of(at_ms: int) -> DecisionId:
    """The least id of a moment: what was made before it sorts before, all that was made from it on after."""
    return DecisionId("dec_" + encode(at_ms << 82))
