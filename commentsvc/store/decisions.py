"""Decisions in Redis: compare with what was seen, move, log, all in one script; undo is a row, never a deletion."""

from collections.abc import Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import AUTHOR, TRANSITIONS, Decision, Stale, Status, Verb
from commentsvc.domain.ids import DecisionId, made_ms, place
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import home
from commentsvc.store.merge import newest, partitions
from commentsvc.store.scripts import Argument, Client


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A decision that holds: its id and the comment's version after it."""

    id: DecisionId
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmade:
    """Why a decision could not be made: `unknown`, `not_yours` or `undo` (an undo cannot be undone)."""

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A decision to be made about a comment as it was read."""

    id: DecisionId
    comment: Comment
    verb: Verb
    by: str
    at_ms: int
    reason: str = ""
    note: str = ""


Outcome = Made | Stale | Unmade


class Decisions:
    """Every change of status, and the log of them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def decide(self, site: Site, order: Order, after: Status, *, seen: int) -> Outcome:
        """The decision made if the comment is still at version `seen`, else who was faster.

        The same decision by the same person again is a retry and gets the first one's answer.
        """
        return self._run("decide", site, order, [], [seen, order.comment.status, after])

    def ask(self, site: Site, order: Order, *, seen: int) -> Outcome:
        """The waiting comment put into the lane of colleagues, if it is still at version `seen`."""
        return self._run("ask", site, order, [], [seen])

    def withdraw(self, site: Site, order: Order) -> Outcome:
        """The author's own removal, whatever the comment's status is by now."""
        possible: list[Argument] = [before for (before, verb) in TRANSITIONS if verb is Verb.WITHDRAW]
        return self._run("withdraw", site, order, [], possible)

    def undo(self, site: Site, order: Order, reversed_id: DecisionId) -> Outcome:
        """The compensating decision made, or who acted in between."""
        key = home(site, reversed_id).decision(reversed_id[4:])
        return self._run("undo", site, order, [key], [records.packed_ids(reversed_id[4:]), made_ms(reversed_id)])

    def find(self, site: Site, id: DecisionId) -> Decision | None:
        """One row of the log, or None."""
        if place(id).site_number != site.number:
            return None
        pairs = self._client.hgetall(home(site, id).decision(id[4:]))
        return records.decision(id, pairs) if pairs else None  # type: ignore[arg-type]  # stubs say Awaitable

    def log(self, site: Site, *, before: DecisionId | None, limit: int) -> list[Decision]:
        """Rows of the log, newest first, older than `before`; two round trips."""
        return self.rows(site, self.log_ids(site, before=before, limit=limit))

    def log_ids(self, site: Site, *, before: DecisionId | None, limit: int) -> list[DecisionId]:
        """Ids of the log, newest first, older than `before`, in one round trip."""
        keys = {number: keys.log for number, keys in partitions(site)}
        bodies = newest(self._client, keys, before=before[4:] if before else "", limit=limit)
        return [DecisionId("dec_" + body) for body in bodies]

    def log_size(self, site: Site, *, since: DecisionId | None, before: DecisionId | None) -> int:
        """How many rows the log has from `since` on and older than `before`, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for _, keys in partitions(site):
            first = b"[" + records.packed_ids(since[4:]) if since else "-"
            pipe.zlexcount(keys.log, first, b"(" + records.packed_ids(before[4:]) if before else "+")
        return sum(pipe.execute())

    def mine(self, site: Site, moderator: str, *, limit: int) -> list[Decision]:
        """What this moderator could undo, newest first."""
        keys = {number: keys.mine(moderator) for number, keys in partitions(site)}
        bodies = newest(self._client, keys, before="", limit=limit)
        return self.rows(site, [DecisionId("dec_" + body) for body in bodies])

    def rows(self, site: Site, ids: Sequence[DecisionId]) -> list[Decision]:
        """The rows with these ids, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for id in ids:
            pipe.hgetall(home(site, id).decision(id[4:]))
        return [records.decision(id, pairs) for id, pairs in zip(ids, pipe.execute(), strict=True)]

    def _run(self, script: str, site: Site, order: Order, more_keys: list[str], more_args: list[Argument]) -> Outcome:
        comment = order.comment
        keys = home(site, comment.id)
        own = keys.comment(comment.id[4:])
        body = comment.body
        answer = scripts.run(
            self._client,
            script,
            [
                own,
                keys.thread(comment.thread),
                keys.approved(comment.thread),
                keys.order(comment.thread),
                keys.author(body.author_key if body else AUTHOR),
                keys.comment(comment.parent[4:]) if comment.parent else own,
                keys.leases,
                keys.log,
                keys.events,
                keys.decision(order.id[4:]),
                *(keys.status(status) for status in Status),
                keys.mine(order.by),
                keys.waiting(comment.thread),
                *keys.lanes,
                keys.later,
                *more_keys,
            ],
            [
                records.packed_ids(comment.id[4:]),
                records.packed_ids(comment.path),
                records.packed_ids(order.id[4:]),
                order.verb,
                order.by,
                order.at_ms,
                order.reason,
                order.note,
                *more_args,
            ],
        )
        return _outcome(order, answer)


def _outcome(order: Order, answer: Sequence[bytes]) -> Outcome:
    word = answer[0].decode()
    if word == "ok":
        return Made(id=order.id, version=int(answer[1]))
    if word == "again":
        return Made(id=DecisionId("dec_" + answer[2].decode()), version=int(answer[1]))
    if word == "stale":
        _, version, status, by, last, lane = answer
        return Stale(
            comment=order.comment.id,
            version=int(version),
            status=Status(status.decode()),
            by=by.decode(),
            at_ms=made_ms(DecisionId("dec_" + last.decode())) if last else 0,
            lane=Lane(lane.decode()),
        )
    return Unmade(why=word)
