"""What authors write in the place of what they sent: one script, whether that waits still or is published by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain import terms
from commentsvc.domain.comment import Body
from commentsvc.domain.decision import Status
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.store import near, records, scripts, signature
from commentsvc.store.decisions import Order, call
from commentsvc.store.entry import Triage, as_arguments
from commentsvc.store.keys import home
from commentsvc.store.scripts import Argument, Client
from commentsvc.store.search import Index


class Rewriting(StrEnum):
    """What became of an edit in the store; `changed`: the comment is no longer what it was when it was read."""

    OK = "ok"
    UNKNOWN = "unknown"
    CHANGED = "changed"
    TOO_MANY = "too_many"
    CLOSED = "closed"
    RESTRICTED = "restricted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewritten:
    """The store's verdict: for `ok` the comment's version, the lane and its author's approved comments here.

    `wait_ms` for `too_many`, `until_ms` for `restricted`.
    """

    verdict: Rewriting
    version: int = 0
    lane: Lane = Lane.NEW
    approved: int = 0
    wait_ms: int = 0
    until_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What an author wants: `order` about the comment as it was read, the new `body`, or None to take an edit back.

    `network` is the sender's, hashed; each network has so many `tries` in a window, submissions among them.
    """

    order: Order
    body: Body | None
    triage: Triage
    network: str
    tries: int
    window_ms: int


class Edits:
    """Every edit is a row of the log, and raises the version: nobody decides about a text that they have not seen."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._index = Index(client)

    def edit(self, site: Site, change: Change) -> Rewritten:
        """What became of it; when this returns, an edit that is `ok` is on disk. Two round trips."""
        comment = change.order.comment
        marks = near.marks(change.triage.bands)
        own = home(site, comment.id)
        while True:
            at = self._index.where(site, comment.id)
            segment, rows = ([at.ids, at.bits], [at.row, at.count]) if at else ([own.index, own.index], [0, 0])
            keys, args = call(
                site,
                change.order,
                [own.rate(change.network), own.index, *segment, *(own.near(bucket) for bucket, _ in marks)],
                [
                    comment.version,
                    records.packed(change.body) if change.body else "",
                    change.tries,
                    change.window_ms,
                    *rows,
                    signature.rows(_terms(change)),
                    *as_arguments(change.triage),
                    *(mark for _, mark in marks),
                ],
            )
            answer = scripts.run(self._client, "edit", keys, args)
            if answer[0] != b"elsewhere":
                return _rewritten(answer)

    def confirm(self, site: Site, change: Order) -> None:
        """Waits until what was written before is where it must be: an answer to it was lost, and it is asked again."""
        id, thread = change.comment.id, change.comment.thread
        key: list[Argument] = ["t", records.packed_ids(thread)]
        scripts.write(self._client, "HSET", home(site, id).comment(id[4:]), *key)


def _terms(change: Change) -> set[str]:
    """By what the comment is found: by both texts while it is published, whichever of them that will be in the end."""
    comment = change.order.comment
    texts = [change.body, comment.body if comment.status is Status.APPROVED else None]
    return set().union(*(terms.of_body(text, comment.thread) for text in texts if text))


def _rewritten(answer: Sequence[bytes]) -> Rewritten:
    verdict = Rewriting(answer[0].decode())
    match verdict:
        case Rewriting.OK:
            _, version, lane, approved = answer
            return Rewritten(verdict=verdict, version=int(version), lane=Lane(lane.decode()), approved=int(approved))
        case Rewriting.TOO_MANY:
            return Rewritten(verdict=verdict, wait_ms=int(answer[1]))
        case Rewriting.RESTRICTED:
            return Rewritten(verdict=verdict, until_ms=int(answer[1]))
    return Rewritten(verdict=verdict)
