"""What must be true of a store, as plain dictionaries: the machine's own memory of what was done."""

from collections import Counter
from dataclasses import dataclass, field

from commentsvc.domain.decision import AUTHOR, FEATURING, Stale, Status, Verb
from commentsvc.domain.lane import Lane
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store.decisions import Made

Text = tuple[str, int]
"""Words, and when they were written in the place of others, 0 for the first ones."""

Place = tuple[int, int]
"""Which site, and which of its articles."""


@dataclass(kw_only=True)
class Held:
    """A lease."""

    holder: str
    token: int
    until_ms: int


@dataclass(kw_only=True)
class Row:
    """A decision; `undone` is what its undo answered, `undo` marks a compensating row.

    `bulk` is the step that it was part of; `passed` says that the step was undone without it. `lane` is where the
    comment waited before a question, `texts` what it said before, and what it would say, `featured` whether it was.
    """

    id: str
    comment: str
    by: str
    before: Status
    after: Status
    at_ms: int = 0
    undone: Made | None = None
    undo: bool = False
    bulk: str = ""
    passed: bool = False
    lane: Lane | None = None
    texts: tuple[Text, Text | None]
    featured: bool


@dataclass(kw_only=True)
class Known:
    """A comment with how it was sent; `force` are the decisions in force, the last one last.

    It says `said`; while it is published an `edit` may wait, in the lane `edit_lane`. `lease` is the last one, in force
    or not; it is put off until `later_ms`.
    """

    receipt: Receipt
    attempt: Attempt
    place: Place
    author: str
    parent: str
    status: Status = Status.PENDING
    version: int = 1
    by: str = ""
    at_ms: int = 0
    verb: Verb | None = None
    featured: bool = False
    force: list[Row] = field(default_factory=list)
    lane: Lane = Lane.NEW
    said: Text
    edit: Text | None = None
    edit_lane: Lane = Lane.NEW
    lease: Held | None = None
    later_ms: int = 0

    @property
    def stale(self) -> Stale:
        """What somebody is told who decides too late."""
        asked = self.waits and self.waiting_lane is Lane.COLLEAGUE
        return Stale(
            comment=self.receipt.id,
            version=self.version,
            status=self.status,
            by=self.by,
            at_ms=self.at_ms,
            verb=self.verb,
            asked=asked,
            edited=self.edit is not None,
        )

    @property
    def waits(self) -> bool:
        """Whether it, or an edit of it, is in the queue."""
        return self.status is Status.PENDING or self.edit is not None

    @property
    def waiting_lane(self) -> Lane:
        """In which lane it waits, or waited."""
        return self.lane if self.edit is None else self.edit_lane

    def put(self, lane: Lane) -> None:
        """What waits of it goes to another lane."""
        if self.edit is None:
            self.lane = lane
        else:
            self.edit_lane = lane

    def near(self, other: "Known") -> bool:
        """Whether the two are decided together: they wait and say the same, and neither is an edit."""
        return self is other or (self.edit is None and other.edit is None and self.said[0] == other.said[0])

    def holder(self, now_ms: int) -> str:
        """Who holds it now, or ''."""
        return self.lease.holder if self.lease and self.lease.until_ms > now_ms else ""


