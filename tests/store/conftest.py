"""The same promises on every deployment: one server, and a cluster of three masters."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import FakeClock, short_directory
from tests.store.people import Newsroom, newsroom


@pytest.fixture(params=[1, 8], ids=["one server", "three masters, 8 partitions"])
def daily(request: pytest.FixtureRequest, clock: FakeClock) -> Newsroom:
    """The newsroom of the Daily, on each deployment in turn; the cluster starts with the first test that needs it."""
    fixture = "client" if request.param == 1 else "cluster_client"
    return newsroom(request.getfixturevalue(fixture), clock, partitions=request.param)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Where an embedded server of the test's own may keep its data; a short path, for its socket's sake."""
    with short_directory() as directory:
        yield directory / "data"
