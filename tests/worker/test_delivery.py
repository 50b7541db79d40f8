"""What a receiver gets, when, how often, and how it knows that it came from us."""

import base64
import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import Any

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.domain.refusal import Refused
from commentsvc.domain.webhook import signature
from commentsvc.service.outbox import LONGEST_DELAY_MS, MAX_TRIES
from commentsvc.worker.loop import SPARE_MS
from tests.servers import FakeClock
from tests.worker.scene import Scene, drive, receiver, scene, settings, worker

DOCS = Path(__file__).parents[2] / "docs" / "webhooks.md"
GRACE_MS = 10_000


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


def test_a_receiver_hears_of_a_submission_and_of_its_approval(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url)
        id = told.submit("Well said, مرحبا <b>.")
        drive(ours, lambda: len(there.requests) == 1)
        decided_at = clock.advance(ms=60_000)
        decision = told.decide(id)
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: len(there.requests) == 2 and told.left() == 0)
    submitted, approved = there.requests
    assert submitted.path == "/hook?of=daily"
    assert submitted.headers["content-type"] == "application/json"
    assert submitted.json == {
        "type": "comment.submitted",
        "at": "2026-03-01T10:00:00.000Z",
        "site": "daily",
        "comment": {
            "id": id,
            "status": "pending",
            "parent": None,
            "author": {"name": "Alice"},
            "text": "Well said, مرحبا <b>.",
            "url": "https://daily.example/news/42",
            "created": "2026-03-01T10:00:00.000Z",
        },
        "decision": None,
    }
    assert decided_at == clock() - GRACE_MS
    assert (approved.json["type"], approved.json["at"]) == ("comment.approved", "2026-03-01T10:01:00.000Z")
    assert approved.json["comment"]["status"] == "approved"
    assert approved.json["decision"] == {"id": decision, "verb": "approve", "by": "mo", "reason": None}


def test_neither_address_nor_network_of_an_author_ever_leaves(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url)
        told.decide(told.submit(), Verb.REJECT, reason="insult")
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: len(there.requests) == 2)
    for request in there.requests:
        everything = request.body.decode() + repr(request.headers)
        assert "alice@" not in everything
        assert "192.0.2.7" not in everything
    assert next(r for r in there.requests if r.json["decision"]).json["decision"]["reason"] == "insult"


def test_the_signature_is_verified_by_the_code_of_the_docs(told: Scene) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 8
    documented: dict[str, Any] = {}
    exec(code, documented)
    with receiver() as there, worker(told.service) as ours:
        secret = told.service.webhooks.add("daily", there.url).secret
        told.submit()
        drive(ours, lambda: there.requests)
    request = there.requests[0]
    now_s = told.clock() // 1000
    assert documented["is_ours"](secret, request.headers, request.body, now_s)
    assert not documented["is_ours"](secret, request.headers, request.body + b" ", now_s)
    assert not documented["is_ours"](secret, {**request.headers, "webhook-id": "evt_other"}, request.body, now_s)
    assert not documented["is_ours"](secret, request.headers, request.body, now_s + 301)
    other = "whsec_" + base64.b64encode(b"another secret of 32 characters!").decode()
    assert not documented["is_ours"](other, request.headers, request.body, now_s)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification's own libraries.
    secret, id, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, id=id, timestamp_s=at, body=b'{"test": 2432232314}') == expected


def test_a_secret_written_by_hand_signs_as_it_stands() -> None:
    signed = base64.b64encode(hmac.digest(b"not base-64!", b"i.1.body", hashlib.sha256)).decode()
    assert signature("not base-64!", id="i", timestamp_s=1, body=b"body") == f"v1,{signed}"


def test_only_the_events_asked_for_arrive(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url, ["comment.approved"])
        told.decide(told.submit())
        told.decide(told.submit(), Verb.SPAM)
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: told.left() == 0)
    assert there.types == ["comment.approved"]


