"""A decision that was acknowledged is seen by every reader within a second, whatever becomes of the line of notices.

Readers ask on connections that stay open, so that every web process is asked all the time; each answer is noted with
the time at which its request was sent.
"""

import contextlib
import http.client
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from time import monotonic
from urllib.parse import urlencode

import pytest
import redis

from commentsvc.bootstrap import NoRedis
from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from tests.fault.crowd import Crowd
from tests.fault.relay import Relay
from tests.fault.running import ARTICLE, Running, call, running
from tests.servers import free_ports, short_directory, start_server, wait_until

LIST = "/api/v1/comments?" + urlencode({"site": "daily", "url": ARTICLE})
PROMISE_S = 1.0
READERS = 8
MO = Actor(id="mo", sites=None)
TEXT = "this comment will be taken down"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One answer: to which reader, when it was asked for, whether it showed the comment, its `Age`."""

    reader: int
    sent_s: float
    status: int
    shows: bool
    age: int | None


class Readers(Crowd):
    """Eight readers of one page, each on a connection of its own that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._seen: list[Seen] = []
        super().__init__([partial(self._read, number) for number in range(READERS)])

    def since(self, sent_s: float) -> list[Seen]:
        """Every answer to what was asked from then on."""
        with self._lock:
            return [one for one in self._seen if one.sent_s >= sent_s]

    def wait(self, count: int, *, sent_s: float) -> list[Seen]:
        """The answers to what was asked from then on, once there are so many."""
        wait_until(lambda: len(self.since(sent_s)) >= count, timeout_s=30, what=f"{count} answers")
        return self.since(sent_s)

    def settle(self) -> None:
        """Returns when each of them has read the page: whatever process somebody is connected to has it from now on."""
        began_s = monotonic()

        def all_have_read() -> bool:
            return len({one.reader for one in self.since(began_s)}) == READERS

        wait_until(all_have_read, timeout_s=30, what="a page for everybody")

    def _read(self, number: int) -> None:
        while not self._over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                while not self._over.is_set():
                    self._ask(number, connection)

    def _ask(self, number: int, connection: http.client.HTTPConnection) -> None:
        sent_s = monotonic()
        connection.request("GET", LIST)
        answer = connection.getresponse()
        body = answer.read()
        age = answer.headers["Age"]
        seen = Seen(
            reader=number,
            sent_s=sent_s,
            status=answer.status,
            shows=TEXT.encode() in body,
            age=int(age) if age is not None else None,
        )
        with self._lock:
            self._seen.append(seen)
        self._over.wait(0.002)


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running() as service:
        service.start()
        service.prepare()
        yield service


@pytest.fixture
def on_own_redis() -> Iterator[tuple[Running, int]]:
    """A service on a Redis that the test may end, and that server's process."""
    with short_directory() as directory:
        port = free_ports(1)[0]
        server = start_server(directory, "--appendonly", "yes", port=port)
        try:
            with running(COMMENTSVC_REDIS_URL=server.url, COMMENTSVC_STALE_SECONDS="2") as service:
                service.start()
                service.prepare()
                yield service, server.process.pid
        finally:
            server.stop()


