"""What was acknowledged survives a power cut, and the model that says so can also say the opposite."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from tests import servers
from tests.fault.powercut import PowerCut, build_library

Start = Callable[..., PowerCut]
WRITERS = 8


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library(tmp_path_factory.mktemp("powercut"))


@pytest.fixture
def start(library: Path) -> Iterator[Start]:
    """A function that starts a server with the given options."""
    started: list[PowerCut] = []
    with servers.short_directory() as directory:

        def run(*options: str) -> PowerCut:
            started.append(PowerCut(directory, library, *options))
            return started[-1]

        yield run
        for one in started:
            one.stop()


def cut_under_load(power: PowerCut, prefix: str, *, writes: int) -> set[bytes]:
    """Cut the power after `writes` acknowledgements, writers and a rewrite in flight; return what was acknowledged."""
    acknowledged: list[bytes] = []
    over = threading.Event()

    def write(name: int) -> None:
        with power.server.client() as client:
            number = 0
            while not over.is_set():
                key = f"{prefix}:{name}:{number}".encode()
                try:
                    client.set(key, b"x" * 300)
                except redis.RedisError:
                    return
                acknowledged.append(key)
                number += 1

    writers = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
    for writer in writers:
        writer.start()
    servers.wait_until(lambda: len(acknowledged) >= writes // 2, timeout_s=30)
    with power.server.client() as client:
        client.bgrewriteaof()
    servers.wait_until(lambda: len(acknowledged) >= writes, timeout_s=30)
    power.cut()
    over.set()
    for writer in writers:
        writer.join()
    return set(acknowledged)


def lost(power: PowerCut, acknowledged: set[bytes]) -> set[bytes]:
    with power.server.client() as client:
        return acknowledged - set(client.keys("*"))


def test_an_acknowledged_write_survives_power_cuts(start: Start) -> None:
    power = start("--appendfsync", "always", "--auto-aof-rewrite-percentage", "0")
    acknowledged: set[bytes] = set()
    for round_ in range(5):
        acknowledged |= cut_under_load(power, f"round{round_}", writes=300)
        assert not lost(power, acknowledged)


def test_without_fsync_before_the_answer_the_model_loses_writes(start: Start) -> None:
    power = start("--appendfsync", "everysec")
    acknowledged = cut_under_load(power, "round", writes=300)
    assert lost(power, acknowledged)


def test_a_kill_alone_loses_nothing_even_then() -> None:
    # Why the model is needed: the same setting looks safe when only the process dies.
    with servers.short_directory() as directory:
        options = ("--appendonly", "yes", "--appendfsync", "everysec")
        server = servers.start_server(directory, *options)
        with server.client() as client:
            for number in range(300):
                client.set(f"key{number}", "value")
        server.kill()
        server = servers.start_server(directory, *options)
        with server.client() as client:
            assert client.dbsize() == 300
        server.stop()