def test_a_decision_leaves_only_after_the_grace(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url, ["comment.approved"])
        told.decide(told.submit())
        clock.advance(ms=GRACE_MS - 1)
        while ours.round():
            pass
        assert told.left() == 1
        assert not there.requests
        clock.advance(ms=1)
        drive(ours, lambda: told.left() == 0)
    assert there.types == ["comment.approved"]


def test_a_decision_undone_within_the_grace_was_never_made_for_the_outside(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url)
        made = told.decide(told.submit())
        clock.advance(ms=GRACE_MS - 1)
        told.undo(made)
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: told.left() == 0)
    assert there.types == ["comment.submitted"]


@pytest.mark.parametrize("worker_was_away", [False, True])
def test_an_undo_after_the_grace_is_told_and_so_is_what_it_undid(
    told: Scene, clock: FakeClock, worker_was_away: bool
) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url, ["comment.approved", "comment.pending"])
        made = told.decide(told.submit())
        clock.advance(ms=GRACE_MS)
        if not worker_was_away:
            drive(ours, lambda: there.types == ["comment.approved"])
        told.undo(made)
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: told.left() == 0)
    assert sorted(there.types) == ["comment.approved", "comment.pending"]
    undo = next(request.json for request in there.requests if request.json["type"] == "comment.pending")
    assert undo["decision"]["verb"] == "undo"
    assert undo["comment"]["status"] == "pending"


def test_text_erased_before_a_delivery_stays_in_the_house(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url)
        receipt = told.receipt("a slip of the tongue")
        told.decide(receipt.id)
        told.service.receipts.withdraw(receipt.token)
        clock.advance(ms=GRACE_MS)
        drive(ours, lambda: told.left() == 0)
    assert sorted(there.types) == ["comment.approved", "comment.erased", "comment.submitted"]
    for request in there.requests:
        assert b"slip" not in request.body
        assert b"Alice" not in request.body
        assert request.json["comment"]["status"] == "erased"
        assert request.json["comment"]["url"] == "https://daily.example/news/42"


def test_a_failed_delivery_is_tried_again_later_and_later_under_the_same_id(told: Scene, clock: FakeClock) -> None:
    waits_ms: list[int] = []
    with receiver() as there, worker(told.service) as ours:
        there.status = 500
        webhook = told.service.webhooks.add("daily", there.url)
        told.submit()
        for tries in range(1, MAX_TRIES + 1):
            drive(ours, lambda tries=tries: len(there.requests) == tries)  # type: ignore[misc]
            drive(ours, lambda: settled(told, webhook.id))
            due = told.client.zrange(f"{{daily.0}}:due:{webhook.id}", 0, 0, withscores=True)
            if due:
                waits_ms.append(int(due[0][1]) - clock())
                clock.advance(ms=waits_ms[-1] - 1)
                ours.round()
                assert len(there.requests) == tries, "not a millisecond before its time"
                clock.advance(ms=1)
        (letter,) = told.service.webhooks.list_dead("daily")
    assert len({request.id for request in there.requests}) == 1
    assert len(waits_ms) == MAX_TRIES - 1
    assert 4_000 <= waits_ms[0] <= 6_000
    assert 16_000 <= waits_ms[1] <= 24_000
    assert 0.8 * LONGEST_DELAY_MS <= waits_ms[-1] <= 1.2 * LONGEST_DELAY_MS
    assert (letter.delivery.id, letter.delivery.error, letter.delivery.tries) == (
        there.requests[0].id,
        "HTTP 500",
        MAX_TRIES,
    )


def settled(told: Scene, webhook: str, *, timeout_s: int = 10) -> bool:
    """Whether the try that was begun is over and recorded: the delivery is no longer lent."""
    lent_until_ms = told.clock() + timeout_s * 1000 + SPARE_MS
    due = told.client.zrange(f"{{daily.0}}:due:{webhook}", 0, 0, withscores=True)
    return not due or int(due[0][1]) != lent_until_ms


