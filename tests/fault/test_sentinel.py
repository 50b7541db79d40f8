"""A master that sentinels watch is killed or cut off under load: writes resume by themselves, and nothing is lost."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
import redis

from commentsvc.store.connect import connect
from commentsvc.store.failures import UNREACHABLE
from tests.fault.running import Running, Traffic, running
from tests.fault.test_kill import assert_nothing_is_lost_or_doubled
from tests.sentinels import Sentinels, watched_master
from tests.servers import Server, wait_until


@pytest.fixture
def watched() -> Iterator[Sentinels]:
    with watched_master() as watched:
        yield watched


@pytest.fixture
def service(watched: Sentinels) -> Iterator[Running]:
    with running(COMMENTSVC_REDIS_URL=watched.url, COMMENTSVC_WAIT_REPLICAS="1") as service:
        yield service.start()


@pytest.mark.parametrize("goes", [Server.kill, Server.freeze], ids=["killed", "cut off, and back later"])
def test_writes_resume_by_themselves_and_nothing_acknowledged_is_lost(
    watched: Sentinels, service: Running, goes: Callable[[Server], None]
) -> None:
    first = watched.master
    with Traffic(service, service.prepare()) as traffic:
        traffic.wait_for_more()
        goes(watched.servers[first])
        wait_until(lambda: watched.failed_over_from(first), timeout_s=30, what="another master")
        if goes is Server.freeze:
            watched.servers[first].thaw()  # it still takes itself for the master, until a sentinel tells it otherwise
        else:
            watched.start(first, "--replicaof", f"127.0.0.1 {watched.master}")
        traffic.wait_for_more()  # as soon as there is a replica again
    assert traffic.failed, "nobody noticed: the test proves nothing"
    assert_nothing_is_lost_or_doubled(service, traffic)


def test_no_connection_stays_with_a_master_that_was_demoted(watched: Sentinels) -> None:
    first = watched.master
    client = connect(watched.url)
    assert isinstance(client, redis.Redis)
    with client:
        assert _roles(client, 8) == [b"master"] * 8  # eight connections wait in the pool now
        watched.servers[first].freeze()
        wait_until(lambda: watched.failed_over_from(first), timeout_s=30, what="another master")
        wait_until(lambda: _writes(client), timeout_s=30, what="a write to the new master")
        watched.servers[first].thaw()
        wait_until(lambda: watched.followers() == 1, timeout_s=60, what="the old master as a replica")
        assert _roles(client, 8) == [b"master"] * 8


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