def published(service: Running) -> str:
    """The id of a comment with `TEXT` that everybody may read."""
    _, opened = call(service.port, "POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE})
    ticket = opened["challenge"]
    comment = {"site": "daily", "url": ARTICLE, "name": "Mallory", "email": "m@daily.example", "text": TEXT}
    comment |= {"challenge": ticket, "code": service.answer(ticket)}
    status, accepted = call(service.port, "POST", "/api/v1/comments", comment)
    assert status == 202, accepted
    decided(service, accepted["id"], 1, Verb.APPROVE)
    return str(accepted["id"])


def decided(service: Running, id: str, version: int, verb: Verb) -> float:
    """The monotonic time at which a decision, made by another process than the web's, was acknowledged."""
    reason = "insult" if verb is Verb.REJECT else ""
    with service.parts() as parts:
        made = parts.service.moderation.decide(MO, Wanted(id=id, version=version, verb=verb, reason=reason))
    assert isinstance(made, Made), made
    return monotonic()


def taken_down(service: Running, id: str, readers: Readers) -> None:
    """Takes the comment down while everybody reads; nobody who asks a second later sees it, nobody gets an error."""
    before_s = monotonic()
    wait_until(lambda: [one for one in readers.since(before_s) if one.shows], what="the comment, published")
    done_s = decided(service, id, 2, Verb.REJECT)
    late = readers.wait(200, sent_s=done_s + PROMISE_S)
    assert {one.status for one in late} == {200}
    assert not [one for one in late if one.shows], "an old page a second after the decision"


def test_in_peace(service: Running) -> None:
    id = published(service)
    with Readers(service.port) as readers:
        taken_down(service, id, readers)


def test_with_the_line_of_notices_cut_again_and_again(service: Running) -> None:
    id, over = published(service), threading.Event()

    def cut() -> None:
        with service.parts() as parts:
            while not over.wait(0.02):
                parts.client.execute_command("CLIENT KILL TYPE pubsub")  # type: ignore[no-untyped-call]  # redis-py's

    scissors = threading.Thread(target=cut)
    scissors.start()
    try:
        with Readers(service.port) as readers:
            taken_down(service, id, readers)
    finally:
        over.set()
        scissors.join(30)


def test_with_a_line_of_notices_that_is_silent_but_stays_open() -> None:
    with short_directory() as directory:
        ports = free_ports(2)
        server = start_server(directory, "--appendonly", "yes", port=ports[0])
        relay = Relay(ports[1], ports[0])
        try:
            with running(COMMENTSVC_REDIS_URL=f"redis://127.0.0.1:{ports[1]}/0") as service:
                service.start()
                service.prepare()
                id = published(service)
                with Readers(service.port) as readers:
                    readers.settle()
                    with relay.held():
                        taken_down(service, id, readers)
        finally:
            relay.close()
            server.stop()


def test_a_process_that_was_paused_does_not_answer_from_memory(service: Running) -> None:
    id = published(service)
    with Readers(service.port) as readers:
        readers.settle()
        paused = sorted(service.pids("web"))
        for pid in paused:
            os.kill(pid, signal.SIGSTOP)
        done_s = decided(service, id, 2, Verb.REJECT)
        wait_until(lambda: monotonic() >= done_s + PROMISE_S, what="the second")
        awake_s = monotonic()
        for pid in paused:
            os.kill(pid, signal.SIGCONT)
        late = readers.wait(100, sent_s=awake_s)
        assert not [one for one in late if one.shows]


def test_when_redis_was_killed_and_came_back(service: Running) -> None:
    id = published(service)
    with Readers(service.port) as readers:
        readers.settle()
        (pid,) = service.pids("redis")
        killed_s = monotonic()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: service.pids("redis") - {pid}, what="another redis")
        done_s = _decided_when_it_is_back(service, id)
        late = readers.wait(200, sent_s=done_s + PROMISE_S)
        assert not [one for one in late if one.shows]
        assert {one.status for one in readers.since(killed_s)} == {200}, "reading goes on while redis is away"


def _decided_when_it_is_back(service: Running, id: str) -> float:
    found: list[float] = []

    def try_it() -> bool:
        with contextlib.suppress(redis.RedisError, NoRedis):
            found.append(decided(service, id, 2, Verb.REJECT))
        return bool(found)

    wait_until(try_it, timeout_s=20, what="a decision after the restart")
    return found[0]


def test_while_redis_is_away_the_last_page_is_served_for_a_while_and_says_its_age(
    on_own_redis: tuple[Running, int],
) -> None:
    service, pid = on_own_redis
    published(service)
    with Readers(service.port) as readers:
        readers.settle()
        os.kill(pid, signal.SIGKILL)
        killed_s = monotonic()
        wait_until(lambda: any(one.status == 503 for one in readers.since(killed_s)), what="the end of the two seconds")
        seen = readers.since(killed_s)
        stale = [one for one in seen if one.age is not None]
        assert stale
        assert all(one.status == 200 and one.shows and one.age <= 2 for one in stale if one.age is not None)
        end_s = min(one.sent_s for one in seen if one.status == 503)
        assert not [one for one in seen if one.status == 200 and one.sent_s > end_s + PROMISE_S]


def test_what_was_withdrawn_does_not_come_back_when_redis_goes_away(
    on_own_redis: tuple[Running, int],
) -> None:
    service, pid = on_own_redis
    id = published(service)
    with Readers(service.port) as readers:
        taken_down(service, id, readers)
        os.kill(pid, signal.SIGKILL)
        late = readers.wait(200, sent_s=monotonic())
        assert not [one for one in late if one.shows]
