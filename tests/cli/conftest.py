"""Where the verbs are tried: beside a running service, and alone."""

from collections.abc import Iterator

import pytest

from tests.fault.running import Running, running


@pytest.fixture(scope="module")
def beside() -> Iterator[Running]:
    """A running service; the verbs find it by their directory."""
    with running() as service:
        service.start()
        yield service
        service.stop()


@pytest.fixture
def alone() -> Iterator[Running]:
    """A directory where nothing runs."""
    with running() as service:
        yield service
