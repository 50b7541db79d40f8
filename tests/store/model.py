"""What must be true of a store, as plain dictionaries: the machine's own memory of what was done."""

from collections import Counter
from dataclasses import dataclass, field

from commentsvc.domain.decision import Stale, Status
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store.decisions import Made

Place = tuple[int, int]
"""Which site, and which of its articles."""


@dataclass(kw_only=True)
class Row:
    """A decision; `undone` is what its undo answered, `undo` marks a compensating row."""

    id: str
    comment: str
    by: str
    before: Status
    after: Status
    undone: Made | None = None
    undo: bool = False


@dataclass(kw_only=True)
class Known:
    """A comment with how it was sent; `force` are the decisions in force, the last one last."""

    receipt: Receipt
    attempt: Attempt
    place: Place
    author: str
    parent: str
    status: Status = Status.PENDING
    version: int = 1
    by: str = ""
    at_ms: int = 0
    force: list[Row] = field(default_factory=list)

    @property
    def stale(self) -> Stale:
        """What somebody is told who decides too late."""
        return Stale(comment=self.receipt.id, version=self.version, status=self.status, by=self.by, at_ms=self.at_ms)


@dataclass(kw_only=True)
class Model:
    """All comments by id, the log, which articles are closed, the revisions of pages, how many tickets were used."""

    comments: dict[str, Known] = field(default_factory=dict)
    log: list[Row] = field(default_factory=list)
    closed: set[Place] = field(default_factory=set)
    revisions: Counter[Place] = field(default_factory=Counter)
    tickets: int = 0

    def moved(
        self, known: Known, made: Made, after: Status, by: str, at_ms: int, *, undo_of: Row | None = None
    ) -> None:
        """A comment changes its status, by a decision or by the undo of one."""
        before = known.status
        row = Row(id=made.id, comment=known.receipt.id, by=by, before=before, after=after, undo=undo_of is not None)
        self.log.append(row)
        if undo_of is None:
            known.force.append(row)
        else:
            known.force.pop()
            undo_of.undone = made
        known.status, known.version, known.by, known.at_ms = after, known.version + 1, by, at_ms
        assert made.version == known.version
        if Status.APPROVED in (before, after):
            self.changed(known.place, at_ms)

    def changed(self, place: Place, at_ms: int) -> None:
        """An article has a new public face: its revision is the time, or one more where that had its revision."""
        self.revisions[place] = max(self.revisions[place] + 1, at_ms)

    def undoable(self, site: int, who: str) -> list[Row]:
        """What somebody may take back on a site, oldest first."""
        return [
            row
            for row in self.log
            if row.by == who and not row.undo and row.undone is None and self.comments[row.comment].place[0] == site
        ]

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
