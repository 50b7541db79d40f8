"""The same promise when another Redis takes over: nobody sees an old page a second after an acknowledged decision."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

import pytest
import redis
from redis.exceptions import RedisClusterException

from commentsvc.domain.decision import Verb
from commentsvc.store.keys import Partition
from tests.clusters import Cluster, replicated_cluster
from tests.fault.running import Running, running
from tests.fault.test_fresh import PROMISE_S, Readers, decided, published
from tests.sentinels import Sentinels, watched_master
from tests.servers import Server, wait_until

KEY = Partition(site="daily", number=0).log


@contextlib.contextmanager
def serving(url: str) -> Iterator[Running]:
    """A service on this store, with the site `daily`."""
    with running(COMMENTSVC_REDIS_URL=url) as service:
        service.start()
        service.prepare()
        yield service


def read_through(service: Running, id: str, fail_over: Callable[[], None]) -> None:
    """Reading goes on while another server takes over, and the decision made on that one is seen by everybody."""
    with Readers(service.port) as readers:
        began_s = monotonic()
        readers.settle()
        fail_over()
        done: list[float] = []

        def try_it() -> bool:
            with contextlib.suppress(redis.RedisError, RedisClusterException):
                done.append(decided(service, id, 2, Verb.REJECT))
            return bool(done)

        wait_until(try_it, timeout_s=30, what="a decision on the new master")
        late = readers.wait(200, sent_s=done[0] + PROMISE_S)
        assert not [one for one in late if one.shows], "an old page a second after the decision"
        assert {one.status for one in readers.since(began_s)} == {200}


@pytest.fixture(scope="module")
def watched() -> Iterator[Sentinels]:
    with watched_master() as watched:
        yield watched


@pytest.fixture(scope="module")
def replicated() -> Iterator[Cluster]:
    with replicated_cluster() as cluster:
        yield cluster


def test_sentinels_hand_over_while_the_old_master_lives(watched: Sentinels) -> None:
    with serving(watched.url) as service:
        id, old = published(service), watched.master

        def hand_over() -> None:
            with watched.watchers[0].client() as client:
                client.execute_command("SENTINEL FAILOVER comments")
            wait_until(lambda: watched.failed_over_from(old), timeout_s=30, what="another master")

        read_through(service, id, hand_over)


def test_sentinels_replace_a_killed_master(watched: Sentinels) -> None:
    wait_until(lambda: watched.followers() == 1, timeout_s=30, what="the old master as a replica")
    _empty(watched.servers.values())
    with serving(watched.url) as service:
        id, old = published(service), watched.master

        def kill() -> None:
            watched.servers[old].kill()
            wait_until(lambda: watched.failed_over_from(old), timeout_s=30, what="another master")

        read_through(service, id, kill)


def test_a_cluster_hands_a_slot_to_a_replica_while_the_old_master_lives(replicated: Cluster) -> None:
    with serving(replicated.url) as service:
        id, old = published(service), replicated.port_of(KEY)

        def hand_over() -> None:
            with replicated.nodes[replicated.replica_of(old)].client() as client:
                client.execute_command("CLUSTER FAILOVER")
            wait_until(lambda: replicated.port_of(KEY) != old, timeout_s=30, what="another master")

        read_through(service, id, hand_over)


def test_a_master_that_only_its_clients_can_reach_is_not_believed(replicated: Cluster) -> None:
    wait_until(replicated.agrees, timeout_s=30, what="a whole cluster")
    _empty(replicated.nodes.values())
    with serving(replicated.url) as service:
        id, old = published(service), replicated.port_of(KEY)
        new = replicated.replica_of(old)
        with replicated.nodes[old].client() as lonely, replicated.nodes[new].client() as heir:

            def take_over() -> None:
                lonely.execute_command("DEBUG DROP-CLUSTER-PACKET-FILTER -2")
                heir.execute_command("CLUSTER FAILOVER TAKEOVER")
                wait_until(lambda: heir.info("replication")["role"] == "master", what="another master")
                service.more["COMMENTSVC_REDIS_URL"] = f"redis+cluster://127.0.0.1:{new}"  # where the test decides

            try:
                read_through(service, id, take_over)
            finally:
                lonely.execute_command("DEBUG DROP-CLUSTER-PACKET-FILTER -1")


def test_a_cluster_replaces_a_killed_master(replicated: Cluster) -> None:
    wait_until(replicated.agrees, timeout_s=30, what="a whole cluster")
    _empty(replicated.nodes.values())
    with serving(replicated.url) as service:
        id, old = published(service), replicated.port_of(KEY)

        def kill() -> None:
            replicated.nodes[old].kill()
            wait_until(lambda: replicated.port_of(KEY) != old, timeout_s=30, what="another master")

        read_through(service, id, kill)


def _empty(servers: Iterable[Server]) -> None:
    for server in servers:
        with server.client() as client, contextlib.suppress(redis.ReadOnlyError):
            client.flushall()
