"""On a cluster: one slot for each partition, partitions on every master, and the same promises as on one server.

Every other test of this folder that takes `daily` runs on the cluster too.
"""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from redis.cluster import RedisCluster
from redis.crc import key_slot

from commentsvc.domain.decision import Status, Verb
from commentsvc.store.keys import home, thread_home
from commentsvc.store.scripts import Client
from tests.clusters import Cluster
from tests.servers import FakeClock
from tests.store.people import MO, newsroom
from tests.store.workday import Workday


def test_in_whatever_order_things_are_done_the_cluster_is_what_the_model_says(
    cluster: Cluster, cluster_client: RedisCluster
) -> None:
    class ThreeMasters(Workday):
        partitions = 8

        @classmethod
        def prepare(cls) -> Client:
            cluster.flush()
            return cluster_client

    run_state_machine_as_test(ThreeMasters, settings=settings(deadline=None, max_examples=20, stateful_step_count=40))


def test_all_keys_of_a_partition_are_in_one_slot_and_the_partitions_on_every_master(
    cluster: Cluster, cluster_client: RedisCluster
) -> None:
    daily = newsroom(cluster_client, FakeClock(), partitions=8)
    for article in daily.articles(40):
        parent = daily.published(article=article)
        daily.made(MO, daily.comment(article=article, parent=parent).id, Verb.REJECT)
    slots: dict[bytes, set[int]] = {}
    for key in cluster_client.scan_iter(count=1_000):
        if key.startswith(b"{"):
            slots.setdefault(key[: key.index(b"}")], set()).add(key_slot(key))
    assert len(slots) == 8
    assert all(len(one) == 1 for one in slots.values())
    held: list[int] = []
    for master in cluster.masters:
        with master.client() as client:
            held.append(sum(key.startswith(b"{daily.") for key in client.scan_iter(count=1_000)))
    assert all(count > 0 for count in held)


def test_an_id_alone_leads_to_its_comment(cluster_client: RedisCluster) -> None:
    daily = newsroom(cluster_client, FakeClock(), partitions=8)
    for article in daily.articles(20):
        id = daily.comment(article=article).id
        keys = home(daily.site, id)
        assert keys == thread_home(daily.site, article.id)
        assert cluster_client.exists(keys.comment(id[4:]))
        assert daily.find(id).status is Status.PENDING
