"""A master of a cluster is killed or replaced under load: the others go on, its own threads resume, nothing is lost."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from commentsvc.domain.thread import Article
from commentsvc.store import health
from commentsvc.store.connect import connect
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.keys import Partition
from commentsvc.store.queue import Queue
from tests.clusters import Cluster, replicated_cluster
from tests.fault.bustle import Bustle, one_article_for_each_partition
from tests.servers import FakeClock, wait_until
from tests.store.people import Newsroom, newsroom


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with replicated_cluster() as cluster:
        yield cluster


@pytest.fixture
def daily(cluster: Cluster, clock: FakeClock) -> Iterator[Newsroom]:
    client = connect(cluster.url, wait_replicas=1)
    wait_until(cluster.agrees, timeout_s=30, what="a cluster that is whole")
    wait_until(cluster.is_followed, timeout_s=60, what="a replica for each master")
    client.flushall()
    yield newsroom(client, clock, partitions=8)
    client.close()


def test_while_a_master_is_away_the_others_go_on_and_its_own_threads_resume_after_the_fail_over(
    cluster: Cluster, daily: Newsroom
) -> None:
    victim = cluster.port_of(Partition(site="daily", number=0).tag)
    cluster.configure("cluster-replica-no-failover", "yes")  # so that "meanwhile" lasts as long as we look
    with Bustle(daily, one_article_for_each_partition(daily)) as bustle:
        own, others = bustle.of(cluster, victim)
        assert own
        assert others
        bustle.wait_for_more()
        cluster.nodes[victim].kill()
        bustle.wait_for_more(others)
        bustle.wait_for_refusals(own)
        bustle.wait_for_more(others)
        with pytest.raises(UNREACHABLE):  # half a queue would look like a whole one
            daily.listed()
        told = {problem.code: problem.severity for problem in health.check(daily.client)}
        assert told == {"master_away": health.Severity.WARNING}  # no reason to send the readers of the others away
        cluster.configure("cluster-replica-no-failover", "no")
        wait_until(lambda: cluster.port_of(own[0].home) != victim, timeout_s=30, what="another master")
        wait_until(lambda: reads(daily, own[0].article), timeout_s=30, what="its pages")
        cluster.start(victim)  # it comes back as a replica, which the acknowledgements of its threads wait for
        bustle.wait_for_more()
    bustle.assert_all_is_there_once()
    assert daily.listed() is not None


def test_a_master_that_hands_over_is_followed_and_nobody_loses_anything(cluster: Cluster, daily: Newsroom) -> None:
    first = cluster.port_of(Partition(site="daily", number=0).tag)
    with Bustle(daily, one_article_for_each_partition(daily)) as bustle:
        bustle.wait_for_more()
        with cluster.nodes[cluster.replica_of(first)].client() as client:
            client.execute_command("CLUSTER FAILOVER")
        wait_until(lambda: cluster.port_of("{daily.0}") != first, timeout_s=30, what="another master")
        bustle.wait_for_more()
    bustle.assert_all_is_there_once()


def test_a_master_that_does_not_answer_costs_a_reader_of_many_partitions_one_wait_or_two(
    cluster: Cluster, daily: Newsroom
) -> None:
    client = connect(cluster.url, answer_s=0.3)
    many = replace(daily.site, partitions=64)
    mute = cluster.nodes[cluster.port_of(Partition(site="daily", number=0).tag)]
    mute.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(UNREACHABLE):
            Queue(client).counts(many)
        assert time.monotonic() - began < 3  # it holds about 20 of the partitions
    finally:
        mute.thaw()
        client.close()


def reads(daily: Newsroom, article: Article) -> bool:
    with contextlib.suppress(*UNREACHABLE):
        return bool(daily.public(article=article))
    return False
