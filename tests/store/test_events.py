"""Events become deliveries, and a delivery is one worker's at a time."""

from dataclasses import replace

import redis

from commentsvc.domain.site import Site, Webhook
from commentsvc.store.events import Delivery, Events, Verdict, parts
from commentsvc.store.keys import Partition
from commentsvc.store.queue import LEASE_MS, Queue
from commentsvc.store.sweeps import Sweeps
from tests.servers import FakeClock
from tests.worker.scene import scene

KEYS = Partition(site="daily", number=0)


def hook(id: str, *events: str) -> Webhook:
    return Webhook(id=id, url="https://receiver.example/", secret="whsec_c2VjcmV0", events=events)


def with_hooks(client: redis.Redis, clock: FakeClock, *hooks: Webhook) -> Site:
    """A site with these webhooks and one submission that was approved."""
    told = scene(client, clock)
    site = told.service.sites.change("daily", {"webhooks": hooks})
    told.decide(told.submit())
    return site


def taken(events: Events, site: Site, clock: FakeClock, webhook: str = "a") -> list[Delivery]:
    return events.take(site, 0, webhook, now_ms=clock(), until_ms=clock() + 1000, limit=10)


def test_an_event_becomes_one_delivery_for_each_webhook_that_wants_it(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a"), hook("b", "comment.approved"), hook("c", "comment.spam"))
    events = Events(client)
    assert events.waiting([site], now_ms=clock())[0].events == 2
    assert events.spread(site, 0, grace_ms=0, limit=10) == 2
    assert client.xlen(KEYS.events) == 0
    assert [one.type for one in taken(events, site, clock, "a")] == ["comment.submitted", "comment.approved"]
    assert [one.type for one in taken(events, site, clock, "b")] == ["comment.approved"]
    assert taken(events, site, clock, "c") == []


def test_events_without_a_webhook_do_not_pile_up(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock)
    assert Events(client).spread(site, 0, grace_ms=0, limit=10) == 2
    assert client.xlen(KEYS.events) == 0
    assert list(client.scan_iter("*:w:*")) == []


def test_an_event_that_is_about_no_comment_does_not_stop_the_others(client: redis.Redis, clock: FakeClock) -> None:
    client.xadd(KEYS.events, {"type": "of a newer version"})
    site = with_hooks(client, clock, hook("a"))
    events = Events(client)
    assert events.spread(site, 0, grace_ms=0, limit=10) == 3
    assert len(taken(events, site, clock)) == 2


def test_only_decisions_wait_for_the_grace(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a"))
    events = Events(client)
    events.spread(site, 0, grace_ms=10_000, limit=10)
    assert [one.type for one in taken(events, site, clock)] == ["comment.submitted"]
    clock.advance(ms=9_999)
    assert "comment.approved" not in [one.type for one in taken(events, site, clock)]
    clock.advance(ms=1)
    assert "comment.approved" in [one.type for one in taken(events, site, clock)]


def test_a_delivery_is_lent_to_one_worker_until_its_time_is_over(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a", "comment.submitted"))
    events = Events(client)
    events.spread(site, 0, grace_ms=0, limit=10)
    (first,) = taken(events, site, clock)
    assert taken(events, site, clock) == []
    clock.advance(ms=1000)
    (second,) = taken(events, site, clock)
    assert (second.id, second.tries) == (first.id, 2)
    assert not events.settle(first, Verdict.AGAIN, at_ms=clock()), "a worker that was too slow has no say any more"
    assert events.settle(second, Verdict.DONE, at_ms=clock())
    assert not events.settle(second, Verdict.DONE, at_ms=clock())
    assert list(client.scan_iter("*:w:*")) == []


def test_a_try_that_is_given_back_does_not_count(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a", "comment.submitted"))
    events = Events(client)
    events.spread(site, 0, grace_ms=0, limit=10)
    (first,) = taken(events, site, clock)
    assert events.settle(first, Verdict.BACK, at_ms=clock())
    assert [one.tries for one in taken(events, site, clock)] == [1]


def test_what_failed_for_good_is_kept_with_its_reason_until_somebody_decides(
    client: redis.Redis, clock: FakeClock
) -> None:
    site = with_hooks(client, clock, hook("a"))
    events = Events(client)
    events.spread(site, 0, grace_ms=0, limit=10)
    one, two = taken(events, site, clock)
    for delivery in (one, two):
        assert events.settle(delivery, Verdict.DEAD, at_ms=clock.advance(ms=1), error="HTTP 410")
    dead = events.dead(site, limit=10)
    assert [letter.delivery.id for letter in dead] == [two.id, one.id], "the latest first"
    assert dead[0].died_ms == clock()
    assert dead[0].delivery.error == "HTTP 410"
    assert events.exhume(site, one.id, "retry", now_ms=clock())
    assert not events.exhume(site, one.id, "retry", now_ms=clock())
    assert [(again.id, again.tries) for again in taken(events, site, clock)] == [(one.id, 1)]
    assert events.exhume(site, two.id, "drop", now_ms=clock())
    assert events.dead(site, limit=10) == []
    assert not client.exists(KEYS.delivery(two.id))


def test_an_id_that_no_delivery_can_have_is_nobody(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a"))
    for text in ("", "evt_", "evt_x_1-0_a", "cmt_" + "0" * 26, f"evt_{'0' * 26}_1-0_a}}", f"evt_{'U' * 26}_1-0_a"):
        assert parts(text) is None
        assert not Events(client).exhume(site, text, "drop", now_ms=clock())


def test_deliveries_of_a_removed_webhook_are_swept_in_bounded_rounds(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a"))
    events = Events(client)
    events.spread(site, 0, grace_ms=0, limit=10)
    assert events.clear_removed(site, limit=1) == 0
    bare = replace(site, webhooks=())
    assert [events.clear_removed(bare, limit=1) for _ in range(3)] == [1, 1, 0]
    assert list(client.scan_iter("*:w:*")) == []
    assert not client.exists(KEYS.hooks)


def test_dead_letters_are_kept_for_their_time(client: redis.Redis, clock: FakeClock) -> None:
    site = with_hooks(client, clock, hook("a"))
    events = Events(client)
    events.spread(site, 0, grace_ms=0, limit=10)
    for delivery in taken(events, site, clock):
        events.settle(delivery, Verdict.DEAD, at_ms=clock())
    assert events.clear_dead(site, before_ms=clock() - 1, limit=10) == 0
    assert events.clear_dead(site, before_ms=clock(), limit=1) == 1
    assert events.clear_dead(site, before_ms=clock(), limit=10) == 1
    assert list(client.scan_iter("*:w:*")) == []


def test_only_leases_past_their_time_are_swept(client: redis.Redis, clock: FakeClock) -> None:
    told = scene(client, clock)
    old = told.submit()
    queue, sweeps = Queue(client), Sweeps(client)
    queue.lease(told.site, [old], holder="mo", now_ms=clock())
    clock.advance(ms=LEASE_MS)
    new = told.submit()
    queue.lease(told.site, [new], holder="mo", now_ms=clock())
    assert sweeps.leases(told.site, now_ms=clock(), pages=5) == 1
    assert client.hkeys(KEYS.leases) == [new[4:].encode()]


def test_the_worker_counts_as_alive_for_15_seconds(client: redis.Redis, clock: FakeClock) -> None:
    events = Events(client)
    assert not events.alive(now_ms=clock())
    events.beat(now_ms=clock())
    assert events.alive(now_ms=clock.advance(ms=14_999))
    assert not events.alive(now_ms=clock.advance(ms=1))
