"""`commentsvc serve` starts, reloads and stops without losing a request and without leaving a process."""

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from commentsvc.domain.decision import Status
from tests.fault.crowd import Crowd
from tests.fault.running import ARTICLE, Running, call, running
from tests.servers import short_directory, start_server, wait_until


@pytest.fixture
def service() -> Iterator[Running]:
    with running() as service:
        yield service


@pytest.fixture(scope="module")
def serving() -> Iterator[Running]:
    """One that goes on through several tests, and has to leave in order after all of them."""
    with running() as service:
        yield service.start()
        assert service.stop() == 0


class Readers(Crowd):
    """Eight readers who ask for the same page, each time on a new connection or all the time on their own."""

    def __init__(self, port: int, *, keep: bool) -> None:
        self._port, self._keep = port, keep
        self.seen: Counter[str] = Counter()
        super().__init__([self._read] * 8)

    def _read(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self._over.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
                    connection.connect()
            except ConnectionRefusedError:
                self.seen["refused"] += 1
                return
            try:
                connection.request("GET", "/login")
                answer = connection.getresponse()
                answer.read()
                self.seen[str(answer.status)] += 1
                leave = not self._keep or answer.will_close
            except (OSError, http.client.HTTPException) as error:
                self.seen[type(error).__name__] += 1
                leave = True
            if leave:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def wait_for_more(self, count: int = 100) -> None:
        """Return when `count` more requests were answered than now."""
        wanted = self.seen["200"] + count
        wait_until(lambda: self.seen["200"] >= wanted, timeout_s=30, what=f"{count} more answers")


def test_it_says_in_one_line_that_it_serves_and_then_it_does(service: Running) -> None:
    service.start()
    assert call(service.port, "GET", "/healthz")[0] == 200
    assert service.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_process_and_redis_last(service: Running, number: int) -> None:
    service.start()
    wait_until(lambda: {"worker", "web", "redis"} <= set(service.family().values()), what="all its processes")
    family = service.family()
    with contextlib.ExitStack() as stack:
        ends: dict[int, tuple[int, str]] = {}
        for pid, role in family.items():
            if role != "serve":
                ends[pid] = os.pidfd_open(pid), role
                stack.callback(os.close, ends[pid][0])
        os.kill(service.pid, number)
        redis = [end for end, role in ends.values() if role == "redis"]
        others = {end for end, role in ends.values() if role in ("web", "worker")}
        assert select.select(redis, [], [], 60)[0], "Redis does not end"
        ended = set(select.select(list(others), [], [], 0)[0])
        assert ended == others, "Redis went before somebody who might have written to it"
    assert service.stop() == 0


def test_a_killed_serve_takes_every_process_with_it(service: Running) -> None:
    service.start()
    wait_until(lambda: {"worker", "web", "redis"} <= set(service.family().values()), what="all its processes")
    service.stop(signal.SIGKILL)


@pytest.mark.parametrize("keep", [False, True], ids=["new connections", "kept connections"])
def test_a_reload_replaces_the_web_processes_and_drops_no_request(serving: Running, keep: bool) -> None:
    wait_until(lambda: len(serving.pids("web")) == 2, timeout_s=30, what="two web processes")
    before = serving.pids("web")
    with Readers(serving.port, keep=keep) as readers:
        readers.wait_for_more()
        serving.process.send_signal(signal.SIGHUP)  # type: ignore[union-attr]
        wait_until(lambda: not before & serving.pids("web"), timeout_s=30, what="new web processes")
        readers.wait_for_more()
    assert set(readers.seen) == {"200"}
    assert len(serving.pids("web")) == 2


@pytest.mark.parametrize("keep", [False, True], ids=["new connections", "kept connections"])
def test_a_stop_answers_every_request_that_came_before_it(service: Running, keep: bool) -> None:
    service.start()
    with Readers(service.port, keep=keep) as readers:
        readers.wait_for_more()
        assert service.stop() == 0
    assert set(readers.seen) <= {"200", "refused"}


def test_a_submission_half_sent_when_the_stop_comes_is_still_acknowledged(service: Running) -> None:
    service.start()
    service.prepare()
    _, wish = call(service.port, "POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE})
    comment = {"site": "daily", "url": ARTICLE, "name": "Alice", "email": "a@daily.example", "text": "slowly typed"}
    comment |= {"challenge": wish["challenge"], "code": service.answer(wish["challenge"])}
    body = json.dumps(comment).encode()
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as slow:
        head = f"POST /api/v1/comments HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        slow.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body[:20])
        for _ in range(8):  # whichever process has it, it has it by then
            assert call(service.port, "GET", "/healthz")[0] == 200
        service.process.send_signal(signal.SIGTERM)  # type: ignore[union-attr]
        wait_until(lambda: not _listens(service.port), what="a port on which nobody listens")
        slow.sendall(body[20:])
        assert slow.recv(1000).startswith(b"HTTP/1.1 202")
    service.stop()
    service.start()
    assert list(service.texts(Status.PENDING).values()) == ["slowly typed"]


def test_hundreds_of_idle_and_half_sent_connections_keep_nobody_out(serving: Running) -> None:
    half, whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for sent in (b"", half, whole):
            for _ in range(150):
                idle = stack.enter_context(socket.create_connection(("127.0.0.1", serving.port), timeout=20))
                idle.sendall(sent)
        assert call(serving.port, "GET", "/healthz")[0] == 200


def test_web_processes_that_keep_dying_are_started_again(serving: Running) -> None:
    for _ in range(3):  # more often than granian by itself puts up with
        wait_until(lambda: len(serving.pids("web")) == 2, timeout_s=30, what="two web processes")
        victims = serving.pids("web")
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        wait_until(lambda gone=victims: not gone & serving.pids("web"), what="their end")  # type: ignore[misc]
    assert call(serving.port, "GET", "/healthz")[0] == 200


def test_a_reload_with_settings_that_cannot_work_changes_nothing(serving: Running) -> None:
    wait_until(lambda: len(serving.pids("web")) == 2, timeout_s=30, what="two web processes")
    web, chosen = serving.pids("web"), serving.directory / "commentsvc.toml"
    chosen.write_text('workers = "many"\n')
    try:
        serving.process.send_signal(signal.SIGHUP)  # type: ignore[union-attr]
        wait_until(lambda: "not reloaded" in serving.log, what="a word about the reload")
    finally:
        chosen.unlink()
    assert "workers in" in serving.log
    assert serving.pids("web") == web
    assert call(serving.port, "GET", "/healthz")[0] == 200


def test_a_second_start_on_the_same_data_says_who_holds_it(serving: Running) -> None:
    second = serving.run("serve")
    assert second.returncode == 1
    assert f"is in use by commentsvc serve (pid {serving.pid}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_in_use_is_said_in_a_sentence(service: Running) -> None:
    with socket.create_server(("127.0.0.1", service.port)):
        tried = service.run("serve")
    assert tried.returncode == 1
    assert f"Nobody can listen on 127.0.0.1 port {service.port}" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_redis_that_forgets_is_refused_at_the_start() -> None:
    with short_directory() as directory:
        server = start_server(directory)  # no append-only file
        with running(COMMENTSVC_REDIS_URL=server.url) as service:
            tried = service.run("serve")
        server.stop()
    assert tried.returncode == 1
    assert "Set appendonly yes" in tried.stderr


def test_a_redis_that_nobody_can_reach_is_refused_at_the_start() -> None:
    with running(COMMENTSVC_REDIS_URL="redis://127.0.0.1:1/0") as service:
        tried = service.run("serve")
    assert tried.returncode == 1
    assert "cannot be reached" in tried.stderr
    assert "Traceback" not in tried.stderr


def _listens(port: int) -> bool:
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def test_a_scrape_tells_of_every_web_process() -> None:
    token = "a-token-for-the-figures"
    with running(COMMENTSVC_METRICS_TOKEN=token) as service:
        service.start()
        for _ in range(20):
            assert call(service.port, "GET", "/healthz")[0] == 200
            assert call(service.port, "GET", "/embed.js")[0] == 200

        def told(series: str) -> float:
            text = call(service.port, "GET", "/metrics", headers={"Authorization": f"Bearer {token}"})[1]
            return sum(float(value) for value in re.findall(rf"^{series} (\S+)$", text, re.MULTILINE))

        # New connections go to either process; asked of several, every scrape must know all twenty (and serve's own).
        assert [told(r'commentsvc_answers_total\{.*route="/healthz".*\}') for _ in range(8)] == [21.0] * 8
        assert [told(r'commentsvc_ready_total\{how="(?:made|kept)"\}') for _ in range(8)] == [20.0] * 8
        service.stop()