@dataclass(kw_only=True)
class Model:
    """All comments by id, the log, which articles are closed, the revisions of pages, how many tickets were used.

    `restricted` says until when an author is on a site, with 0 for one who is always held.
    """

    comments: dict[str, Known] = field(default_factory=dict)
    log: list[Row] = field(default_factory=list)
    closed: set[Place] = field(default_factory=set)
    revisions: Counter[Place] = field(default_factory=Counter)
    tickets: int = 0
    restricted: dict[tuple[int, str], int] = field(default_factory=dict)

    def moved(
        self,
        known: Known,
        made: Made,
        verb: Verb,
        after: Status,
        by: str,
        at_ms: int,
        *,
        undo_of: Row | None = None,
        bulk: str = "",
    ) -> Row:
        """A comment changes its status, by a decision or by the undo of one; its lease and putting off end.

        An edit that waits is published by an approval; what is no question and no answer to a case puts it away. What
        is featured stays so until somebody ends that, or it is published no more.
        """
        before, face = known.status, (known.said, known.featured)
        row = Row(
            id=made.id,
            comment=known.receipt.id,
            by=by,
            before=before,
            after=after,
            at_ms=at_ms,
            undo=undo_of is not None,
            bulk=bulk,
            texts=(known.said, known.edit),
            featured=known.featured,
        )
        self.log.append(row)
        known.lease, known.later_ms = None, 0
        if undo_of is None:
            known.force.append(row)
            if known.edit is not None and verb is Verb.APPROVE:
                known.said = known.edit
            if verb not in (Verb.ASK, Verb.KEEP, Verb.UPHOLD):
                known.edit = None
            chosen = known.featured if verb not in FEATURING else verb is Verb.FEATURE
            known.featured = chosen and after is Status.APPROVED
        else:
            (known.said, known.edit), known.featured = undo_of.texts, undo_of.featured
            known.force.pop()
            undo_of.undone = made
        known.status, known.version, known.by, known.at_ms, known.verb = after, known.version + 1, by, at_ms, verb
        assert made.version == known.version
        if (before is not after and Status.APPROVED in (before, after)) or (known.said, known.featured) != face:
            self.changed(known.place, at_ms)
        return row

    def edited(self, known: Known, made: Made, text: Text, lane: Lane) -> None:
        """Its author writes it anew: what is published stays, and what it says already takes back what waits."""
        row = Row(
            id=made.id,
            comment=known.receipt.id,
            by=AUTHOR,
            before=known.status,
            after=known.status,
            at_ms=text[1],
            texts=(known.said, known.edit),
            featured=known.featured,
        )
        self.log.append(row)
        known.force.append(row)
        known.lease, known.later_ms = None, 0
        known.version, known.by, known.at_ms, known.verb = known.version + 1, AUTHOR, text[1], Verb.EDIT
        assert made.version == known.version
        if known.status is Status.PENDING:
            known.said, known.lane = text, lane
        else:
            known.edit, known.edit_lane = (None if text[0] == known.said[0] else text), lane

    def changed(self, place: Place, at_ms: int) -> None:
        """An article has a new public face: its revision is the time, or one more where that had its revision."""
        self.revisions[place] = max(self.revisions[place] + 1, at_ms)

    def undoable(self, site: int, who: str) -> list[Row]:
        """What somebody may take back on a site, oldest first."""
        return [
            row
            for row in self.log
            if row.by == who
            and not (row.undo or row.undone or row.passed)
            and self.comments[row.comment].place[0] == site
        ]

    def lane_of(self, site: int, author: str, *, slow: bool) -> Lane:
        """Where a new comment waits: that of the strongest rule of those that a site begins with."""
        approved = any(
            known.author == author and known.place[0] == site and known.status is Status.APPROVED
            for known in self.comments.values()
        )
        if not slow:
            return Lane.LIKELY_SPAM
        if self.restricted.get((site, author)) == 0:
            return Lane.HELD
        return Lane.NEW if approved else Lane.FIRST_TIME

    def waiting(self, site: int) -> list[Known]:
        """What waits on a site, oldest first."""
        return [known for known in self.comments.values() if known.place[0] == site and known.waits]

    def buffer(self, site: int, lane: Lane | None, who: str, now_ms: int, *, limit: int) -> list[list[Known]]:
        """The clusters that somebody is handed out, each with its oldest free one first."""
        waiting = self.waiting(site)
        free = [known for known in waiting if known.later_ms <= now_ms and known.holder(now_ms) in ("", who)]
        clusters: list[list[Known]] = []
        taken: list[Known] = []
        for first in free:
            if lane not in (None, first.waiting_lane) or any(first is one for one in taken):
                continue
            same = [one for one in waiting if one.near(first) and not any(one is other for other in taken)]
            taken += same
            clusters.append([first, *(one for one in same if one is not first)])
        return clusters[:limit]

    def approved(self, place: Place) -> list[str]:
        """The ids of an article's public comments, oldest first."""
        return [id for id, known in self.comments.items() if known.place == place and known.status is Status.APPROVED]

    def replies(self, parent: str) -> int:
        """How many public replies a comment has."""
        return sum(known.parent == parent and known.status is Status.APPROVED for known in self.comments.values())

    def path(self, id: str) -> str:
        """The ids of a comment's ancestors, six at most, and its own, without prefixes."""
        parent = self.comments[id].parent
        return (self.path(parent)[: 26 * 6] if parent else "") + id[4:]