def test_a_dead_letter_can_be_sent_again_or_dropped(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        there.status = 410
        told.service.webhooks.add("daily", there.url)
        told.submit()
        told.submit()
        drive(ours, lambda: len(told.service.webhooks.list_dead("daily")) == 2, what="410 means dead at once")
        assert len(there.requests) == 2
        there.status = 204
        again, dropped = (letter.delivery.id for letter in told.service.webhooks.list_dead("daily"))
        assert told.service.webhooks.retry(again) == again
        assert told.service.webhooks.drop(dropped) == dropped
        drive(ours, lambda: len(there.requests) == 3 and told.left() == 0)
        assert told.service.webhooks.list_dead("daily") == []
        for gone in (again, dropped, "evt_nonsense"):
            assert isinstance(told.service.webhooks.retry(gone), Refused)
            assert isinstance(told.service.webhooks.drop(gone), Refused)
    assert there.requests[2].id == again


def test_one_failing_receiver_does_not_hold_up_the_others(told: Scene) -> None:
    with receiver() as slow, receiver() as quick, worker(told.service) as ours:
        slow.gate.clear()
        told.service.webhooks.add("daily", slow.url)
        told.service.webhooks.add("daily", quick.url)
        for _ in range(20):
            told.submit()
        drive(ours, lambda: len(quick.requests) == 20)
        assert len(slow.requests) <= 4
        slow.gate.set()
        drive(ours, lambda: len(slow.requests) == 20 and told.left() == 0)


def test_a_removed_webhook_hears_nothing_more_and_leaves_nothing(told: Scene, clock: FakeClock) -> None:
    with receiver() as there, worker(told.service) as ours:
        webhook = told.service.webhooks.add("daily", there.url)
        told.decide(told.submit())
        drive(ours, lambda: there.types == ["comment.submitted"])
        told.service.webhooks.remove("daily", webhook.id)
        clock.advance(ms=GRACE_MS)
        while ours.round():
            pass
        told.service.outbox.sweep()
    assert there.types == ["comment.submitted"]
    assert list(told.client.scan_iter("*:w:*")) == []


def test_a_redirect_is_a_failure_and_is_not_followed(told: Scene) -> None:
    with receiver() as inside, receiver() as there, worker(told.service) as ours:
        there.status, there.headers = 302, (("location", inside.url),)
        webhook = told.service.webhooks.add("daily", there.url)
        told.submit()
        drive(ours, lambda: there.requests and settled(told, webhook.id))
        (left,) = told.client.scan_iter("*:w:*")
        assert told.client.hget(left, "error") == b"HTTP 302"
    assert not inside.requests


def test_a_delivery_that_cannot_be_built_does_not_stop_the_others(told: Scene) -> None:
    with receiver() as there, worker(told.service) as ours:
        told.service.webhooks.add("daily", there.url)
        broken = told.submit()
        told.client.hset(f"{{daily.0}}:c:{broken[4:]}", "b", b"\x03\xff")
        told.submit("the next one")
        drive(ours, lambda: told.left() == 1)
        (left,) = told.client.scan_iter("*:w:*")
        assert b"ValueError: a comment has layout 3, " in (told.client.hget(left, "error") or b"")
    assert there.requests[0].json["comment"]["text"] == "the next one"


def test_a_receiver_that_does_not_answer_costs_one_timeout(told: Scene) -> None:
    with receiver() as there, worker(told.service, settings(webhook_timeout_s=1)) as ours:
        there.gate.clear()
        webhook = told.service.webhooks.add("daily", there.url)
        told.submit()
        before = time.monotonic()
        drive(ours, lambda: there.requests and settled(told, webhook.id, timeout_s=1))
        assert time.monotonic() - before < 5
        (left,) = told.client.scan_iter("*:w:*")
        assert told.client.hget(left, "error") == b"no answer in time"
