"""Decisions in Redis: compare with what was seen, move, log, all in one script; undo is a row, never a deletion."""

from collections.abc import Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import AUTHOR, LEAVING, TRANSITIONS, Decision, Stale, Status, Verb
from commentsvc.domain.ids import BulkId, DecisionId, made_ms, place
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import home
from commentsvc.store.merge import newest, partitions
from commentsvc.store.numbers import hour_of
from commentsvc.store.scripts import Argument, Client
from commentsvc.store.search import Index

BULK_KEPT_MS = 30 * 24 * 3_600_000
"""For so long many decisions can be undone as one step."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """A decision that holds: its id and the comment's version after it."""

    id: DecisionId
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmade:
    """Why a decision could not be made, e.g. `unknown`, `not_yours` or `undo` (an undo cannot be undone).

    `no_case`: nothing waits that this could answer, or it is so already. `first`: an appeal is judged by a person who
    did not decide first.
    """

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

    @property
    def edit(self) -> str:
        """What becomes of an edit that waits, as `decide.lua` says it."""
        if self.comment.edit is None:
            return ""
        if self.verb in LEAVING:
            return "leave"
        return "adopt" if self.verb is Verb.APPROVE else "drop"


Outcome = Made | Stale | Unmade


class Decisions:
    """Every change of status, and the log of them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._index = Index(client)

    def decide(self, site: Site, order: Order, after: Status, *, seen: int) -> Outcome:
        """The decision made if the comment is still at version `seen`, else who was faster.

        The same decision by the same person again is a retry and gets the first one's answer.
        """
        return self.decide_all(site, [(order, after, seen)])[0]

    def decide_all(
        self, site: Site, orders: Sequence[tuple[Order, Status, int]], *, bulk: BulkId | None = None
    ) -> list[Outcome]:
        """The same for many, each by itself, in one round trip to each server concerned for 200 of them.

        With a `bulk` they are one step to undo, and what is added to it later is part of the same step.
        """
        step = bulk[4:] if bulk else ""
        return self._run_all(
            "decide",
            site,
            [
                (
                    order,
                    [home(site, order.comment.id).bulk(order.by, step)] if step else [],
                    [seen, order.comment.status, after, step, BULK_KEPT_MS, order.edit],
                )
                for order, after, seen in orders
            ],
        )

    def ask(self, site: Site, order: Order, *, seen: int) -> Outcome:
        """What waits of a comment put into the lane of colleagues, if that is still at version `seen`."""
        return self._run_all("ask", site, [(order, [], [seen])])[0]

    def withdraw(self, site: Site, order: Order) -> Outcome:
        """The author's own removal, whatever the comment's status is by now; nothing of it can be searched for then."""
        possible: list[Argument] = [before for (before, verb) in TRANSITIONS if verb is Verb.WITHDRAW]
        own, id = home(site, order.comment.id), order.comment.id[4:]
        liked = [own.likers(id), own.liked(order.comment.thread)]
        while True:
            at = self._index.where(site, order.comment.id)
            keys, rows = ([at.ids, at.bits], [at.row, at.count]) if at else ([], [0, 0])
            outcome = self._run_all("withdraw", site, [(order, [*liked, *keys], [*rows, *possible])])[0]
            if outcome != Unmade(why="elsewhere"):
                return outcome

    def undo(self, site: Site, order: Order, row: Decision) -> Outcome:
        """The compensating decision made, or who acted in between."""
        return self.undo_all(site, [(order, row)], whole=False)[0]

    def undo_all(self, site: Site, orders: Sequence[tuple[Order, Decision]], *, whole: bool = True) -> list[Outcome]:
        """The same for many; where the `whole` bulk is undone, what cannot be is no part of it any more."""
        return self._run_all(
            "undo",
            site,
            [
                (
                    order,
                    [
                        home(site, row.id).decision(row.id[4:]),
                        *([home(site, row.id).bulk(order.by, row.bulk[4:])] if row.bulk else []),
                    ],
                    [records.packed_ids(row.id[4:]), row.at_ms, "bulk" if whole else ""],
                )
                for order, row in orders
            ],
        )

    def bulk(self, site: Site, moderator: str, bulk: BulkId, *, limit: int) -> list[Decision]:
        """What this moderator decided in one step and has not taken back, newest first; two round trips."""
        keys = {number: keys.bulk(moderator, bulk[4:]) for number, keys in partitions(site)}
        bodies = newest(self._client, keys, before="", limit=limit)
        return self.rows(site, [DecisionId("dec_" + body) for body in bodies])

    def bulk_sizes(self, site: Site, moderator: str, bulks: Sequence[BulkId]) -> list[int]:
        """How many decisions are left of each of these steps, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for bulk in bulks:
            for _, keys in partitions(site):
                pipe.zcard(keys.bulk(moderator, bulk[4:]))
        sizes: list[int] = pipe.execute()
        return [sum(sizes[at * site.partitions : (at + 1) * site.partitions]) for at in range(len(bulks))]

    def forget(self, site: Site, moderator: str, id: DecisionId) -> None:
        """Takes a decision off the list of what its moderator can undo, where its step can be undone no more."""
        self._client.zrem(home(site, id).mine(moderator), records.packed_ids(id[4:]))

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

    def _run_all(
        self, script: str, site: Site, orders: Sequence[tuple[Order, list[str], list[Argument]]]
    ) -> list[Outcome]:
        calls = [call(site, order, more_keys, more_args) for order, more_keys, more_args in orders]
        answers = scripts.run_all(self._client, script, calls)
        return [_outcome(order, answer) for (order, _, _), answer in zip(orders, answers, strict=True)]


def call(site: Site, order: Order, more_keys: list[str], more_args: list[Argument]) -> tuple[list[str], list[Argument]]:
    """The keys and arguments of `move.lua`."""
    comment = order.comment
    keys = home(site, comment.id)
    own = keys.comment(comment.id[4:])
    return (
        [
            own,
            keys.thread(comment.thread),
            keys.approved(comment.thread),
            keys.order(comment.thread),
            keys.author(comment.body.author_key if comment.body else AUTHOR),
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
            keys.hour(hour_of(order.at_ms)),
            keys.reports(comment.id[4:]),
            keys.appeal(comment.id[4:]),
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


def _outcome(order: Order, answer: Sequence[bytes]) -> Outcome:
    word = answer[0].decode()
    if word == "ok":
        return Made(id=order.id, version=int(answer[1]))
    if word == "again":
        return Made(id=DecisionId("dec_" + answer[2].decode()), version=int(answer[1]))
    if word == "stale":
        _, version, status, by, last, lane, verb = answer
        return Stale(
            comment=order.comment.id,
            version=int(version),
            status=Status(status.decode()),
            by=by.decode(),
            at_ms=made_ms(DecisionId("dec_" + last.decode())) if last else 0,
            verb=Verb(verb.decode()) if verb else None,
            asked=lane == b"colleague",
            edited=status == b"approved" and lane != b"",
        )
    return Unmade(why=word)
