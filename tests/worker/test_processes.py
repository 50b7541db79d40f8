"""Workers as processes: killed, stopped, several at once, without Redis for a while, on a cluster."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from redis.cluster import RedisCluster

from commentsvc.domain.ids import place
from commentsvc.domain.wish import About
from commentsvc.service.receipts import Opened
from commentsvc.worker import run
from commentsvc.worker.loop import SPARE_MS
from commentsvc.worker.postman import MAIL_TIMEOUT_S
from tests import clusters, servers
from tests.servers import FakeClock, wait_until
from tests.worker.post_office import PostOffice, post_office
from tests.worker.scene import Receiver, Scene, receiver, scene, settings

ROOT = Path(__file__).parents[2]
LEASE_OVER_MS = 10_000 + SPARE_MS
"""How far ahead the clock of a worker must be to see what an earlier one had borrowed."""


@contextmanager
def process(
    url: str, *, ms_ahead: int = 0, timeout_s: int = 10, smtp: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A worker that has started; it is killed in the end if the test has not done so."""
    command = [sys.executable, "-m", "tests.worker.process", url, str(ms_ahead), str(timeout_s), *smtp]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            yield worker
        finally:
            worker.kill()
            worker.wait(10)


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as this:
        yield this


def arrived(there: Receiver, count: int) -> None:
    wait_until(lambda: len(there.requests) >= count, timeout_s=30, what=f"{count} deliveries")


def taken(office: PostOffice, count: int) -> None:
    wait_until(lambda: len(office.mails) >= count, timeout_s=30, what=f"{count} letters")


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(
    told: Scene, there: Receiver, valkey: servers.Server
) -> None:
    told.service.webhooks.add("daily", there.url)
    there.gate.clear()
    told.submit()
    with process(valkey.url) as first:
        arrived(there, 1)
        first.kill()
        first.wait(10)
    there.gate.set()
    with process(valkey.url, ms_ahead=LEASE_OVER_MS):
        wait_until(lambda: told.left() == 0, timeout_s=30, what="the delivery by the second worker")
    first_try, second_try = there.requests
    assert first_try.id == second_try.id, "so that the receiver can tell"
    assert list(told.client.scan_iter("*:w:*")) == []


def test_workers_killed_again_and_again_lose_nothing(told: Scene, there: Receiver, valkey: servers.Server) -> None:
    told.service.webhooks.add("daily", there.url)
    posted = {told.submit(f"comment {number}") for number in range(60)}
    for round_ in range(4):
        with process(valkey.url, ms_ahead=round_ * LEASE_OVER_MS) as worker:
            arrived(there, len(there.requests) + 7)
            worker.kill()
            worker.wait(10)
    with process(valkey.url, ms_ahead=4 * LEASE_OVER_MS):
        wait_until(lambda: told.left() == 0, timeout_s=30, what="the rest")
    assert {request.json["comment"]["id"] for request in there.requests} == posted
    # Only what was under way when a worker was killed, four lines at most and what waited to be recorded, came twice.
    assert len(there.requests) - len(posted) <= 4 * 8


def test_two_workers_never_deliver_the_same_event_twice(told: Scene, there: Receiver, valkey: servers.Server) -> None:
    told.service.webhooks.add("daily", there.url)
    with process(valkey.url), process(valkey.url):
        for number in range(100):
            told.submit(f"comment {number}")
        wait_until(lambda: told.left() == 0, timeout_s=30, what="all deliveries")
    assert len(there.requests) == 100
    assert len({request.id for request in there.requests}) == 100


def test_workers_killed_again_and_again_lose_no_letter(told: Scene, valkey: servers.Server) -> None:
    asked = {told.receipt(f"comment {n}", by={"name": "A", "email": f"a{n}@daily.example"}).token for n in range(24)}
    for token in asked:
        opened = told.service.receipts.open(token)
        assert isinstance(opened, Opened)
        told.service.wishes.ask(opened, frozenset(About), network="192.0.2.7")
    lease_over_ms = int(MAIL_TIMEOUT_S * 1000) + SPARE_MS
    with post_office() as office:
        office.gate.clear()  # the server has the letters, and the workers die before they hear of it
        for round_ in range(2):
            with process(valkey.url, ms_ahead=round_ * lease_over_ms, smtp=(office.url,)) as worker:
                taken(office, len(office.mails) + 4)
                worker.kill()
                worker.wait(10)
        office.gate.set()
        with process(valkey.url, ms_ahead=2 * lease_over_ms, smtp=(office.url,)):
            wait_until(lambda: told.left() == 0, timeout_s=30, what="the rest")
        ids = [mail.message["Message-ID"] for mail in office.mails]
        assert {mail.to for mail in office.mails} == {f"a{n}@daily.example" for n in range(24)}
    assert len(set(ids)) == 24, "a letter that came twice can be told"
    assert len(ids) <= 24 + 2 * 4, "only what was under way when a worker was killed comes twice"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_worker_stops_when_told(told: Scene, valkey: servers.Server, number: signal.Signals) -> None:
    with process(valkey.url) as worker:
        wait_until(told.service.outbox.worker_alive, what="the first sign of life")
        worker.send_signal(number)
        assert worker.wait(5) == 0


