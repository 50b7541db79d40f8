"""A move carries everything, to however many partitions, and leaves the source as it was."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test
from redis.cluster import RedisCluster

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.thread import bucket
from commentsvc.service import assemble
from commentsvc.service.submissions import Receipt
from commentsvc.store import keys, moving, pieces
from commentsvc.store.connect import connect
from commentsvc.store.exchange import Client
from commentsvc.store.layout import UnfinishedMove, claim
from commentsvc.store.moving import CLIENT_NAME, in_use, move_all, planned
from commentsvc.store.names import named
from commentsvc.store.plan import Unmovable
from commentsvc.store.recount import recount
from tests.clusters import Cluster
from tests.servers import FakeClock, Server
from tests.store.brought import Notices
from tests.store.moves import busy, moved, opened, seen, there
from tests.store.people import ALICE, LIMITS, MO, SECRETS, everything


@pytest.fixture
def source(valkey: Server, client: redis.Redis) -> Iterator[Client]:
    """One server, emptied, as a move opens it."""
    with opened(valkey.url) as one:
        yield one


@pytest.fixture
def target(cluster: Cluster, cluster_client: RedisCluster) -> Iterator[Client]:
    """Three masters, emptied, as a move opens them."""
    with opened(cluster.url) as many:
        yield many


@pytest.fixture(params=[2_000, 3], ids=["whole", "in small pieces"])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is read at once."""
    monkeypatch.setattr(pieces, "CHUNK", request.param)
    monkeypatch.setattr(pieces, "FIRST", min(request.param, 100))


@pytest.mark.usefixtures("chunk")
def test_all_is_there_on_a_cluster_in_eight_partitions_and_back_on_one_server_in_three(
    source: Client, target: Client, clock: FakeClock
) -> None:
    room = busy(source, clock, partitions=1)
    before, was = everything(source), seen(room)
    outcome = moved(source, target, all=8)
    assert outcome.holds, (outcome.differences, outcome.recount.sentences)
    assert outcome.recount.comments == {status: count for status, count in room.counts().items() if count}
    assert everything(source) == before
    on_the_cluster = there(room, target)
    assert on_the_cluster.site.partitions == 8
    assert seen(on_the_cluster) == was
    source.flushall()
    outcome = moved(target, source, daily=3)
    assert outcome.holds, (outcome.differences, outcome.recount.sentences)
    assert seen(there(room, source)) == was


def test_what_was_begun_before_a_move_goes_on_after_it(source: Client, target: Client, clock: FakeClock) -> None:
    room = busy(source, clock, partitions=1)
    listed = room.listed(limit=3)
    retried, spent = room.attempt(article=room.other), room.attempt("Code", code="?????")
    receipt = room.submit(retried)
    assert isinstance(receipt, Receipt)
    room.submit(spent)
    waiting, last = room.waiting(), room.service.moderation.undoable(MO, room.site)[0]
    assert moved(source, target, all=8).holds
    room = there(room, target)
    assert room.submit(replace(retried, site=room.site)) == replace(receipt, again=True)
    assert room.submit(replace(spent, site=room.site, once="another")) == Refused(
        code=Code.INVALID_FIELDS, fields={"code": Code.USED_CODE}
    )
    assert [item.comment.id for item in room.listed(limit=3, cursor=listed.next_cursor).items] == waiting[3:6]
    assert getattr(room.undo(MO, last.id), "id", None)
    room.made(MO, receipt.id, Verb.APPROVE)
    reply = room.comment("Late.", by=ALICE, article=room.other, parent=receipt.id)
    room.made(MO, reply.id, Verb.APPROVE)
    assert [comment.id for comment in room.public(article=room.other)] == [receipt.id, reply.id]
    for one in waiting:
        room.made(MO, one, Verb.REJECT)
    room.service.receipts.withdraw(receipt.token)
    assert room.find(receipt.id).status is Status.ERASED
    assert recount(target, room.service.sites.all()).sentences == []


def test_in_whatever_order_things_are_done_and_moved_the_store_is_what_the_model_says(
    source: Client, target: Client
) -> None:
    class Moving(Notices):
        splits = True
        partitions = 1

        @classmethod
        def prepare(cls) -> Client:
            source.flushall()
            claim(source)
            return source

        @rule()
        def move(self) -> None:
            here = self.daily.client
            other, partitions = (target, 8) if here is source else (source, 3)
            other.flushall()
            outcome = moved(here, other, all=partitions, weekly=partitions - 1)
            assert outcome.holds, (outcome.differences, outcome.recount.sentences)
            self.service = assemble(other, clock=self.daily.clock, secrets=SECRETS, limits=LIMITS)
            self.sites = sorted(self.service.sites.all(), key=lambda site: site.number)
            self.daily = replace(self.daily, client=other, service=self.service, site=self.sites[0])

    run_state_machine_as_test(Moving, settings=settings(deadline=None, max_examples=15, stateful_step_count=40))


def test_what_ends_by_itself_ends_at_the_same_time(source: Client, target: Client, clock: FakeClock) -> None:
    busy(source, clock, partitions=1, articles=4)
    ending = {key: source.pttl(key) for key in source.scan_iter() if source.pttl(key) > 0}
    assert {name.kind for name in map(named, ending) if name} == {
        *("used", "once", "rate", "a", "tries", "near", "n", "busy", "likers", "mailed", "reports")
    }
    assert moved(source, target).holds
    for key, ttl_ms in ending.items():
        assert 0 < target.pttl(key) <= ttl_ms


