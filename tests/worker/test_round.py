"""What the worker does at each of its rounds beside delivering."""

import pytest
import redis

from commentsvc.domain.refusal import Refused
from tests.servers import FakeClock
from tests.worker.scene import Scene, scene, worker


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


def test_likes_are_seen_with_the_workers_round_all_at_once(told: Scene) -> None:
    site = told.service.sites.change("daily", {"likes": True})
    id = told.submit()
    told.decide(id)
    found = told.service.sites.article("daily", "https://daily.example/news/42")
    assert isinstance(found, tuple)

    def revision() -> int:
        page = told.service.reading.page(site, found[1])
        assert not isinstance(page, Refused)
        return page.thread.revision

    before = revision()
    for number in range(3):
        told.service.likes.like(site, found[1], id, network=f"192.0.2.{number}", browser="")
    assert revision() == before
    with worker(told.service) as ours:
        ours.round()
        shown = revision()
        assert shown > before
        told.service.likes.like(site, found[1], id, network="192.0.2.9", browser="")
        ours.round()
    assert revision() == shown  # until the next minute


def test_the_worker_says_that_it_is_alive(told: Scene) -> None:
    assert not told.service.outbox.worker_alive()
    with worker(told.service) as ours:
        ours.round()
        assert told.service.outbox.worker_alive()