def test_a_worker_that_is_stopped_finishes_the_delivery_under_way(
    told: Scene, there: Receiver, valkey: servers.Server
) -> None:
    told.service.webhooks.add("daily", there.url)
    there.gate.clear()
    told.submit()
    with process(valkey.url) as worker:
        arrived(there, 1)
        worker.send_signal(signal.SIGTERM)
        there.gate.set()
        assert worker.wait(5) == 0
    assert told.left() == 0
    assert len(there.requests) == 1


def test_a_worker_that_is_stopped_gives_a_slow_delivery_back(
    told: Scene, there: Receiver, valkey: servers.Server
) -> None:
    webhook = told.service.webhooks.add("daily", there.url)
    there.gate.clear()
    told.submit()
    with process(valkey.url) as worker:
        arrived(there, 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(5) == 0
    (left,) = told.client.scan_iter("*:w:*")
    assert told.client.hget(left, "tries") == b"0", "it was not the receiver's fault"
    assert told.client.zcount(f"{{daily.0}}:due:{webhook.id}", "-inf", told.clock()) == 1, "nobody has to wait for it"


def test_a_worker_waits_for_redis_and_goes_on_by_itself(there: Receiver, clock: FakeClock) -> None:
    with servers.short_directory() as directory, ExitStack() as stack:
        durable = ("--appendonly", "yes", "--appendfsync", "always")
        server = servers.start_server(directory, *durable)
        stack.callback(server.stop)
        client = stack.enter_context(server.client())
        told = scene(client, clock)
        told.service.webhooks.add("daily", there.url)
        stop = threading.Event()
        worker = threading.Thread(target=run, args=(told.service, settings()), kwargs={"stop": stop})
        worker.start()
        stack.callback(worker.join)
        stack.callback(stop.set)
        told.submit("before")
        arrived(there, 1)
        wait_until(lambda: told.left() == 0, what="the record of the first delivery")
        server.kill()
        wait_until(lambda: not reachable(client), what="the end of the server")
        again = servers.start_server(directory, *durable)
        stack.callback(again.stop)
        told.submit("after")
        arrived(there, 2)
        stop.set()
        worker.join(5)
        assert not worker.is_alive()
        again.stop()
    assert [request.json["comment"]["text"] for request in there.requests] == ["before", "after"]


def reachable(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def test_a_result_is_recorded_late_when_redis_was_away_in_between(there: Receiver, clock: FakeClock) -> None:
    with servers.short_directory() as directory, ExitStack() as stack:
        durable = ("--appendonly", "yes", "--appendfsync", "always")
        server = servers.start_server(directory, *durable)
        stack.callback(server.stop)
        client = stack.enter_context(server.client())
        told = scene(client, clock)
        told.service.webhooks.add("daily", there.url)
        stop = threading.Event()
        worker = threading.Thread(target=run, args=(told.service, settings()), kwargs={"stop": stop})
        worker.start()
        stack.callback(worker.join)
        stack.callback(stop.set)
        there.gate.clear()
        told.submit()
        arrived(there, 1)
        server.kill()
        there.gate.set()
        again = servers.start_server(directory, *durable)
        stack.callback(again.stop)
        wait_until(lambda: told.left() == 0, timeout_s=30, what="the record")
        stop.set()
        worker.join(5)
        again.stop()
    assert len(there.requests) == 1


def test_a_worker_stops_promptly_while_redis_is_away(clock: FakeClock) -> None:
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        with server.client() as client:
            told = scene(client, clock)
            stop = threading.Event()
            worker = threading.Thread(target=run, args=(told.service, settings()), kwargs={"stop": stop})
            worker.start()
            wait_until(told.service.outbox.worker_alive, what="the first sign of life")
            server.kill()
            wait_until(lambda: not reachable(client), what="the end of the server")
            before = time.monotonic()
            stop.set()
            worker.join(5)
            assert not worker.is_alive()
            assert time.monotonic() - before < 5


def test_a_site_that_is_added_while_the_worker_runs_is_served(
    client: redis.Redis, clock: FakeClock, there: Receiver, valkey: servers.Server
) -> None:
    with process(valkey.url):
        told = scene(client, clock, partitions=3)
        told.service.webhooks.add("daily", there.url)
        for page in range(12):
            told.submit(page=page)
        wait_until(lambda: told.left() == 0, timeout_s=30, what="all deliveries")
    assert len(there.requests) == 12


def test_every_partition_of_a_cluster_is_served(
    cluster_client: RedisCluster, cluster: clusters.Cluster, clock: FakeClock, there: Receiver
) -> None:
    told = scene(cluster_client, clock, partitions=8)
    told.service.webhooks.add("daily", there.url)
    posted = {told.submit(page=page) for page in range(40)}
    assert {place(id).bucket % 8 for id in posted} == set(range(8)), "the articles must reach every partition"
    for id in posted:
        told.decide(id)
    with process(f"cluster://127.0.0.1:{cluster.ports[0]}", ms_ahead=10_000):
        wait_until(lambda: told.left() == 0, timeout_s=30, what="all deliveries")
    assert len({request.id for request in there.requests}) == len(there.requests) == 80
    assert {request.json["comment"]["id"] for request in there.requests} == posted
    assert sorted(there.types) == ["comment.approved"] * 40 + ["comment.submitted"] * 40
