"""Events on their way out: the stream that decisions write, and the deliveries that are made of it.

An event is taken from the stream and becomes one delivery a webhook in the same script, so no consumer group is needed:
nothing is ever half taken. A delivery is then lent to a worker until a time; a worker that dies just does not settle
it, and when the time is over another takes it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from commentsvc.domain.ids import CROCKFORD, CommentId, DecisionId, comment_id
from commentsvc.domain.site import Site
from commentsvc.store import keys, records, scripts
from commentsvc.store.keys import Partition, home
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Argument, Client

MAIL = "mail"
"""The receiver of letters: what stands in the place of a webhook's id, and can be no webhook's."""

ALIVE_MS = 15_000
"""How long a worker that said nothing more counts as alive."""

_FORM = re.compile(rf"evt_([{CROCKFORD}]{{26}})_[0-9]{{1,20}}-[0-9]{{1,20}}_([A-Za-z0-9-]{{1,64}})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One event on its way to one webhook. `tries` counts the present one; `id` stays the same for all of them.

    `undo_of` and `reversed_ms` are set for an undo: which decision it reverses, and when that one was made. `webhook`
    is `mail` for a letter to the comment's author; `reply` is the reply that it tells of.
    """

    id: str
    site: Site
    webhook: str
    type: str
    comment: CommentId
    at_ms: int
    tries: int
    decision: DecisionId | None = None
    undo_of: DecisionId | None = None
    reversed_ms: int = 0
    reply: CommentId | None = None
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeadLetter:
    """A delivery given up after its last try; its `error` says why, `died_ms` when."""

    delivery: Delivery
    died_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits in one partition: events not yet made into deliveries, and due deliveries by webhook."""

    site: Site
    partition: int
    events: int
    due: Mapping[str, int]


class Verdict(StrEnum):
    """What became of one try: delivered, to be tried again, not tried at all, given up."""

    DONE = "done"
    AGAIN = "again"
    BACK = "back"
    DEAD = "dead"


class Events:
    """The outboxes of every site."""

    def __init__(self, client: Client, *, letters: bool = False) -> None:
        """`letters` says whether authors are written to."""
        self._client = client
        self._letters = letters

    def _receivers(self, site: Site) -> list[str]:
        return [*(webhook.id for webhook in site.webhooks), *([MAIL] if self._letters else [])]

    def waiting(self, sites: Sequence[Site], *, now_ms: int) -> list[Waiting]:
        """The partitions of these sites in which something waits, in one round trip."""
        homes = [(site, keys) for site in sites for _, keys in partitions(site)]
        pipe = self._client.pipeline(transaction=False)
        for site, own in homes:
            pipe.xlen(own.events)
            for receiver in self._receivers(site):
                pipe.zcount(own.due(receiver), "-inf", now_ms)
        counts = iter(pipe.execute() if homes else [])
        found = [
            Waiting(
                site=site,
                partition=own.number,
                events=next(counts),
                due={receiver: count for receiver in self._receivers(site) if (count := next(counts))},
            )
            for site, own in homes
        ]
        return [one for one in found if one.events or one.due]

    def spread(self, site: Site, partition: int, *, grace_ms: int, limit: int) -> int:
        """How many events were made into deliveries, the oldest first; those of decisions are due after the grace."""
        own = Partition(site=site.key, number=partition)
        args: list[Argument] = [limit, grace_ms, MAIL if self._letters else ""]
        for webhook in site.webhooks:
            args += [webhook.id, f",{','.join(webhook.events)}," if webhook.events else ""]
        named = [own.events, own.hooks, own.delivery(""), own.due(""), own.comments]
        return int(scripts.run(self._client, "spread", named, args))

    def take(
        self, site: Site, partition: int, webhook: str, *, now_ms: int, until_ms: int, limit: int
    ) -> list[Delivery]:
        """Due deliveries of a webhook, this worker's alone until `until_ms`."""
        own = Partition(site=site.key, number=partition)
        args: list[Argument] = [now_ms, until_ms, limit]
        rows = scripts.run(self._client, "take", [own.due(webhook), own.delivery("")], args)
        return [_delivery(site, id.decode(), records.pairs(flat)) for id, flat in rows]

    def settle(self, delivery: Delivery, verdict: Verdict, *, at_ms: int, error: str = "") -> bool:
        """Whether the verdict holds; False when another worker has taken the delivery since.

        `at_ms` is when it is due again, or when it died.
        """
        own = home(delivery.site, delivery.comment)
        return bool(
            scripts.run(
                self._client,
                "settle",
                [own.due(delivery.webhook), own.delivery(delivery.id), own.dead],
                [delivery.id, delivery.tries, verdict, at_ms, error],
            )
        )

    def dead(self, site: Site, *, limit: int) -> list[DeadLetter]:
        """Deliveries given up, the latest first."""
        found: list[DeadLetter] = []
        for _, own in partitions(site):
            rows: list[tuple[bytes, float]] = self._client.zrevrange(own.dead, 0, limit - 1, withscores=True)  # type: ignore[assignment]
            pipe = self._client.pipeline(transaction=False)
            for id, _ in rows:
                pipe.hgetall(own.delivery(id.decode()))
            for (id, died), pairs in zip(rows, pipe.execute() if rows else [], strict=True):
                if pairs:
                    found.append(DeadLetter(delivery=_delivery(site, id.decode(), pairs), died_ms=int(died)))
        return sorted(found, key=lambda letter: -letter.died_ms)[:limit]

    def exhume(self, site: Site, id: str, fate: Literal["retry", "drop"], *, now_ms: int) -> bool:
        """Whether there was such a dead letter; it is due at once with all its tries, or gone for good."""
        read = parts(id)
        if read is None:
            return False
        comment, webhook = read
        own = home(site, comment)
        return bool(
            scripts.run(
                self._client,
                "exhume",
                [own.due(webhook), own.delivery(id), own.dead, own.hooks],
                [id, fate, now_ms, webhook],
            )
        )

    def clear_removed(self, site: Site, *, limit: int) -> int:
        """How many deliveries of webhooks that the site no longer has were removed; `limit` a partition and webhook.

        Letters stay: a worker that was started without its mail server must not be the end of them.
        """
        kept = {MAIL, *(webhook.id for webhook in site.webhooks)}
        removed = 0
        for _, own in partitions(site):
            known: set[bytes] = self._client.smembers(own.hooks)  # type: ignore[assignment]
            for raw in known:
                if (webhook := raw.decode()) not in kept:
                    removed += self._clear(own, own.due(webhook), "+inf", limit, webhook)
        return removed

    def clear_dead(self, site: Site, *, before_ms: int, limit: int) -> int:
        """How many dead letters that died before `before_ms` were removed; `limit` a partition."""
        return sum(self._clear(own, own.dead, before_ms, limit, "") for _, own in partitions(site))

    def clear_letters(self, site: Site, *, before_ms: int, limit: int) -> int:
        """How many letters that could have left before `before_ms` were removed; `limit` a partition."""
        return sum(self._clear(own, own.due(MAIL), before_ms, limit, "") for _, own in partitions(site))

    def beat(self, *, now_ms: int) -> None:
        """Says that a worker is alive."""
        self._client.set(keys.WORKER, now_ms, px=ALIVE_MS)

    def alive(self, *, now_ms: int) -> bool:
        """Whether a worker has been alive in the last 15 s."""
        said = self._client.get(keys.WORKER)
        return said is not None and now_ms - int(said) < ALIVE_MS

    def _clear(self, own: Partition, index: str, highest: int | str, limit: int, webhook: str) -> int:
        args: list[Argument] = [highest, limit, webhook]
        return int(scripts.run(self._client, "clear", [index, own.delivery(""), own.hooks], args))


def parts(id: str) -> tuple[CommentId, str] | None:
    """The comment and the webhook that a delivery's id names, or None; never raises, whatever is typed."""
    match = _FORM.fullmatch(id)
    comment = comment_id(f"cmt_{match[1]}") if match else None
    return (comment, match[2]) if match and comment else None


def _delivery(site: Site, id: str, pairs: records.Pairs) -> Delivery:
    decision, undo_of, reply = pairs.get(b"decision"), pairs.get(b"undo_of"), pairs.get(b"reply")
    return Delivery(
        id=id,
        site=site,
        webhook=id.rpartition("_")[2],
        type=pairs[b"type"].decode(),
        comment=CommentId("cmt_" + pairs[b"comment"].decode()),
        at_ms=int(pairs.get(b"at", 0)),
        tries=int(pairs[b"tries"]),
        decision=DecisionId("dec_" + decision.decode()) if decision else None,
        undo_of=DecisionId("dec_" + undo_of.decode()) if undo_of else None,
        reversed_ms=int(pairs.get(b"reversed_at", 0)),
        reply=CommentId("cmt_" + reply.decode()) if reply else None,
        error=pairs.get(b"error", b"").decode(),
    )
