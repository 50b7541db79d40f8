"""What the worker asks for: events made into deliveries, deliveries made into signed messages, and the brooms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Decision
from commentsvc.domain.ids import made_ms
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.site import Site, Webhook
from commentsvc.domain.webhook import signature
from commentsvc.service.letters import KEPT_MS, Letter, Letters
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions
from commentsvc.store.events import MAIL as MAIL
from commentsvc.store.events import Delivery, Events, Verdict, Waiting
from commentsvc.store.likes import Likes
from commentsvc.store.sites import SiteRegistry
from commentsvc.store.sweeps import Sweeps

EVENTS_AT_ONCE = 100
SWEPT_AT_ONCE = 500
DEAD_KEPT_MS = 30 * 24 * 3_600_000

MAX_TRIES = 12
FIRST_DELAY_MS = 5_000
LONGEST_DELAY_MS = 6 * 3_600_000
_GROWTH = 4
_ERROR_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A signed request, ready to be sent as it is."""

    url: str
    headers: dict[str, str]
    body: bytes


class Outbox:
    """Events of every site, from the stream to the receivers' doors."""

    def __init__(
        self,
        *,
        registry: SiteRegistry,
        comments: Comments,
        decisions: Decisions,
        events: Events,
        sweeps: Sweeps,
        letters: Letters | None,
        likes: Likes,
        clock: Callable[[], int],
    ) -> None:
        """With no `letters` authors are not written to."""
        self._registry = registry
        self._comments = comments
        self._decisions = decisions
        self._events = events
        self._sweeps = sweeps
        self._letters = letters
        self._likes = likes
        self._clock = clock

    def waiting(self) -> list[Waiting]:
        """Every partition of every site in which something is to be done; two round trips.

        The registry is read anew, without the memory that requests have: a webhook just added hears of the next event.
        """
        return self._events.waiting(list(self._registry.all().values()), now_ms=self._clock())

    def spread(self, one: Waiting, *, grace_ms: int) -> int:
        """How many events, at most a hundred, became deliveries; for good, whatever happens to this process next."""
        return self._events.spread(one.site, one.partition, grace_ms=grace_ms, limit=EVENTS_AT_ONCE)

    def take(self, one: Waiting, webhook: str, *, for_ms: int, limit: int) -> list[Delivery]:
        """Due deliveries of a webhook, the caller's alone for `for_ms`: settle them before that."""
        now_ms = self._clock()
        return self._events.take(one.site, one.partition, webhook, now_ms=now_ms, until_ms=now_ms + for_ms, limit=limit)

    def message(self, site: Site, delivery: Delivery, *, grace_ms: int) -> Message | Letter | None:
        """The request or the letter for a delivery, or None where nothing is to be sent any more.

        Built from the store as it is now, so text that was erased meanwhile stays in the house. Nothing is sent about a
        decision that was undone within the grace, nor about that undo, nor to a webhook that was removed.
        """
        webhook = next((one for one in site.webhooks if one.id == delivery.webhook), None)
        letters = self._letters if delivery.webhook == MAIL else None
        comment = self._comments.find(site, delivery.comment)
        if (webhook is None and letters is None) or comment is None:
            return None
        decision = self._decisions.find(site, delivery.decision) if delivery.decision else None
        if self._taken_back(site, delivery, decision, grace_ms):
            return None
        if webhook is None:
            return letters.letter(site, delivery, comment, decision) if letters else None
        return _signed(webhook, delivery, self._payload(site, delivery, comment, decision), self._clock() // 1000)

    def settle(self, delivery: Delivery, verdict: Verdict, *, error: str = "", jitter: float = 0.5) -> Verdict | None:
        """What was recorded, None when another worker has the delivery by now.

        A failed try is due again after 5 s, 20 s, 80 s … 6 h, moved by up to a fifth by `jitter` (0 to 1); the twelfth
        is the last.
        """
        if verdict is Verdict.AGAIN and delivery.tries >= MAX_TRIES:
            verdict = Verdict.DEAD
        delay_ms = _delay_ms(delivery.tries, jitter) if verdict is Verdict.AGAIN else 0
        held = self._events.settle(delivery, verdict, at_ms=self._clock() + delay_ms, error=error[:_ERROR_MAX])
        return verdict if held else None

    def beat(self) -> None:
        """Says that a worker is alive."""
        self._events.beat(now_ms=self._clock())

    def worker_alive(self) -> bool:
        """Whether a worker has said so in the last 15 s."""
        return self._events.alive(now_ms=self._clock())

    def sweep(self) -> int:
        """How many things past their time were removed in one bounded round; nothing depends on it."""
        now_ms = self._clock()
        removed = self._sweeps.networks(now_ms=now_ms)
        for site in self._registry.all().values():
            removed += self._sweeps.leases(site, now_ms=now_ms, pages=5)
            removed += self._events.clear_removed(site, limit=SWEPT_AT_ONCE)
            removed += self._events.clear_letters(site, before_ms=now_ms - KEPT_MS, limit=SWEPT_AT_ONCE)
            removed += self._events.clear_dead(site, before_ms=now_ms - DEAD_KEPT_MS, limit=SWEPT_AT_ONCE)
        return removed

    def show_likes(self) -> int:
        """In how many threads likes are seen from now on that were counted since the last time."""
        now_ms = self._clock()
        return sum(self._likes.show(site, now_ms=now_ms) for site in self._registry.all().values() if site.likes)

    def _taken_back(self, site: Site, delivery: Delivery, decision: Decision | None, grace_ms: int) -> bool:
        """Whether a decision and its undo lie so near that the outside hears of neither.

        Both are judged by when they were made, never by when they are looked at: else a worker that was away for
        an hour would tell of an undo and not of what it undid.
        """
        if delivery.undo_of is not None:
            return delivery.at_ms < delivery.reversed_ms + grace_ms
        if decision is None or decision.undone_by is None:
            return False
        undo = self._decisions.find(site, decision.undone_by)
        return undo is not None and undo.at_ms < decision.at_ms + grace_ms

    def _payload(self, site: Site, delivery: Delivery, comment: Comment, decision: Decision | None) -> dict[str, Any]:
        body = comment.body
        return {
            "type": delivery.type,
            "at": rfc3339(delivery.at_ms),
            "site": site.key,
            "comment": {
                "id": comment.id,
                "status": comment.status,
                "parent": comment.parent,
                "author": {"name": body.name} if body else None,
                "text": body.text if body else None,
                "url": body.url if body else self._thread_url(site, comment),
                "created": rfc3339(made_ms(comment.id)),
            },
            "decision": {"id": decision.id, "verb": decision.verb, "by": decision.by, "reason": decision.reason or None}
            if decision
            else None,
        }

    def _thread_url(self, site: Site, comment: Comment) -> str | None:
        threads = self._comments.threads(site, [comment.thread])
        return threads[0].url or None


def _delay_ms(tries: int, jitter: float) -> int:
    delay_ms = min(FIRST_DELAY_MS * _GROWTH ** (tries - 1), LONGEST_DELAY_MS)
    return int(delay_ms * (0.8 + 0.4 * jitter))


def _signed(webhook: Webhook, delivery: Delivery, payload: dict[str, Any], now_s: int) -> Message:
    body = msgspec.json.encode(payload)
    return Message(
        url=webhook.url,
        headers={
            "content-type": "application/json",
            "user-agent": "commentsvc",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(now_s),
            "webhook-signature": signature(webhook.secret, id=delivery.id, timestamp_s=now_s, body=body),
        },
        body=body,
    )
