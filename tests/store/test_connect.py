"""Connecting: every kind of URL, words for wrong ones, and no command run twice."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.cluster import RedisCluster

from commentsvc.store import connect
from commentsvc.store.address import Address, AddressError, Scheme, parse, redact
from commentsvc.store.exchange import Client
from tests import clusters, servers

SLOW_INCREMENT = """
local start = os.clock()  -- the server's TIME stands still within a script
repeat until os.clock() - start > 0.6
return redis.call('INCR', KEYS[1])
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with servers.short_directory() as directory:
        yield directory


def opened(url: str) -> redis.Redis:
    client = connect.connect(url)
    assert isinstance(client, redis.Redis)
    return client


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://localhost", Address(scheme=Scheme.REDIS, nodes=(("localhost", 6379),))),
        (
            "redis://:s%2Fcr%40t@db.example:6380/3",
            Address(scheme=Scheme.REDIS, nodes=(("db.example", 6380),), db=3, password="s/cr@t"),
        ),
        (
            "rediss://ana:pw@[::1]:6380",
            Address(scheme=Scheme.REDISS, nodes=(("::1", 6380),), username="ana", password="pw"),
        ),
        ("unix:///run/a%20b.sock?db=2", Address(scheme=Scheme.UNIX, path="/run/a b.sock", db=2)),
        ("unix://ana:pw@/r.sock", Address(scheme=Scheme.UNIX, path="/r.sock", username="ana", password="pw")),
        (
            "redis+sentinel://a,b:1/comments/4",
            Address(scheme=Scheme.SENTINEL, nodes=(("a", 26379), ("b", 1)), service="comments", db=4),
        ),
        (
            "rediss+sentinel://a/comments",
            Address(scheme=Scheme.SENTINEL_TLS, nodes=(("a", 26379),), service="comments"),
        ),
        ("rediss+cluster://a:1,b", Address(scheme=Scheme.CLUSTER_TLS, nodes=(("a", 1), ("b", 6379)))),
        ("redis+cluster://a:1,b:2", Address(scheme=Scheme.CLUSTER, nodes=(("a", 1), ("b", 2)))),
    ],
)
def test_every_kind_of_url_is_understood(url: str, address: Address) -> None:
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must begin with one of redis://"),
        ("localhost:6379", "must begin with"),
        ("http://localhost", "must begin with"),
        ("redis://", "host is missing"),
        ("redis://localhost:port", "host:port"),
        ("redis://localhost:70000", "no port"),
        ("redis://localhost/first", "database is a number"),
        ("redis://localhost/0/1", "too many parts"),
        ("redis://localhost?retry=5", "nothing is understood after"),
        ("redis://a,b", r"redis\+sentinel:// or redis\+cluster://"),
        ("unix://relative/path", "three slashes"),
        ("unix:///r.sock?password=hidden-word", "only db=NUMBER"),
        ("redis+sentinel://a", "watch the master under"),
        ("redis+cluster://a/1", "only database 0"),
        ("redis://:hidden-word/x@host", "%2F"),
        ("redis://:hidden-word#x@host", "%23"),
        ("redis://:hidden-word?x@host", "%3F"),
        ("redis://ana:hidden-word@host:70000", "no port"),
        ("redis://[::1:hidden-word@x", "must begin|host:port"),
    ],
)
def test_a_wrong_url_says_what_is_wrong_and_never_the_password(url: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason) as refusal:
        connect.connect(url)
    assert "hidden-word" not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_a_password_is_hidden_in_logs() -> None:
    assert redact("redis://ana:pw@host/0") == "redis://***@host/0"
    assert "pw" not in repr(parse("redis://ana:pw@host/0"))


def test_answers_are_bytes(valkey: servers.Server) -> None:
    with opened(valkey.url) as client:
        client.set("ключ", "значение")
        assert client.get("ключ") == "значение".encode()


def test_a_password_with_every_kind_of_character_is_sent_as_it_is(home: Path) -> None:
    port = servers.free_ports(1)[0]
    server = servers.start_server(home, port=port)
    try:
        with server.client() as client:
            client.config_set("requirepass", "p/ä @#?:")
        with opened(f"redis://:p%2F%C3%A4%20%40%23%3F%3A@127.0.0.1:{port}") as client:
            assert client.ping()
        with opened(f"redis://:wrong-word@127.0.0.1:{port}") as client:
            with pytest.raises(redis.AuthenticationError) as refusal:
                client.ping()
            assert "wrong-word" not in str(refusal.value)
    finally:
        server.stop()


