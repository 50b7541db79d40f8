"""A submission on its way into the store: what `submit.lua` is given, and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from commentsvc.domain.comment import Body
from commentsvc.domain.fingerprint import TEXT_BANDS
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import WHOLE_ARTICLE, Hit, RuleKind
from commentsvc.domain.thread import Article
from commentsvc.store import near, records
from commentsvc.store.scripts import Argument

ALWAYS_HELD = Hit(rule="author", kind=RuleKind.AUTHOR, lane=Lane.HELD)
ALL_HELD = Hit(rule=WHOLE_ARTICLE, kind=RuleKind.AUTHOR, lane=Lane.HELD)


class Verdict(StrEnum):
    """What became of a submission in the store."""

    ACCEPTED = "accepted"
    AGAIN = "again"
    REUSED = "reused"
    TOO_MANY = "too_many"
    USED = "used"
    CLOSED = "closed"
    PARENT = "parent"
    WRONG = "wrong"
    RESTRICTED = "restricted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """A threshold that only the store can compare, and the hit where it is passed."""

    number: int
    hit: Hit


@dataclass(frozen=True, kw_only=True, slots=True)
class Triage:
    """Why a comment waits and where: `hits` are the text's, the others are compared with what the store knows.

    `first_time`: fewer approved comments than this, `approved_elsewhere` of them in other partitions; `repeat`: so many
    near-identical ones before; `held`: for an author who is always held. `bands` are as in domain/fingerprint.py.
    """

    hits: tuple[Hit, ...] = ()
    lane: Lane = Lane.NEW
    first_time: Watch | None = None
    approved_elsewhere: int = 0
    repeat: Watch | None = None
    held: Hit = ALWAYS_HELD
    bands: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Everything `submit.lua` needs. `once` is the idempotency key's hash, `digest` that of what is submitted."""

    article: Article
    body: Body
    parent: CommentId | None
    code_right: bool
    nonce: str
    use_kept_ms: int
    once: str
    digest: str
    once_kept_ms: int
    network: str
    tries: int
    window_ms: int
    author_kept_ms: int
    triage: Triage = field(default_factory=Triage)


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """The store's verdict: the comment's id for `accepted` and `again`, milliseconds to wait for `too_many`.

    `accepted` says too in which lane it waits and how many `approved` comments its author has in this partition;
    `restricted` until when.
    """

    verdict: Verdict
    id: CommentId | None = None
    wait_ms: int = 0
    until_ms: int = 0
    lane: Lane = Lane.NEW
    approved: int = 0


def as_arguments(triage: Triage) -> Iterator[Argument]:
    """The arguments 16 to 31 of `submit.lua`."""
    yield triage.lane
    yield len(triage.hits)
    yield b"".join(map(records.packed_hit, triage.hits))
    yield from _watch(triage.first_time)
    yield triage.approved_elsewhere
    yield from _watch(triage.repeat)
    yield triage.held.lane
    yield records.packed_hit(triage.held)
    yield near.KEPT_MS
    yield ALL_HELD.lane
    yield records.packed_hit(ALL_HELD)
    yield min(len(triage.bands), TEXT_BANDS)


def _watch(watch: Watch | None) -> tuple[Argument, Argument, Argument]:
    return (watch.number, watch.hit.lane, records.packed_hit(watch.hit)) if watch else (0, "", "")
