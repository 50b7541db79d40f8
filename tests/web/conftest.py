"""The application on a real server, a test client, the site `daily`, and readers who post there."""

import html
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from commentsvc.bootstrap import Parts
from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service import Limits, Service, assemble
from commentsvc.service.moderation import Item, Wanted
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests import servers

SECRETS = ("a secret of these tests, long enough", "and the one before it, as long as that")
ARTICLE = "https://daily.example/news/42"
MO = Actor(id="mo", sites=None)
TYPED = {
    "name": "Zoë <b>",
    "email": "zoe@daily.example",
    "text": "\nFirst line\r\n</textarea><script>alert(1)</script> & more",
}
"""Words that a page may only show escaped."""


@pytest.fixture
def parts(client: redis.Redis, clock: servers.FakeClock) -> Parts:
    """The parts on an emptied server, with a clock that only the test moves."""
    return parts_on(client, clock)


def parts_on(client: redis.Redis, clock: servers.FakeClock, **settings: Any) -> Parts:
    """Parts on any client; `settings` as in `Settings`."""
    chosen = Settings(**settings)
    limits = Limits(
        text_max=chosen.text_max,
        ticket_ms=chosen.ticket_minutes * 60_000,
        submissions_per_minute=chosen.submissions_per_minute,
        sounds_per_second=chosen.sounds_per_second,
    )
    service = assemble(client, clock=clock, secrets=SECRETS, limits=limits)
    return Parts(settings=chosen, secrets=SECRETS, client=client, service=service)


@pytest.fixture
def app(parts: Parts) -> Flask:
    """The application."""
    return create_app(parts)


@pytest.fixture
def web(app: Flask) -> Iterator[FlaskClient]:
    """A browser without script and without cookies."""
    with app.test_client(use_cookies=False) as web:
        yield web


@pytest.fixture
def service(parts: Parts) -> Service:
    """The use cases of the application under test."""
    return parts.service


@pytest.fixture
def daily(service: Service) -> Site:
    """The site `daily`, with one origin."""
    return service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])


@dataclass(kw_only=True)
class Reader:
    """Somebody who opens the form of an article, fills it in and sends it."""

    web: FlaskClient
    service: Service
    site: Site
    url: str = ARTICLE
    network: str = "127.0.0.1"
    values: dict[str, str] = field(
        default_factory=lambda: {"name": "Alice", "email": "alice@daily.example", "text": "A calm remark."}
    )

    def ticket(self) -> str:
        """A new ticket of this article."""
        found = self.service.sites.article(self.site.key, self.url)
        assert isinstance(found, tuple), found
        return self.service.challenges.open(*found).ticket

    def form(self, **changes: str) -> dict[str, str]:
        """A complete form with the right code; `changes` replace fields, and `code=""` and so on break it."""
        ticket = changes.get("challenge") or self.ticket()
        answer = self.service.challenges.answer(ticket)
        form = {
            **self.values,
            "challenge": ticket,
            "code": answer if isinstance(answer, str) else "",
            "url": self.url,
            "title": "The article",
            "submission": secrets.token_hex(8),
            "parent": "",
        }
        return form | changes

    def send(self, form: dict[str, Any] | None = None, *, query: str = "", **headers: str) -> TestResponse:
        """The answer to a POST of `form`, or of a right one."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"/embed/{self.site.key}{query}"
        data = self.form() if form is None else form
        return self.web.post(address, data=data, headers=named, environ_base={"REMOTE_ADDR": self.network})

    def sent(self, **changes: str) -> str:
        """The receipt's token of a comment that was accepted."""
        answer = self.send(self.form(**changes))
        assert answer.status_code == 303, answer.text
        return answer.location.rpartition("/")[2]

    def published(self, **changes: str) -> str:
        """The id of a comment that was accepted and approved."""
        opened = self.service.receipts.open(self.sent(**changes))
        comment = opened.comment  # type: ignore[union-attr]  # a receipt just given opens
        approve(self.service, comment.id)
        return comment.id

    def opens(self, **query: str) -> TestResponse:
        """The frame's page."""
        return self.web.get(f"/embed/{self.site.key}", query_string={"url": self.url, **query})


def waiting(service: Service, site: Site) -> tuple[Item, ...]:
    """The comments that wait."""
    listed = service.moderation.listed(MO, site)
    assert not isinstance(listed, Refused)
    return listed.items


def approve(service: Service, id: str) -> None:
    """Mo approves a waiting comment."""
    service.moderation.decide(MO, Wanted(id=id, version=1, verb=Verb.APPROVE))


def reject(service: Service, id: str, reason: str) -> None:
    """Mo rejects a waiting comment."""
    service.moderation.decide(MO, Wanted(id=id, version=1, verb=Verb.REJECT, reason=reason))


@pytest.fixture
def alice(web: FlaskClient, service: Service, daily: Site) -> Reader:
    """A reader of `daily`."""
    return Reader(web=web, service=service, site=daily)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of a page."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag is not None, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return value[1] if value else ""


def shows(page: str, typed: dict[str, str]) -> bool:
    """Whether a page shows every typed word, escaped."""
    normal = page.replace("&#34;", "&quot;")
    return all(html.escape(value).replace("&#x27;", "&#39;").strip() in normal for value in typed.values())


def dump(client: redis.Redis) -> dict[bytes, bytes]:
    """Everything that is stored, to compare: key by key, without how long it is kept."""
    return {key: client.dump(key) or b"" for key in client.scan_iter()}
