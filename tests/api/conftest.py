"""A service on a real store with a standing clock, two sites, and programs of every kind that talk to it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from flask import Flask

from commentsvc.bootstrap import Parts
from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor, Scope
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.domain.thread import Article
from commentsvc.service import Limits, assemble
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.settings import Settings
from commentsvc.store.decisions import Made
from commentsvc.web import create_app
from tests import servers
from tests.api.program import Program

URL = "https://daily.example/news/42"
PUBLIC_URL = "https://comments.example"
METRICS_TOKEN = "m" * 40
MO = Actor(id="mo", sites=None)

COUNTRY = Field(
    key="country",
    kind=FieldKind.CHOICE,
    labels={"en": "Country"},
    public=True,
    choices=(Choice(value="eg", labels={"en": "Egypt"}), Choice(value="no", labels={"en": "Norway"})),
)
PHONE = Field(key="phone", kind=FieldKind.TEXT, labels={"en": "Phone"}, required=False)


class CountingRedis(redis.Redis):
    """A real client that says how often it went to the server: each time with a connection of its pool."""

    trips = 0

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        take = self.connection_pool.get_connection

        def counted(*args: Any, **more: Any) -> Any:
            self.trips += 1
            return take(*args, **more)

        self.connection_pool.get_connection = counted  # type: ignore[method-assign]


@dataclass(kw_only=True)
class World:
    """Everything a test needs; the site `daily` has no fields of its own, `weekly` has a public and a private one."""

    app: Flask
    parts: Parts
    client: CountingRedis
    clock: servers.FakeClock
    daily: Site
    weekly: Site
    anybody: Program
    tokens: dict[tuple[str, Scope], str] = field(default_factory=dict)

    def program(self, scope: Scope, site: str = "daily") -> Program:
        """A program with a token of this scope for this site."""
        if (site, scope) not in self.tokens:
            self.tokens[site, scope] = self.parts.service.tokens.create(site=site, scope=scope, label="test")
        return Program(self.app, token=self.tokens[site, scope])

    def article(self, url: str = URL, site: str = "daily", thread: str = "") -> tuple[Site, Article]:
        found = self.parts.service.sites.article(site, url, thread)
        assert isinstance(found, tuple)
        return found

    def submit(self, text: str = "A comment.", **more: Any) -> Receipt:
        """The receipt of a new pending comment; `more`: name, email, parent, url, site, title, fields, thread."""
        self.clock.advance(ms=1)
        site, article = self.article(more.get("url", URL), more.get("site", "daily"), more.get("thread", ""))
        challenge = self.parts.service.challenges.open(site, article)
        answer = self.parts.service.challenges.answer(challenge.ticket)
        assert isinstance(answer, str)
        values = {name: [more[name]] for name in ("parent", "title") if name in more} | more.get("fields", {})
        values |= {
            "name": [more.get("name", "Alice")],
            "email": [more.get("email", "alice@private.example")],
            "text": [text],
            "code": [answer],
        }
        receipt = self.parts.service.submissions.submit(
            Attempt(
                site=site,
                article=article,
                values=values,
                challenge=challenge.ticket,
                once="",
                network="192.0.2.1",
                language="en",
            )
        )
        assert isinstance(receipt, Receipt), receipt
        return receipt

    def decide(self, id: CommentId, verb: Verb, *, version: int = 1, reason: str = "") -> Made:
        self.clock.advance(ms=1)
        made = self.parts.service.moderation.decide(MO, Wanted(id=id, version=version, verb=verb, reason=reason))
        assert isinstance(made, Made), made
        return made

    def publish(self, text: str = "A comment.", **more: Any) -> CommentId:
        """The id of a new approved comment."""
        receipt = self.submit(text, **more)
        self.decide(receipt.id, Verb.APPROVE)
        return receipt.id

    def program_queue(self, site: str = "daily") -> list[Any]:
        """What waits, as a program sees it."""
        queue: list[Any] = self.program(Scope.READ, site).get("/api/v1/queue").get_json()["comments"]
        return queue

    def ticket(self, url: str = URL, site: str = "daily", thread: str = "") -> tuple[str, str]:
        """A challenge and its answer."""
        challenge = self.parts.service.challenges.open(*self.article(url, site, thread))
        answer = self.parts.service.challenges.answer(challenge.ticket)
        assert isinstance(answer, str)
        return challenge.ticket, answer

    def submission(self, **more: Any) -> dict[str, Any]:
        """The body of a right POST comments; members that are None are left out."""
        ticket, answer = self.ticket(more.get("url", URL), more.get("site", "daily"), more.get("thread") or "")
        body = {
            "site": "daily",
            "url": URL,
            "title": "An article",
            "name": "Bob",
            "email": "bob@private.example",
            "text": "What I think.",
            "challenge": ticket,
            "code": answer,
            **more,
        }
        return {name: value for name, value in body.items() if value is not None}


@pytest.fixture
def world(valkey: servers.Server, clock: servers.FakeClock, tmp_path: Path) -> Iterator[World]:
    """The usual one: nobody meets the limit of submissions."""
    with closing(connect(valkey)) as client:
        yield make_world(client, clock, tmp_path, Limits(submissions_per_minute=1000))


@pytest.fixture
def narrow_world(valkey: servers.Server, clock: servers.FakeClock, tmp_path: Path) -> Iterator[World]:
    """One that takes three submissions a minute from one network."""
    with closing(connect(valkey)) as client:
        yield make_world(client, clock, tmp_path, Limits(submissions_per_minute=3))


def connect(valkey: servers.Server) -> CountingRedis:
    """A client of the emptied server."""
    socket = str(valkey.directory / "s")
    client = CountingRedis(unix_socket_path=socket, retry=servers.no_retry(), socket_timeout=10)
    client.flushall()
    return client


def make_world(
    client: CountingRedis, clock: servers.FakeClock, data_dir: Path, limits: Limits, **settings: Any
) -> World:
    service = assemble(client, clock=clock, secrets=["s" * 32], limits=limits)
    daily = service.sites.add(key="daily", name="The Daily", origins=["https://daily.example"], partitions=3)
    weekly = service.sites.add(
        key="weekly", name="Weekly", origins=["https://weekly.example"], fields=(COUNTRY, PHONE), cache_seconds=60
    )
    known = {"public_url": PUBLIC_URL, "metrics_token": METRICS_TOKEN, "redis_url": "redis://none", **settings}
    parts = Parts(settings=Settings(data_dir=data_dir, **known), secrets=("s" * 32,), client=client, service=service)
    app = create_app(parts)
    return World(app=app, parts=parts, client=client, clock=clock, daily=daily, weekly=weekly, anybody=Program(app))
