"""With `wait_replicas`, acknowledged means that the replicas have it: in the first try, and just so in every retry."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Scope
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.store import exchange
from commentsvc.store.connect import connect
from commentsvc.store.decisions import Made
from commentsvc.store.failures import UNREACHABLE, TooFewCopies
from tests.servers import FakeClock, Server, free_ports, short_directory, start_server, wait_until
from tests.store.people import LIMITS, MO, PRIYA, Newsroom, newsroom

Act = Callable[[Newsroom], object]


@dataclass(kw_only=True)
class Pair:
    """A master and its replica."""

    master: Server
    replica: Server

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """The replica answers nobody, and who waits for it gives up soon."""
        patience_ms, exchange.COPY_TIMEOUT_MS = exchange.COPY_TIMEOUT_MS, 100
        self.replica.freeze()
        try:
            yield
        finally:
            self.replica.thaw()
            exchange.COPY_TIMEOUT_MS = patience_ms

    def part(self) -> None:
        """The network parts: on the other side the replica becomes the master, and this one has not heard of it."""
        with self.replica.client() as client:
            client.replicaof("NO", "ONE")

    def heal(self) -> None:
        """The network is whole again: the old master follows the new one, and throws away what only it has."""
        with self.master.client() as client:
            client.replicaof("127.0.0.1", _port(self.replica))
            wait_until(lambda: client.info("replication")["master_link_status"] == "up", timeout_s=20, what="the copy")

    def as_before(self) -> None:
        """The first master is the master again."""
        with self.master.client() as client, self.replica.client() as other:
            client.replicaof("NO", "ONE")
            other.replicaof("127.0.0.1", _port(self.master))

    def newsroom(self, clock: FakeClock, *, wait_replicas: int = 1) -> Newsroom:
        """A newsroom on the emptied master, when the replica is there."""
        client = connect(self.master.url, wait_replicas=wait_replicas)
        client.flushall()
        wait_until(lambda: client.wait(1, 100) == 1, timeout_s=20, what="the replica")
        return newsroom(client, clock, partitions=1)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with short_directory() as directory:
        homes = [directory / name for name in ("master", "replica")]
        for home in homes:
            home.mkdir()
        ports = free_ports(2)
        master = start_server(homes[0], "--repl-diskless-sync-delay", "0", port=ports[0])
        replica = start_server(homes[1], "--replicaof", f"127.0.0.1 {ports[0]}", port=ports[1])
        yield Pair(master=master, replica=replica)
        replica.stop()
        master.stop()


@pytest.fixture
def daily(pair: Pair, clock: FakeClock) -> Iterator[Newsroom]:
    """The Daily, where everything acknowledged is on the replica too."""
    daily = pair.newsroom(clock)
    yield daily
    daily.client.close()


def _port(server: Server) -> str:
    return server.url.rpartition(":")[2].partition("/")[0]


def elsewhere(daily: Newsroom, pair: Pair) -> Newsroom:
    """The same newsroom in another process: on connections that have written nothing yet."""
    daily.client.close()
    daily.client = connect(pair.master.url, wait_replicas=1)
    return daily.under(LIMITS)


def submits(daily: Newsroom) -> Act:
    attempt = daily.attempt(once="the-same")
    return lambda daily: daily.submit(attempt)


def submits_late(daily: Newsroom) -> Act:
    attempt = daily.attempt(once="the-same")
    daily.submit(attempt)
    daily.clock.advance(ms=LIMITS.ticket_ms + 1)
    return lambda daily: daily.submit(attempt)


def decides(daily: Newsroom) -> Act:
    id = daily.comment().id
    return lambda daily: daily.decide(MO, id, Verb.APPROVE, seen=1)


def undoes(daily: Newsroom) -> Act:
    made = daily.made(MO, daily.comment().id, Verb.REJECT)
    return lambda daily: daily.undo(MO, made.id)


def withdraws(daily: Newsroom) -> Act:
    token = daily.comment().token
    return lambda daily: daily.service.receipts.withdraw(token)


def closes_a_thread(daily: Newsroom) -> Act:
    return lambda daily: daily.service.moderation.open_thread(PRIYA, daily.site, daily.article, open=False)


@pytest.mark.parametrize("prepare", [submits, submits_late, decides, undoes, withdraws, closes_a_thread])
def test_neither_the_first_try_nor_a_retry_is_acknowledged_before_the_replica_has_it(
    daily: Newsroom, pair: Pair, prepare: Callable[[Newsroom], Act]
) -> None:
    act = prepare(daily)
    with pair.cut_off():
        with pytest.raises(TooFewCopies):
            act(daily)
        with pytest.raises(TooFewCopies):  # "again": nothing new is written, and still nothing is proved
            act(elsewhere(daily, pair))
    again = act(elsewhere(daily, pair))
    assert isinstance(again, Receipt | Made | Opened | bool)
    assert sum(daily.under(LIMITS).counts().values()) == (0 if prepare is closes_a_thread else 1)


def test_a_token_or_a_site_number_is_given_out_when_the_replica_knows_it(daily: Newsroom, pair: Pair) -> None:
    with pair.cut_off(), pytest.raises(TooFewCopies):
        daily.service.tokens.create(site="daily", scope=Scope.MODERATE, label="test")
    with pair.cut_off(), pytest.raises(TooFewCopies):
        daily.service.sites.add(key="weekly", name="Weekly", origins=["https://weekly.example"])


def test_reading_and_leasing_go_on_without_the_replica(daily: Newsroom, pair: Pair) -> None:
    id, waiting = daily.published(), daily.comment().id
    with pair.cut_off():
        assert [comment.id for comment in daily.public()] == [id]
        assert daily.waiting() == [waiting]
        assert daily.service.moderation.lease(MO, daily.site, [waiting])


def test_without_the_setting_nobody_waits(pair: Pair, clock: FakeClock) -> None:
    daily = pair.newsroom(clock, wait_replicas=0)
    with closing(daily.client), pair.cut_off():
        daily.published()


@pytest.mark.parametrize("wait_replicas", [0, 1])
def test_a_master_on_the_lonely_side_of_a_parted_network_acknowledges_only_where_nobody_waits(
    pair: Pair, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, wait_replicas: int
) -> None:
    daily = pair.newsroom(clock, wait_replicas=wait_replicas)
    before = daily.comment("from before").id
    daily.client.wait(1, 5_000)
    monkeypatch.setattr(exchange, "COPY_TIMEOUT_MS", 100)
    attempt = daily.attempt("while the network is parted", once="the-same")
    try:
        pair.part()
        if wait_replicas:
            with pytest.raises(TooFewCopies):
                daily.submit(attempt)
        else:
            assert isinstance(daily.submit(attempt), Receipt)
        pair.heal()
        with pytest.raises(UNREACHABLE):  # a client that has not heard of it writes nothing to the old master
            daily.submit(attempt)
        assert daily.waiting() == [before]  # with 0, what was acknowledged is lost: docs/redis.md says so
        daily.client.close()
        daily.client = connect(pair.replica.url)
        assert isinstance(daily.under(LIMITS).submit(attempt), Receipt)
        assert len(daily.under(LIMITS).waiting()) == 2
    finally:
        daily.client.close()
        pair.as_before()


def test_a_user_who_may_not_wait_is_not_acknowledged_either(daily: Newsroom, pair: Pair) -> None:
    daily.client.acl_setuser("default", enabled=True, reset_keys=True, keys="*", commands=["+@all", "-wait"])
    try:
        with pytest.raises(UNREACHABLE, match="WAIT was refused"):
            daily.comment()
    finally:
        daily.client.acl_setuser("default", enabled=True, reset_keys=True, keys="*", commands=["+@all"])
    assert daily.counts()[Status.PENDING] == 1