@pytest.mark.parametrize("kind", ["server", "cluster"])
def test_a_write_whose_answer_is_lost_is_not_sent_again(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == "server":
        request.getfixturevalue("client")
        client: Client = connect.connect(request.getfixturevalue("valkey").url, answer_s=0.2)
    else:
        request.getfixturevalue("cluster_client")
        client = connect.connect(request.getfixturevalue("cluster").url, answer_s=0.2)
    try:
        with pytest.raises((redis.TimeoutError, redis.exceptions.RedisClusterException)):
            client.eval(SLOW_INCREMENT, 1, "counter")

        def counted() -> bool:
            try:
                return client.get("counter") is not None
            except (redis.RedisError, redis.exceptions.RedisClusterException):  # the script still runs
                return False

        servers.wait_until(counted)
        assert client.get("counter") == b"1"
        assert client.get("nothing") is None  # no late answer is taken for another one's
    finally:
        client.close()


@pytest.mark.parametrize("network", [False, True], ids=["unix", "tcp"])
def test_the_first_request_after_a_restart_succeeds(home: Path, network: bool) -> None:
    port = servers.free_ports(1)[0] if network else 0
    server = servers.start_server(home, "--appendonly", "yes", port=port)
    with opened(server.url) as client:
        client.set("comment", "kept")
        server.kill()
        server = servers.start_server(home, "--appendonly", "yes", port=port)
        try:
            assert client.get("comment") == b"kept"
        finally:
            server.stop()


def test_a_server_that_is_down_costs_a_moment_only(home: Path) -> None:
    port = servers.free_ports(1)[0]
    for url in (f"unix://{home}/s", f"redis://127.0.0.1:{port}", f"redis+sentinel://127.0.0.1:{port}/comments/0"):
        began = time.monotonic()
        with opened(url) as client, pytest.raises(redis.ConnectionError):
            client.ping()
        assert time.monotonic() - began < 2, url
    began = time.monotonic()
    with pytest.raises(redis.exceptions.RedisClusterException):
        connect.connect(f"redis+cluster://127.0.0.1:{port}")
    assert time.monotonic() - began < 2


def test_a_cluster_is_found_through_any_of_its_nodes(cluster: clusters.Cluster, cluster_client: RedisCluster) -> None:
    dead = servers.free_ports(1)[0]
    client = connect.connect(f"redis+cluster://127.0.0.1:{dead},127.0.0.1:{cluster.ports[2]}")
    assert isinstance(client, RedisCluster)
    for number in range(30):
        client.set(f"key{number}", number)
    assert [cluster_client.get(f"key{number}") for number in range(30)] == [b"%d" % number for number in range(30)]
    client.close()


def test_writes_follow_a_slot_while_and_after_it_moves(cluster: clusters.Cluster, cluster_client: RedisCluster) -> None:
    client = connect.connect(f"redis+cluster://127.0.0.1:{cluster.ports[0]}")
    assert isinstance(client, RedisCluster)
    slot = int(client.keyslot("{moving}"))  # type: ignore[no-untyped-call]  # redis-py's
    with cluster.masters[0].client() as one, cluster.masters[1].client() as two, cluster.masters[2].client() as three:
        ids = [master.execute_command("CLUSTER MYID").decode() for master in (one, two, three)]
        owner = cluster.ports.index(client.nodes_manager.get_node_from_slot(slot).port)
        source, target = (one, two, three)[owner], (one, two, three)[(owner + 1) % 3]
        source_id, target_id = ids[owner], ids[(owner + 1) % 3]
        client.incr("warm{moving}")  # the client knows where the slot is
        target.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", source_id)
        source.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", target_id)
        assert client.incr("asked{moving}") == 1
        source.execute_command("MIGRATE", "127.0.0.1", cluster.ports[(owner + 1) % 3], "warm{moving}", 0, 5000)
        for master in (target, source):
            master.execute_command("CLUSTER SETSLOT", slot, "NODE", target_id)
        assert client.incr("asked{moving}") == 2
        assert client.incr("warm{moving}") == 2
    client.close()


def test_an_encrypted_url_checks_the_certificate() -> None:
    with opened("rediss://localhost:1") as client:
        assert client.connection_pool.connection_class is redis.SSLConnection
        assert client.connection_pool.connection_kwargs["ssl_cert_reqs"] == "required"
        assert client.connection_pool.connection_kwargs["ssl_check_hostname"]
