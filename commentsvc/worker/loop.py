"""The loop: one thread talks to Redis, many wait for receivers and the mail server."""

import queue
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from commentsvc.domain.relay import relay
from commentsvc.service import UNREACHABLE, Service
from commentsvc.service.letters import Letter
from commentsvc.service.outbox import Message
from commentsvc.settings import Settings
from commentsvc.store.events import MAIL, Delivery, Verdict, Waiting
from commentsvc.worker.line import Line
from commentsvc.worker.postman import MAIL_TIMEOUT_S, Postman
from commentsvc.worker.sender import Answer, Failure, Sender

AT_ONCE = 32
AT_ONCE_PER_WEBHOOK = 4
IDLE_S = 0.25
"""The pause when there was nothing to do; also how soon a stop is noticed."""

BACK_OFF_MAX_S = 5.0
BEAT_S = 3.0
SWEEP_S = 60.0
FINISH_S = 2.0
"""How long receivers may go on answering after a stop; then their lines are cut and the tries given back."""

SPARE_MS = 30_000
GONE = 410

log = structlog.get_logger("worker")


def run(service: Service, settings: Settings, *, stop: threading.Event) -> None:
    """Delivers events and letters and sweeps until `stop` is set, then returns within 5 seconds with nothing lost.

    While Redis is away it waits, longer each time up to 5 s, and goes on by itself.
    """
    Worker(service, settings, Sender(allow_private=settings.allow_private_webhooks)).run(stop)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """How one try ended."""

    delivery: Delivery
    outcome: Answer | Failure


