"""Forms, pictures and sounds asked for as fast as the line allows: what people decide, write and read goes on."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from commentsvc.bench import load
from tests.fault.running import ARTICLE, Running, call, running
from tests.servers import wait_until

CONNECTIONS = 32
FOR_S = 4
ARTICLES = quote(ARTICLE, safe="")


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running() as service:
        yield service.start()


@pytest.fixture(scope="module")
def bearer(service: Running) -> dict[str, str]:
    """A program that may decide."""
    return {"Authorization": f"Bearer {service.prepare()}"}


def asks(service: Running, kind: str) -> list[str]:
    """Requests of one kind, each for another form or code."""
    if kind == "form":
        paths = [f"/embed/daily?url={ARTICLES}&title={number}" for number in range(1_000)]
    else:
        with service.parts() as parts:
            found = parts.service.sites.article("daily", ARTICLE)
            assert isinstance(found, tuple)
            tickets = [parts.service.challenges.open(*found).ticket for _ in range(3_000)]
        paths = [f"/challenges/{ticket}.{kind}" for ticket in tickets]
    return [f"GET {path} HTTP/1.1\r\nHost: comments.example\r\n\r\n" for path in paths]


@contextmanager
def flood(service: Running, requests: list[str]) -> Iterator[dict[str, Any]]:
    """Mallory asks on many connections at once; afterwards, how often and what was answered."""
    job = {"address": service.port, "protocol": "http", "connections": CONNECTIONS, "seconds": FOR_S, "expect": "200"}
    file = service.directory / "job"
    file.write_text(json.dumps({**job, "once": False, "per_s": 0, "watched": False, "requests": requests}))
    script = Path(load.__file__)
    told: dict[str, Any] = {}
    with subprocess.Popen([sys.executable, "-I", "-S", str(script), str(file)], stdout=subprocess.PIPE) as mallory:
        try:
            yield told
            output, _ = mallory.communicate(timeout=60)
            told |= json.loads(output)
        finally:
            mallory.kill()


def submitted(service: Running, text: str) -> str:
    """The id of a comment that was taken at the first try."""
    status, wish = call(service.port, "POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE})
    assert status == 200, wish
    ticket = wish["challenge"]
    comment = {"site": "daily", "url": ARTICLE, "name": "Alice", "email": "alice@daily.example", "text": text}
    comment |= {"challenge": ticket, "code": service.answer(ticket)}
    status, answer = call(service.port, "POST", "/api/v1/comments", comment)
    assert status == 202, answer
    return str(answer["id"])


def counted(service: Running) -> int:
    """How many comments the list has; a list that is refused fails the test."""
    status, page = call(service.port, "GET", f"/api/v1/comments?site=daily&url={ARTICLES}")
    assert status == 200, page
    return int(page["thread"]["count"])


def is_turned_away(service: Running, path: str) -> bool:
    """Whether there is nothing but words just now, which say when to come back."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    with closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status == 200:
        return False
    assert answer.status in (429, 503)
    assert int(answer.headers["Retry-After"]) >= 1
    assert b"Please try again in a moment." in content
    return True


@pytest.mark.parametrize("kind", ["form", "webp", "wav"])
def test_a_flood_of_forms_and_codes_stops_no_decision_no_comment_and_no_list(
    service: Running, bearer: dict[str, str], kind: str
) -> None:
    before = counted(service)
    another = f"/api/v1/comments?site=daily&url={ARTICLES}%2F{kind}"
    requests = asks(service, kind)
    turned = kind != "form"
    with flood(service, requests) as told:
        if turned:
            wait_until(lambda: is_turned_away(service, requests[-1].split(" ")[1]), what="somebody turned away")
        for number in range(10):
            id = submitted(service, f"{kind} comment {number}")
            decision = {"decisions": [{"id": id, "version": 1, "decision": "approve"}]}
            status, answer = call(service.port, "POST", "/api/v1/decisions", decision, bearer)
            assert (status, answer["results"][0]["result"]) == (200, "ok")
            assert call(service.port, "GET", f"{another}{number}")[0] == 200
            wait_until(lambda: counted(service) > before + number, what="the comment in the list")  # noqa: B023  # waits here
    assert told["answered"] > 0
    assert set(told["errors"]) <= {"429", "503"}
    assert bool(told["errors"]) or not turned
