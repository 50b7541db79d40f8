"""The fixtures themselves: what every other test builds on."""

import subprocess
import sys
import threading

import pytest
import redis
from playwright.sync_api import Page
from redis.cluster import RedisCluster

from commentsvc.bootstrap import now_ms
from tests.conftest import Corpus
from tests.fault.running import is_alive
from tests.servers import FakeClock, StrictClock, short_directory, wait_until


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


def test_the_strict_clock_is_the_real_one_but_answers_no_millisecond_twice() -> None:
    before, strict = now_ms(), StrictClock()
    times = [strict() for _ in range(1_000)]
    assert times == sorted(set(times))
    assert before <= times[0] <= now_ms()


def test_waiting_is_bounded() -> None:
    with pytest.raises(AssertionError, match="the moon"):
        wait_until(lambda: False, timeout_s=0.02, what="the moon")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_server_ends_with_a_test_run_that_is_killed() -> None:
    program = (
        "import sys, time; from pathlib import Path; from tests.servers import start_server\n"
        "print(start_server(Path(sys.argv[1])).process.pid, flush=True); time.sleep(60)"
    )
    with short_directory() as directory:
        command = [sys.executable, "-c", program, str(directory)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            server = int(run.stdout.readline())
            assert is_alive(server)
            run.kill()
        wait_until(lambda: not is_alive(server), what="the end of the server")


def test_tests_run_in_the_main_thread_with_whose_end_their_servers_end() -> None:
    assert threading.current_thread() is threading.main_thread()


def test_a_missing_corpus_skips_by_name(corpus: Corpus) -> None:
    with pytest.raises(pytest.skip.Exception, match="no_such_corpus"):
        corpus("no_such_corpus")


def test_the_browser_starts(page: Page) -> None:
    page.set_content("<title>here</title>")
    assert page.title() == "here"
