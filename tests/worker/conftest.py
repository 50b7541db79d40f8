"""A site whose authors can be written to, a mail server, and a worker whose rounds the test makes."""

from collections.abc import Iterator

import pytest
import redis

from commentsvc.worker.loop import Worker
from tests.servers import FakeClock
from tests.worker.post_office import PostOffice, post_office
from tests.worker.scene import Scene, scene, settings, worker


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as this:
        yield this


@pytest.fixture
def ours(told: Scene, office: PostOffice) -> Iterator[Worker]:
    with worker(told.service, settings(smtp_url=office.url, mail_from="comments@daily.example")) as this:
        yield this
