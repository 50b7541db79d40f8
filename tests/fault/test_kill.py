"""Whoever is killed, whenever: what was acknowledged is there, once."""

import http.client
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest

from commentsvc.domain.decision import Status
from tests.fault.powercut import PowerCut, build_library
from tests.fault.running import ARTICLE, Running, Traffic, call, running
from tests.servers import free_ports, short_directory, start_server, wait_until


@pytest.fixture
def service() -> Iterator[Running]:
    with running() as service:
        yield service


def assert_nothing_is_lost_or_doubled(service: Running, traffic: Traffic) -> None:
    """Everything acknowledged is there with the status it was given, and no text is there twice."""
    approved, pending = service.texts(Status.APPROVED), service.texts(Status.PENDING)
    assert traffic.approved - set(approved) == set(), "an acknowledged decision is lost"
    kept = approved | pending
    assert {id for ids in traffic.acknowledged.values() for id in ids} - set(kept) == set(), (
        "an acknowledged one is lost"
    )
    assert {text: ids for text, ids in traffic.acknowledged.items() if len(ids) > 1} == {}, "one key, two ids"
    assert len(set(kept.values())) == len(kept), "one submission became two comments"


def test_a_killed_process_of_any_kind_loses_nothing_and_comes_back(service: Running) -> None:
    service.start()
    with Traffic(service, service.prepare()) as traffic:
        for role in ("web", "worker", "redis"):
            traffic.wait_for_more()
            victim = max(service.pids(role))
            os.kill(victim, signal.SIGKILL)
            wait_until(partial(_is_replaced, service, role, victim), timeout_s=30, what=f"another {role}")
        traffic.wait_for_more()
    assert_nothing_is_lost_or_doubled(service, traffic)
    assert service.process is not None
    assert service.process.poll() is None


def _is_replaced(service: Running, role: str, victim: int) -> bool:
    return bool(service.pids(role) - {victim})


def test_a_killed_service_has_everything_after_the_next_start(service: Running) -> None:
    service.start()
    with Traffic(service, service.prepare()) as traffic:
        for _ in range(2):
            traffic.wait_for_more()
            service.stop(signal.SIGKILL)
            service.start()
        traffic.wait_for_more()
    assert traffic.failed, "nobody noticed the kill: the test proves nothing"
    assert_nothing_is_lost_or_doubled(service, traffic)


def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    library = build_library(tmp_path)
    with short_directory() as directory:
        power = PowerCut(directory, library, "--appendfsync", "always")
        with running(COMMENTSVC_REDIS_URL=power.server.url) as service:
            service.start()
            with Traffic(service, service.prepare()) as traffic:
                for _ in range(2):
                    traffic.wait_for_more()
                    power.cut()
                traffic.wait_for_more()
            assert traffic.failed, "nobody noticed the cut: the test proves nothing"
            assert_nothing_is_lost_or_doubled(service, traffic)
        power.stop()


def test_without_redis_a_reader_keeps_the_text_and_the_service_recovers_by_itself() -> None:
    with short_directory() as directory:
        options = ("--appendonly", "yes", "--appendfsync", "always")
        server = start_server(directory, *options)
        with running(COMMENTSVC_REDIS_URL=server.url) as service:
            service.start()
            service.prepare()
            form = _form(service)
            server.kill()
            status, page = _post(service, form)
            assert status == 503
            assert "a text that took an hour" in page
            server = start_server(directory, *options)
            wait_until(lambda: _post(service, form)[0] == 303, timeout_s=30, what="a submission taken again")
            assert list(service.texts(Status.PENDING).values()) == ["a text that took an hour"]
        server.stop()


def test_without_the_replica_that_is_waited_for_a_reader_keeps_the_text_and_sends_it_once(tmp_path: Path) -> None:
    ports = free_ports(2)
    homes = [tmp_path / str(port) for port in ports]
    for home in homes:
        home.mkdir()
    master = start_server(homes[0], "--appendonly", "yes", "--appendfsync", "always", port=ports[0])
    replica = start_server(homes[1], "--replicaof", f"127.0.0.1 {ports[0]}", port=ports[1])
    try:
        with running(COMMENTSVC_REDIS_URL=master.url, COMMENTSVC_WAIT_REPLICAS="1") as service:
            service.start()
            service.prepare()
            form = _form(service)
            replica.freeze()
            status, page = _post(service, form)
            assert status == 503
            assert "a text that took an hour" in page
            assert _post(service, form)[0] == 503
            replica.thaw()
            wait_until(lambda: _post(service, form)[0] == 303, timeout_s=30, what="a submission acknowledged")
            assert list(service.texts(Status.PENDING).values()) == ["a text that took an hour"]
    finally:
        replica.stop()
        master.stop()


def _form(service: Running) -> dict[str, str]:
    _, wish = call(service.port, "POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE})
    return {
        "url": ARTICLE,
        "name": "Alice",
        "email": "alice@daily.example",
        "text": "a text that took an hour",
        "challenge": wish["challenge"],
        "code": service.answer(wish["challenge"]),
        "submission": "the-same-one",
    }


def _post(service: Running, form: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    connection.request("POST", "/embed/daily", urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content
