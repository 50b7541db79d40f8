"""What may become of a comment: the one table that scripts, buttons, keys and docs are derived from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.ids import BulkId, CommentId, DecisionId


class Status(StrEnum):
    """Where a comment stands; exactly one at a time. Only `approved` is ever public."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    ERASED = "erased"


class Verb(StrEnum):
    """What somebody can do to a comment. `undo` reverses another decision; `withdraw` and `edit` are its author's.

    `ask` and `edit` leave the status as it is: the comment waits on, or the edit of a published one waits. `turn_down`
    is about such an edit: the published text stays. `keep` leaves what was reported, and by `uphold` a decision holds
    against which its author appealed. `feature` publishes what waits, if it does, and sets it off for readers;
    `unfeature` ends that.
    """

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    NOT_SPAM = "not_spam"
    WITHDRAW = "withdraw"
    ASK = "ask"
    KEEP = "keep"
    UPHOLD = "uphold"
    EDIT = "edit"
    TURN_DOWN = "turn_down"
    FEATURE = "feature"
    UNFEATURE = "unfeature"
    UNDO = "undo"


TRANSITIONS: Mapping[tuple[Status, Verb], Status] = {
    (Status.PENDING, Verb.APPROVE): Status.APPROVED,
    (Status.PENDING, Verb.REJECT): Status.REJECTED,
    (Status.PENDING, Verb.SPAM): Status.SPAM,
    (Status.PENDING, Verb.FEATURE): Status.APPROVED,
    (Status.APPROVED, Verb.REJECT): Status.REJECTED,
    (Status.REJECTED, Verb.APPROVE): Status.APPROVED,
    (Status.SPAM, Verb.NOT_SPAM): Status.PENDING,
    (Status.PENDING, Verb.WITHDRAW): Status.ERASED,
    (Status.APPROVED, Verb.WITHDRAW): Status.ERASED,
    (Status.REJECTED, Verb.WITHDRAW): Status.ERASED,
    (Status.SPAM, Verb.WITHDRAW): Status.ERASED,
}

EDITED: Mapping[Verb, Status] = {
    Verb.APPROVE: Status.APPROVED,
    Verb.TURN_DOWN: Status.APPROVED,
    Verb.SPAM: Status.SPAM,
    Verb.REJECT: Status.REJECTED,
    Verb.WITHDRAW: Status.ERASED,
}
"""What may become of a published comment while its author's edit waits, instead of what the table says.

Only `approve` publishes the edit. `reject` is about the comment, as ever: it takes both texts down.
"""

EDITABLE = frozenset({Status.PENDING, Status.APPROVED})
"""What its author may still change."""

MODERATORS_VERBS = frozenset({Verb.APPROVE, Verb.REJECT, Verb.SPAM, Verb.NOT_SPAM})
"""What moderators decide about many at once; about an edit they can decide `turn_down` too."""
OVERRULING = frozenset({(Status.REJECTED, Verb.APPROVE), (Status.SPAM, Verb.NOT_SPAM)})
"""What reverses the verdict of whoever rejected: of a colleague's, only leads and admins may."""

JUDGING: Mapping[Verb, frozenset[Status]] = {
    Verb.KEEP: frozenset({Status.APPROVED}),
    Verb.UPHOLD: frozenset({Status.REJECTED, Status.SPAM}),
}
"""What answers a report or an appeal without changing anything, and the statuses in which it can."""

FEATURING: Mapping[Verb, bool] = {Verb.FEATURE: False, Verb.UNFEATURE: True}
"""What changes nothing about a published comment but whether it is featured, and whether it is so before.

While an edit of it waits that is decided first: nobody features a text that is about to be replaced.
"""

LEAVING = JUDGING.keys() | FEATURING.keys()
"""What leaves the words of a published or refused comment as they are, and the reason that its author reads."""

AUTHOR = "author"
"""Who decided, when it was the comment's own author by the receipt; no moderator can have this name."""

NOTE_MAX = 1_000
OWN_WORDS = "own"
"""The reason of every site beside those of its list: the note says it, and the author reads the note."""


def leads_to(status: Status, verb: Verb, *, edited: bool = False, featured: bool = False) -> Status | None:
    """What a comment becomes, None where that cannot be done to it; `edited` where an edit of it waits."""
    stays = status in JUDGING.get(verb, ()) or verb in featuring(status, edited=edited, featured=featured)
    return (EDITED.get(verb) if edited else TRANSITIONS.get((status, verb))) or (status if stays else None)


def featuring(status: Status, *, edited: bool, featured: bool) -> tuple[Verb, ...]:
    """What a moderator may do to feature a comment, or to end that."""
    if edited:
        return ()
    if status is Status.APPROVED:
        return tuple(verb for verb, before in FEATURING.items() if before is featured)
    return (Verb.FEATURE,) if (status, Verb.FEATURE) in TRANSITIONS else ()


def allowed(status: Status, *, edited: bool = False) -> tuple[Verb, ...]:
    """What a moderator may do with a comment of this status, in the table's order, whatever was brought against it."""
    if edited:
        return tuple(verb for verb in EDITED if verb is not Verb.WITHDRAW)
    return tuple(verb for (of, verb) in TRANSITIONS if of is status and verb in MODERATORS_VERBS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """One row of the log, for ever. `version` is the comment's after it; `undo_of` marks a compensating row.

    `previous` is the decision about the same comment before this one, `over` the one that was in force before it,
    `bulk` the id of the step that it was part of.
    """

    id: DecisionId
    comment: CommentId
    verb: Verb
    before: Status
    after: Status
    by: str
    at_ms: int
    version: int
    reason: str = ""
    note: str = ""
    undo_of: DecisionId | None = None
    undone_by: DecisionId | None = None
    previous: DecisionId | None = None
    over: DecisionId | None = None
    bulk: BulkId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """The comment is not what the moderator saw: who did what to it, and when; `version` is today's.

    `verb` is what they did, None where nobody has decided yet. It waits, `asked`, where who did that put it into the
    lane of colleagues. `edited` where an edit of it waits.
    """

    comment: CommentId
    version: int
    status: Status
    by: str
    at_ms: int
    verb: Verb | None = None
    asked: bool = False
    edited: bool = False
