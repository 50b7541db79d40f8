"""A master that sentinels watch is killed or cut off under load: writes resume by themselves, and nothing is lost."""

import contextlib
from collections.abc import Iterator

import pytest
import redis

from commentsvc.store.connect import connect
from commentsvc.store.failures import UNREACHABLE
from tests.fault.running import Running, Traffic, running
from tests.fault.test_kill import assert_nothing_is_lost_or_doubled
from tests.sentinels import Sentinels, watched_master
from tests.servers import wait_until


@pytest.fixture
def watched() -> Iterator[Sentinels]:
    with watched_master() as watched:
        yield watched


@pytest.fixture
def service(watched: Sentinels) -> Iterator[Running]:
    with running(COMMENTSVC_REDIS_URL=watched.url, COMMENTSVC_WAIT_REPLICAS="1") as service:
        yield service.start()


def test_writes_resume_after_a_kill_and_nothing_acknowledged_is_lost(watched: Sentinels, service: Running) -> None:
    first = watched.master
    with Traffic(service, service.prepare()) as traffic:
        traffic.wait_for_more()
        watched.servers[first].kill()
        wait_until(lambda: watched.failed_over_from(first), timeout_s=30, what="another master")
        watched.start(first, "--replicaof", f"127.0.0.1 {watched.master}")
        traffic.wait_for_more()  # as soon as there is a replica again
    assert traffic.failed, "nobody noticed the kill: the test proves nothing"
    assert_nothing_is_lost_or_doubled(service, traffic)


def test_a_master_that_was_cut_off_and_comes_back_takes_nothing_with_it_and_keeps_nobody(
    watched: Sentinels, service: Running
) -> None:
    first = watched.master
    waits_for_nobody = connect(watched.url)
    assert isinstance(waits_for_nobody, redis.Redis)
    with waits_for_nobody, Traffic(service, service.prepare()) as traffic:
        traffic.wait_for_more()
        assert _roles(waits_for_nobody, 8) == [b"master"] * 8  # eight connections are in the pool now
        watched.servers[first].freeze()
        wait_until(lambda: watched.failed_over_from(first), timeout_s=30, what="another master")
        wait_until(lambda: _writes(waits_for_nobody), timeout_s=30, what="a write to the new master")
        watched.servers[first].thaw()  # it still takes itself for the master, until a sentinel tells it otherwise
        traffic.wait_for_more()  # as soon as it is a replica
        assert _roles(waits_for_nobody, 8) == [b"master"] * 8
    assert traffic.failed, "nobody noticed the cut: the test proves nothing"
    assert_nothing_is_lost_or_doubled(service, traffic)


def _writes(client: redis.Redis) -> bool:
    with contextlib.suppress(*UNREACHABLE):
        return bool(client.set("written", "1"))
    return False


def _roles(client: redis.Redis, count: int) -> list[bytes]:
    """What the servers at the other end of so many pooled connections take themselves for."""
    pool = client.connection_pool
    connections = [pool.get_connection() for _ in range(count)]
    roles = []
    for connection in connections:
        connection.send_command("ROLE")  # type: ignore[no-untyped-call]  # redis-py's
        roles.append(connection.read_response()[0])
        pool.release(connection)
    return roles