@pytest.mark.parametrize(
    ("key", "words"), [("session:1", "something else"), ("{weekly.0}:c:x", "data of commentsvc already")]
)
def test_a_target_that_holds_anything_is_refused_and_left_alone(
    key: str, words: str, source: Client, target: Client, clock: FakeClock
) -> None:
    busy(source, clock, partitions=1, articles=4)
    target.set(key, "theirs")
    with pytest.raises(Unmovable, match=words):
        moved(source, target)
    assert everything(target) == {key.encode(): b"theirs"}


def test_a_finished_move_is_not_overwritten_by_another_one(source: Client, target: Client, clock: FakeClock) -> None:
    busy(source, clock, partitions=1, articles=4)
    moved(source, target)
    before = everything(target)
    with pytest.raises(Unmovable, match="not empty"):
        moved(source, target)
    assert everything(target) == before


def test_where_a_move_broke_off_nothing_is_served_and_the_same_move_begins_anew(
    source: Client, target: Client, clock: FakeClock
) -> None:
    room = busy(source, clock, partitions=1, articles=4)

    def breaks_off(what: str, count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move_all(source, target, planned(source, {"": 5}), told=breaks_off)
    with pytest.raises(UnfinishedMove):
        claim(target)
    room.comment("Meanwhile the old one went on.")
    was = seen(room)
    assert moved(source, target, all=8).holds
    claim(target)
    assert seen(there(room, target)) == was


def test_an_unfinished_move_of_other_data_is_not_touched(source: Client, target: Client, clock: FakeClock) -> None:
    busy(source, clock, partitions=1, articles=4)
    target.set(keys.MOVING, "other")
    with pytest.raises(Unmovable, match="other data"):
        moved(source, target)
    assert everything(target) == {keys.MOVING.encode(): b"other"}


def test_what_changes_at_the_target_meanwhile_is_noticed_and_nothing_can_be_served(
    source: Client, target: Client, clock: FakeClock
) -> None:
    room = busy(source, clock, partitions=1, articles=4)
    id = room.waiting()[0]

    def spoils(what: str, count: int) -> None:
        if what == "copied":
            target.hset(keys.home(replace(room.site, partitions=8), id).comment(id[4:]), "v", 7)

    outcome = move_all(source, target, planned(source, {"": 8}), told=spoils)
    assert (outcome.holds, outcome.differing) == (False, 1)
    assert id[4:] in outcome.differences[0]
    assert not target.exists(keys.SITES)


def test_where_connections_are_hidden_a_worker_tells_that_the_service_runs(
    source: Client, valkey: Server, clock: FakeClock
) -> None:
    room = busy(source, clock, partitions=1, articles=4)
    source.execute_command(  # type: ignore[no-untyped-call]  # redis-py's
        "ACL", "SETUSER", "hosted", "on", ">hosted", "~*", "&*", "+@all", "-client", "+client|setname"
    )
    try:
        with opened(valkey.url.replace("unix://", "unix://hosted:hosted@")) as hosted:
            assert in_use(hosted) is None
            room.service.outbox.beat()
            assert "worker" in (in_use(hosted) or "")
    finally:
        source.execute_command("ACL", "DELUSER", "hosted")  # type: ignore[no-untyped-call]


def test_a_service_that_runs_is_noticed(source: Client, target: Client, valkey: Server, clock: FakeClock) -> None:
    busy(source, clock, partitions=1, articles=4)
    assert in_use(source) is None
    with redis.Redis.from_url(valkey.url, client_name="commentsvc") as web:
        web.ping()
        assert "connected" in (in_use(source) or "")
        with pytest.raises(Unmovable, match="meanwhile"):
            moved(source, target)
    assert not target.exists(keys.SITES)


def test_a_site_whose_ids_do_not_say_where_they_lie_keeps_its_one_partition(
    source: Client, target: Client, clock: FakeClock
) -> None:
    room = busy(source, clock, partitions=1, articles=4)
    (id,) = room.waiting()[:1]
    old = keys.home(room.site, id)
    article = next(one for one in room.articles(24) if bucket(one.id) != bucket(room.find(id).thread))
    source.hset(old.comment(id[4:]), "t", article.id)
    with pytest.raises(Unmovable, match="1 partition"):
        moved(source, target, all=1024)


def test_what_was_half_moved_is_no_source_not_even_for_itself(source: Client, clock: FakeClock) -> None:
    busy(source, clock, partitions=1, articles=4)
    source.set(keys.MOVING, "other")
    with pytest.raises(Unmovable, match="has not ended"):
        planned(source, {})


def test_wishes_that_cannot_be_are_refused(source: Client, clock: FakeClock) -> None:
    with pytest.raises(Unmovable, match="no site"):
        planned(source, {})
    busy(source, clock, partitions=1, articles=4)
    for wishes in ({"weekly": 2}, {"": 0}, {"daily": 1025}):
        with pytest.raises(Unmovable):
            planned(source, wishes)


def test_a_target_with_too_few_replicas_is_not_handed_over(
    source: Client, cluster: Cluster, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "REPLICAS_MS", 1)
    busy(source, clock, partitions=1, articles=4)
    cluster.flush()
    with connect(cluster.url, client_name=CLIENT_NAME, wait_replicas=1) as target:
        with pytest.raises(Unmovable, match="fewer than 1 replicas"):
            moved(source, target, all=8)
        with pytest.raises(UnfinishedMove):
            claim(target)
