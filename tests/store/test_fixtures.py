"""The fixtures themselves: what every other test builds on."""

import pytest
import redis
from playwright.sync_api import Page
from redis.cluster import RedisCluster

from tests.conftest import Corpus
from tests.servers import FakeClock, wait_until


@pytest.mark.parametrize("round_", [1, 2])
def test_each_test_finds_the_server_empty(client: redis.Redis, round_: int) -> None:
    assert client.dbsize() == 0
    client.set("left behind", round_)


def test_the_cluster_serves_all_slots(cluster_client: RedisCluster) -> None:
    for number in range(100):
        cluster_client.set(f"key{number}", number)
    assert {cluster_client.get(f"key{number}") for number in range(100)} == {b"%d" % n for n in range(100)}


def test_the_clock_moves_only_when_told(clock: FakeClock) -> None:
    before = clock()
    assert clock() == before
    assert clock.advance(ms=5) == clock() == before + 5


def test_waiting_is_bounded() -> None:
    with pytest.raises(AssertionError, match="the moon"):
        wait_until(lambda: False, timeout_s=0.02, what="the moon")


def test_a_missing_corpus_skips_by_name(corpus: Corpus) -> None:
    with pytest.raises(pytest.skip.Exception, match="no_such_corpus"):
        corpus("no_such_corpus")


def test_the_browser_starts(page: Page) -> None:
    page.set_content("<title>here</title>")
    assert page.title() == "here"
