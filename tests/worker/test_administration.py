"""What an operator is told."""

import pytest
import redis

from commentsvc.service.sites import BadSite
from tests.servers import FakeClock
from tests.worker.scene import Scene, scene


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://receiver.example/",
        "https://",
        "https://user:pass@receiver.example/",
        "https://receiver.example:22/",
        "https://receiver.example:0/",
        "https://receiver.example:99999/",
        "https://receiver.example/a b",
        "https://receiver.example/\r\nx-injected: 1",
        "https://receiver.example\\@inside/",
        "https://" + "a" * 2_000,
    ],
)
def test_an_address_that_no_webhook_can_have_is_refused_when_it_is_added(told: Scene, url: str) -> None:
    with pytest.raises(BadSite):
        told.service.webhooks.add("daily", url)
    assert told.service.webhooks.list("daily") == ()


def test_administration_says_what_is_wrong(told: Scene) -> None:
    webhooks = told.service.webhooks
    with pytest.raises(BadSite, match=r"comment\.published.*comment\.submitted"):
        webhooks.add("daily", "https://receiver.example/", ["comment.published"])
    with pytest.raises(BadSite, match="no site 'nowhere'"):
        webhooks.add("nowhere", "https://receiver.example/")
    with pytest.raises(BadSite, match="not a public address"):
        webhooks.add("daily", "http://169.254.169.254/")  # not even where private addresses are allowed
    with pytest.raises(BadSite, match="no webhook 'x'"):
        webhooks.remove("daily", "x")
    added = [webhooks.add("daily", f"https://receiver.example/{number}") for number in range(10)]
    assert len({one.secret for one in added}) == 10
    with pytest.raises(BadSite, match="remove one first"):
        webhooks.add("daily", "https://receiver.example/")
    webhooks.remove("daily", added[0].id)
    assert webhooks.list("daily") == tuple(added[1:])
