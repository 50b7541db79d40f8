"""A partition's slot moves to a new master under load: who has to wait is told so, and it ends when the move ends."""

from collections.abc import Iterator

import pytest
import redis
from redis.crc import key_slot

from commentsvc.store.connect import connect
from commentsvc.store.keys import Partition
from tests.clusters import Cluster, start_cluster
from tests.fault.bustle import Bustle, one_article_for_each_partition
from tests.servers import FakeClock, Server, short_directory, wait_until
from tests.store.people import Newsroom, newsroom

MOVED = Partition(site="daily", number=0).tag
SLOT = key_slot(MOVED.encode())


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with short_directory() as directory:
        cluster = start_cluster(directory)
        yield cluster
        cluster.stop()


@pytest.fixture
def daily(cluster: Cluster, clock: FakeClock) -> Iterator[Newsroom]:
    cluster.flush()
    client = connect(cluster.url)
    yield newsroom(client, clock, partitions=8)
    client.close()


def test_key_by_key_those_of_the_slot_wait_and_everything_is_there_once(cluster: Cluster, daily: Newsroom) -> None:
    with Bustle(daily, one_article_for_each_partition(daily)) as bustle:
        bustle.wait_for_more(count=20)
        source = cluster.port_of(MOVED)
        target = cluster.grow()  # clients have not heard of it: it has no slot yet
        own = [desk for desk in bustle.desks if desk.home == MOVED]
        others = [desk for desk in bustle.desks if desk.home != MOVED]
        with cluster.nodes[source].client() as giver, cluster.nodes[target].client() as taker:
            taker.execute_command("CLUSTER SETSLOT", SLOT, "IMPORTING", cluster.id_of(source))
            giver.execute_command("CLUSTER SETSLOT", SLOT, "MIGRATING", cluster.id_of(target))
            assert daily.public(article=own[0].article)  # pages are read until their own keys are on the way
            for _ in range(2):
                hand_over(giver, target, keys=20)
                bustle.wait_for_refusals(own)
                bustle.wait_for_more(others)
            while hand_over(giver, target, keys=100):
                pass
        owner = cluster.id_of(target)
        for server in (cluster.nodes[target], *cluster.nodes.values()):
            assign(server, owner)
        bustle.wait_for_more()
    bustle.assert_all_is_there_once()
    assert cluster.port_of(MOVED) == target


def test_at_once_where_the_server_can_do_it_nobody_waits_for_long(cluster: Cluster, daily: Newsroom) -> None:
    with Bustle(daily, one_article_for_each_partition(daily)) as bustle:
        bustle.wait_for_more(count=20)
        source = cluster.port_of(MOVED)
        target = next(port for port in cluster.ports if port != source)
        with cluster.nodes[source].client() as giver:
            try:
                giver.execute_command(
                    "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", SLOT, SLOT, "NODE", cluster.id_of(target)
                )
            except redis.ResponseError as refusal:
                pytest.skip(f"this server cannot migrate a slot at once (Valkey 9): {refusal}")
        wait_until(lambda: cluster.port_of(MOVED) == target, timeout_s=30, what="the slot at its new master")
        bustle.wait_for_more()
    bustle.assert_all_is_there_once()


def hand_over(giver: redis.Redis, target: int, *, keys: int) -> bool:
    """Whether there were keys left to move."""
    found: list[bytes] = giver.cluster("GETKEYSINSLOT", SLOT, keys)
    if found:
        giver.migrate("127.0.0.1", target, found, 0, 5000)
    return bool(found)


def assign(server: Server, owner: str) -> None:
    """Tell a node who holds the slot from now on."""
    with server.client() as client:
        client.cluster("SETSLOT", SLOT, "NODE", owner)
