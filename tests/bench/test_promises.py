"""What makes the figures what they are, counted instead of timed: how much the store is asked for one answer."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from commentsvc.bench import seed
from commentsvc.bootstrap import Parts, now_ms
from commentsvc.domain.moderator import Actor, Scope
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service import Limits, assemble
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests import servers

SECRET = "a secret of more than thirty-two characters"
LAST = "the end of what is listened to"
SITE = "daily"


@dataclass(kw_only=True)
class Heard:
    """Commands by name: those that came over the wire, and those that scripts ran inside the store."""

    sent: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)


@contextmanager
def listening(valkey: servers.Server) -> Iterator[Heard]:
    """What the store is asked during the block; connections' own greetings are left out."""
    heard = Heard()
    with valkey.client() as watcher, watcher.monitor() as monitor:
        yield heard
        with valkey.client() as other:
            other.echo(LAST)
        for event in monitor.listen():
            name, _, rest = event["command"].partition(" ")
            if rest == LAST:
                return
            if name not in ("HELLO", "CLIENT"):
                (heard.inside if event["client_type"] == "lua" else heard.sent).append(name)


@pytest.fixture
def parts(client: redis.Redis, tmp_path: Path) -> Parts:
    """The service on an emptied store, its clock standing still so that nothing is refreshed meanwhile."""
    service = assemble(client, clock=servers.FakeClock(now_ms()), secrets=[SECRET], limits=Limits())
    return Parts(settings=Settings(data_dir=tmp_path), secrets=(SECRET,), client=client, service=service)


@pytest.fixture
def web(parts: Parts) -> FlaskClient:
    """Somebody who asks the web application."""
    return create_app(parts).test_client()


def asked_for(valkey: servers.Server, ask: Callable[[], int], *, expect: int = 200) -> Heard:
    """What the store is asked for one answer, when scripts and sites are known already."""
    assert ask() == expect
    with listening(valkey) as heard:
        assert ask() == expect
    return heard


def getting(
    web: FlaskClient, path: str, query: dict[str, str], headers: dict[str, str] | None = None
) -> Callable[[], int]:
    """A GET to be sent, which returns its status."""

    def get() -> int:
        return web.get(path, query_string=query, headers=headers).status_code

    return get


def test_a_page_costs_the_same_in_a_thread_of_ten_and_of_a_thousand(
    valkey: servers.Server, parts: Parts, web: FlaskClient
) -> None:
    site = seed.site(parts, SITE)
    heard = []
    for number, length in enumerate((10, 1000)):
        seed.approved(parts, site, number, length)
        page = {"site": SITE, "url": seed.url(number), "limit": "9"}
        heard.append(asked_for(valkey, getting(web, "/api/v1/comments", page)))

    assert heard[0] == heard[1]
    assert heard[0].sent == ["EVALSHA"]
    assert "HMGET" in heard[0].inside


def test_a_page_that_has_not_changed_reads_no_comments(valkey: servers.Server, parts: Parts, web: FlaskClient) -> None:
    seed.approved(parts, seed.site(parts, SITE), 1, 100)
    page = {"site": SITE, "url": seed.url(1)}
    known = {"If-None-Match": web.get("/api/v1/comments", query_string=page).headers["ETag"]}

    heard = asked_for(valkey, getting(web, "/api/v1/comments", page, known), expect=304)

    assert len(heard.sent) <= 1
    assert set(heard.inside) <= {"HGET", "HGETALL"}


def test_a_submission_is_one_round_trip(valkey: servers.Server, parts: Parts, web: FlaskClient) -> None:
    waiting = iter([one.body for one in seed.premade(parts, seed.site(parts, SITE), 2)])

    def post() -> int:
        return web.post("/api/v1/comments", data=next(waiting), content_type="application/json").status_code

    heard = asked_for(valkey, post, expect=202)

    assert heard.sent == ["EVALSHA"]


def test_a_page_of_the_queue_costs_the_same_whatever_waits_behind_it(
    valkey: servers.Server, parts: Parts, web: FlaskClient
) -> None:
    heard = []
    for key, length in (("short", 30), ("long", 1000)):
        site = seed.site(parts, key)
        seed.pending(parts, site, length)
        headers = {"Authorization": seed.bearer(parts, site, Scope.MODERATE)}
        page = {"site": key, "limit": "20"}
        heard.append(asked_for(valkey, getting(web, "/api/v1/queue", page, headers)))

    assert heard[0] == heard[1]


def test_a_decision_costs_the_same_whatever_waits_behind_it(
    valkey: servers.Server, parts: Parts, web: FlaskClient
) -> None:
    heard = []
    for key, length in (("short", 30), ("long", 1000)):
        site = seed.site(parts, key)
        waiting = iter(seed.pending(parts, site, length))
        headers = {"Authorization": seed.bearer(parts, site, Scope.MODERATE)}

        def decide(waiting: Iterator[str] = waiting, headers: dict[str, str] = headers) -> int:
            body = {"decisions": [{"id": next(waiting), "version": 1, "decision": "approve"}]}
            return web.post("/api/v1/decisions", json=body, headers=headers).status_code

        heard.append(asked_for(valkey, decide))

    assert heard[0] == heard[1]


def test_the_next_cards_cost_the_same_whatever_waits_behind_them(valkey: servers.Server, parts: Parts) -> None:
    heard = []
    for key, length in (("short", 30), ("long", 1000)):
        site = seed.site(parts, key)
        seed.pending(parts, site, length)
        mo = Actor(id=f"mo-{key}", sites=None)

        def lease(site: Site = site, mo: Actor = mo) -> int:
            found = parts.service.queue.buffer(mo, site, lane=None, limit=15)
            return 0 if isinstance(found, Refused) else len(found.items)

        heard.append(asked_for(valkey, lease, expect=15))

    assert heard[0] == heard[1]


def test_a_common_word_costs_the_same_however_many_comments_there_are(valkey: servers.Server, parts: Parts) -> None:
    heard = []
    for key, length in (("some", 3_000), ("many", 9_000)):
        site = seed.site(parts, key)
        seed.pending(parts, site, length)

        def find(site: Site = site) -> int:
            found = parts.service.search.find(Actor(id="mo", sites=None), site, "bridge")
            return 0 if isinstance(found, Refused) else len(found.items)

        heard.append(Counter(asked_for(valkey, find, expect=20).sent))

    assert heard[0]["GETRANGE"] == heard[1]["GETRANGE"] == 4


def test_what_the_bench_sends_to_the_store_itself_is_what_the_service_sends(
    valkey: servers.Server, parts: Parts, web: FlaskClient
) -> None:
    site = seed.site(parts, SITE)
    with socket.socket(socket.AF_UNIX) as store:
        store.settimeout(10)
        store.connect(str(valkey.directory / "s"))
        for command in seed.commands(parts, seed.premade(parts, site, 3)):
            store.sendall(command)
            assert store.recv(1000).startswith(b"*4\r\n$8\r\naccepted\r\n")

    bearer = seed.bearer(parts, site, Scope.READ)
    queue = web.get("/api/v1/queue", query_string={"site": SITE}, headers={"Authorization": bearer})
    # In any order: ids of one millisecond are ordered by chance.
    emails = sorted(item["email"] for item in json.loads(queue.data)["comments"])
    assert emails == [f"alice{number}@daily.example" for number in range(3)]
