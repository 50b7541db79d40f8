"""The same promises on every deployment: one server, one found by a sentinel, and a cluster of three masters."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from commentsvc.store.connect import connect
from tests.sentinels import Sentinels, start_sentinels
from tests.servers import FakeClock, short_directory
from tests.store.people import Newsroom, newsroom

DEPLOYMENTS = {
    "one server": ("client", 1),
    "sentinel, acknowledged with a replica": ("watched_client", 1),
    "three masters, 8 partitions": ("cluster_client", 8),
}


@pytest.fixture(params=DEPLOYMENTS)
def daily(request: pytest.FixtureRequest, clock: FakeClock) -> Newsroom:
    """The newsroom of the Daily, on each deployment in turn; its servers start with the first test that needs them."""
    fixture, partitions = DEPLOYMENTS[request.param]
    return newsroom(request.getfixturevalue(fixture), clock, partitions=partitions)


@pytest.fixture(scope="session")
def watched() -> Iterator[Sentinels]:
    """A master, a replica and a sentinel."""
    with short_directory() as directory:
        made = start_sentinels(directory, "--hz", "100", watchers=1)
        yield made
        made.stop()


@pytest.fixture
def watched_client(watched: Sentinels) -> Iterator[redis.Redis]:
    """A client of our own that asks the sentinel for the master, emptied, and waits for the replica."""
    client = connect(watched.url, wait_replicas=1)
    assert isinstance(client, redis.Redis)
    with client:
        client.flushall()
        yield client


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Where an embedded server of the test's own may keep its data; a short path, for its socket's sake."""
    with short_directory() as directory:
        yield directory / "data"
