"""The check before serving: every fault is found, named, and answered with what to do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commentsvc.store import connect, embedded, health
from commentsvc.store.exchange import Client
from tests import clusters, servers
from tests.sentinels import Sentinels

SAFE = ("--appendonly", "yes", "--appendfsync", "always")
Check = Callable[..., dict[str, health.Severity]]
ERROR, WARNING = health.Severity.ERROR, health.Severity.WARNING


@pytest.fixture
def home() -> Iterator[Path]:
    with servers.short_directory() as directory:
        yield directory


@pytest.fixture
def check(home: Path) -> Iterator[Check]:
    """Start a server with the given options and return the codes of what `health.check` finds, with their severity."""
    started: list[servers.Server] = []

    def run(*options: str) -> dict[str, health.Severity]:
        started.append(servers.start_server(home, *options))
        return found(started[-1].url)

    yield run
    for server in started:
        server.stop()


def found(url: str) -> dict[str, health.Severity]:
    client = connect.connect(url)
    try:
        return {problem.code: problem.severity for problem in health.check(client)}
    finally:
        client.close()


def sentences(client: Client) -> str:
    return " ".join(problem.sentence for problem in health.check(client))


def test_a_safe_server_has_no_problem(check: Check) -> None:
    assert check(*SAFE) == {}


def test_the_embedded_server_has_no_problem(home: Path) -> None:
    with embedded.start(home, holder="test") as server:
        client = connect.connect(server.url)
        assert health.check(client, data_dir=home, min_free_bytes=1) == ()
        client.close()


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ([], {"no_aof": ERROR}),
        (["--appendonly", "yes", "--appendfsync", "everysec"], {"fsync_everysec": WARNING}),
        (["--appendonly", "yes", "--appendfsync", "no"], {"fsync_off": ERROR}),
        ([*SAFE, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"], {"evicts": ERROR}),
        ([*SAFE, "--maxmemory-policy", "volatile-ttl"], {"evicts": WARNING}),
        ([*SAFE, "--maxmemory", "1"], {"memory_low": WARNING}),
        ([*SAFE, "--replicaof", "127.0.0.1 1"], {"replica": ERROR}),
        ([*SAFE, "--rename-command", "CONFIG", ""], {"fsync_unknown": WARNING}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_a_dangerous_setting_is_found(check: Check, options: list[str], problems: dict[str, health.Severity]) -> None:
    assert check(*options) == problems


def test_everysec_is_an_error_where_the_server_is_ours(home: Path) -> None:
    with embedded.start(home, holder="test") as server:
        client = connect.connect(server.url)
        client.config_set("appendfsync", "everysec")
        assert [problem.code for problem in health.check(client, data_dir=home)] == ["fsync_off"]
        client.close()


def test_a_full_disk_is_seen_before_it_is_full(home: Path) -> None:
    with embedded.start(home, holder="test") as server:
        client = connect.connect(server.url)
        problems = health.check(client, data_dir=home, min_free_bytes=1 << 60)
        assert [(problem.code, problem.severity) for problem in problems] == [("disk_low", ERROR)]
        client.close()


def test_an_unreachable_server_is_a_problem_and_no_exception(home: Path) -> None:
    assert found(f"unix://{home}/nothing") == {"unreachable": ERROR}


def test_a_wrong_password_is_told_from_an_unreachable_server(home: Path) -> None:
    port = servers.free_ports(1)[0]
    server = servers.start_server(home, *SAFE, port=port)
    try:
        with server.client() as client:
            client.config_set("requirepass", "right")
        assert found(f"redis://127.0.0.1:{port}") == {"refused": ERROR}
        assert found(f"redis://:wrong-word@127.0.0.1:{port}") == {"refused": ERROR}
        wrong = connect.connect(f"redis://:wrong-word@127.0.0.1:{port}")
        assert "wrong-word" not in sentences(wrong)
        wrong.close()
        assert found(f"redis://:right@127.0.0.1:{port}") == {}
    finally:
        server.stop()


def test_a_server_that_still_loads_says_wait(home: Path) -> None:
    server = servers.start_server(home, *SAFE)
    with server.client() as client:
        for number in range(3000):
            client.set(f"key{number}", "value")
    server.stop()
    # Half a millisecond a write, and questions answered once in a thousand: loading takes long enough to be seen.
    slow: list[servers.Server] = []
    starting = threading.Thread(
        target=lambda: slow.append(servers.start_server(home, *SAFE, "--key-load-delay", "500"))
    )
    starting.start()
    try:
        servers.wait_until(lambda: found(server.url) == {"loading": ERROR}, what="the word that it loads")
    finally:
        starting.join()
        slow[0].stop()


def test_every_master_of_a_cluster_is_asked(cluster: clusters.Cluster) -> None:
    client = connect.connect(f"redis+cluster://127.0.0.1:{cluster.ports[0]}")
    problems = health.check(client)
    assert [problem.code for problem in problems] == ["no_aof"] * 3 + ["full_coverage"] * 3
    for code in ("no_aof", "full_coverage"):
        told = [problem.sentence for problem in problems if problem.code == code]
        assert all(any(str(port) in sentence for sentence in told) for port in cluster.ports)
    client.close()


def test_more_replicas_waited_for_than_there_are_is_told(watched: Sentinels) -> None:
    for wait_replicas, told in ((1, False), (2, True)):
        with closing(connect.connect(watched.url, wait_replicas=wait_replicas)) as client:
            assert any(problem.code == "few_replicas" for problem in health.check(client)) is told


def test_one_node_of_a_cluster_is_not_taken_for_a_server(cluster: clusters.Cluster) -> None:
    assert found(cluster.masters[0].url)["wrong_scheme"] is ERROR