class Worker:
    """One worker. Any number of them, on any number of hosts, share the work."""

    def __init__(self, service: Service, settings: Settings, sender: Sender) -> None:
        self._service = service
        self._outbox = service.outbox
        self._grace_ms = settings.decision_grace_s * 1000
        self._timeout_s = float(settings.webhook_timeout_s)
        self._sender = sender
        mail_server = relay(settings.smtp_url or "")
        self._postman = Postman(mail_server) if mail_server else None
        self._pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="webhook")
        self._lines: dict[str, Line] = {}
        self._busy: Counter[str] = Counter()
        self._failing: set[str] = set()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._ended: list[Result] = []
        self._next_beat = self._next_sweep = 0.0

    def run(self, stop: threading.Event) -> None:
        """The whole life of a worker: rounds until `stop`, then the end."""
        log.info("worker started")
        pause_s = IDLE_S
        while not stop.is_set():
            try:
                pause_s = 0.0 if self.round() else IDLE_S
            except UNREACHABLE as error:
                pause_s = min(max(pause_s, IDLE_S) * 2, BACK_OFF_MAX_S)
                log.warning("redis is away", error=str(error), next_try_s=pause_s)
            except Exception:  # a fault of ours must not end the deliveries of every site
                pause_s = BACK_OFF_MAX_S
                log.exception("a round failed")
            self._pause(pause_s, stop)
        self._finish()
        log.info("worker stopped")

    def round(self) -> bool:
        """Whether there was anything to do: settle what has ended, spread events, take what is due, sweep."""
        self._beat()
        did = self._settle_ended()
        waiting = self._outbox.waiting()
        random.shuffle(waiting)  # so that no partition is always the last to find a free line
        for one in waiting:
            if one.events:
                did = bool(self._outbox.spread(one, grace_ms=self._grace_ms)) or did
            for webhook in one.due:
                did = self._take(one, webhook) or did
        self._sweep()
        return did

    def _take(self, one: Waiting, webhook: str) -> bool:
        # A receiver that fails gets one line at a time: it must not hold the lines of the others.
        most = 1 if webhook in self._failing else AT_ONCE_PER_WEBHOOK
        limit = min(most - self._busy[webhook], AT_ONCE - len(self._lines))
        if limit <= 0:
            return False
        lease_ms = int(self._seconds(webhook) * 1000) + SPARE_MS
        taken = self._outbox.take(one, webhook, for_ms=lease_ms, limit=limit)
        for delivery in taken:
            # The wall clock jumped ahead and a try of ours seems over: let it end, and take the delivery up after it.
            if delivery.id not in self._lines:
                self._start(one, delivery)
        return bool(taken)

    def _start(self, one: Waiting, delivery: Delivery) -> None:
        try:
            message = self._outbox.message(one.site, delivery, grace_ms=self._grace_ms)
        except UNREACHABLE:
            raise  # nothing was sent; when its time is over the delivery is taken again
        except Exception as error:
            log.exception("a delivery cannot be built", id=delivery.id)
            self._outbox.settle(delivery, Verdict.AGAIN, error=f"{type(error).__name__}: {error}")
            return
        if message is None:
            self._outbox.settle(delivery, Verdict.DONE)
            log.info("delivery skipped", id=delivery.id, type=delivery.type)
            return
        line = Line(self._seconds(delivery.webhook))
        self._lines[delivery.id] = line
        self._busy[delivery.webhook] += 1
        self._pool.submit(self._try, delivery, message, line)

    def _seconds(self, receiver: str) -> float:
        return MAIL_TIMEOUT_S if receiver == MAIL else self._timeout_s

    def _try(self, delivery: Delivery, message: Message | Letter, line: Line) -> None:
        try:
            outcome = self._sent(message, line)
        except Exception as error:
            log.exception("a delivery failed in an unknown way", id=delivery.id)
            outcome = Failure(why=f"{type(error).__name__}: {error}")
        self._results.put(Result(delivery=delivery, outcome=outcome))

    def _sent(self, message: Message | Letter, line: Line) -> Answer | Failure:
        if isinstance(message, Message):
            return self._sender.send(message, line)
        return self._postman.send(message, line) if self._postman else Failure(why="there is no smtp_url")

    def _settle_ended(self) -> bool:
        """Records how tries ended. What Redis could not be told stays in the list for the next round."""
        while not self._results.empty():
            self._end(self._results.get())
        did = bool(self._ended)
        while self._ended:
            self._settle(self._ended[0])
            self._ended.pop(0)
        return did

    def _end(self, result: Result) -> None:
        webhook = result.delivery.webhook
        self._lines.pop(result.delivery.id)
        self._busy[webhook] -= 1
        if _verdict(result.outcome) is Verdict.DONE:
            self._failing.discard(webhook)
        else:
            self._failing.add(webhook)
        self._ended.append(result)

    def _settle(self, result: Result) -> None:
        delivery, outcome = result.delivery, result.outcome
        why = f"HTTP {outcome.status}" if isinstance(outcome, Answer) else outcome.why
        recorded = self._outbox.settle(delivery, _verdict(outcome), error=why, jitter=random.random())  # noqa: S311
        what = "letter" if delivery.webhook == MAIL else "webhook"
        if recorded is Verdict.DONE:
            log.info(f"{what} delivered", id=delivery.id, type=delivery.type, tries=delivery.tries)
        elif recorded is not None:
            log.warning(f"{what} failed", id=delivery.id, tries=delivery.tries, why=why, then=str(recorded))

    def _finish(self) -> None:
        """Waits a little for receivers, cuts the rest off, and records or gives back everything."""
        end = time.monotonic() + FINISH_S
        self._collect(end)
        given_back = set(self._lines)
        for line in list(self._lines.values()):
            line.cut()
        self._collect(time.monotonic() + 1.0)
        self._pool.shutdown(wait=False, cancel_futures=True)
        try:
            for result in self._ended:
                if result.delivery.id in given_back and isinstance(result.outcome, Failure):
                    self._outbox.settle(result.delivery, Verdict.BACK, error="the worker was stopped")
                else:
                    self._settle(result)
        except UNREACHABLE as error:
            # Nothing is lost: what is not settled is taken again, under the same id, when its time is over.
            log.warning("redis is away, deliveries stay lent", error=str(error), deliveries=len(self._ended))

    def _collect(self, end: float) -> None:
        while self._lines and (left := end - time.monotonic()) > 0:
            try:
                self._end(self._results.get(timeout=left))
            except queue.Empty:
                return

    def _pause(self, seconds: float, stop: threading.Event) -> None:
        """Waits, but not longer than for the next result or the stop."""
        end = time.monotonic() + seconds
        while not stop.is_set() and (left := end - time.monotonic()) > 0:
            try:
                self._end(self._results.get(timeout=min(left, IDLE_S)))
            except queue.Empty:
                continue
            return

    def _beat(self) -> None:
        if time.monotonic() >= self._next_beat:
            self._outbox.beat()
            self._next_beat = time.monotonic() + BEAT_S

    def _sweep(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP_S
        self._outbox.show_likes()
        removed = self._outbox.sweep() + self._service.sign_ins.sweep()
        if removed:
            log.info("swept", removed=removed)


def _verdict(outcome: Answer | Failure) -> Verdict:
    if isinstance(outcome, Failure):
        return Verdict.DEAD if outcome.final else Verdict.AGAIN
    if 200 <= outcome.status < 300:
        return Verdict.DONE
    return Verdict.DEAD if outcome.status == GONE else Verdict.AGAIN
