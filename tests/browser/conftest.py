"""A running service, and a publisher's page on another origin, for tests with a real browser.

`live` is the application on the emptied test server, answering on 127.0.0.1 with a strict real clock; `article_page`
serves HTML of yours on `localhost` and another port: for a browser that is another site. Both are free for every test.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from commentsvc.bootstrap import Parts
from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.domain.site import Site
from commentsvc.service import Limits, Post, Service, assemble
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests import servers

SECRETS = ("a secret of the browser tests, long enough",)

expect.set_options(timeout=20_000)  # ms; five seconds are short where two processors do all at once


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: a test's output is about the test."""


@contextmanager
def serving(app: Any, port: int) -> Iterator[None]:
    """The WSGI application answers on 127.0.0.1:`port` in threads, until the block ends."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # the threaded server has it
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@dataclass(kw_only=True)
class Live:
    """A running service: where it is, what it is made of, and its site `daily` with the publisher's page."""

    url: str
    publisher: str
    app: Flask
    parts: Parts
    site: Site

    @property
    def service(self) -> Service:
        """The use cases of the running service."""
        return self.parts.service

    @property
    def article(self) -> str:
        """The address of the publisher's article."""
        return f"{self.publisher}/news/42"

    def frame(self, **query: str) -> str:
        """The address of the article's comments."""
        return f"{self.url}/embed/daily?{urlencode({'url': self.article, **query})}"

    def published(self, text: str, parent: str = "") -> str:
        """The id of an approved comment on the article, by Bob."""
        found = self.service.sites.article("daily", self.article)
        assert isinstance(found, tuple)
        ticket = self.service.challenges.open(*found).ticket
        values = {"name": "Bob", "email": "bob@daily.example", "text": text, "parent": parent}
        values["code"] = str(self.service.challenges.answer(ticket))
        receipt = self.service.submissions.submit(
            Attempt(
                site=found[0],
                article=found[1],
                values={name: [value] for name, value in values.items()},
                challenge=ticket,
                once="",
                network="127.0.0.1",
                language="en",
            )
        )
        assert isinstance(receipt, Receipt), receipt
        wanted = Wanted(id=receipt.id, version=1, verb=Verb.APPROVE)
        self.service.moderation.decide(Actor(id="mo", sites=None), wanted)
        return receipt.id

    def code(self, page: Any) -> str:
        """The answer to the code that a page (or a frame of it) shows."""
        ticket = page.locator('input[name="challenge"]').input_value()
        answer = self.service.challenges.answer(ticket)
        assert isinstance(answer, str)
        return answer


@pytest.fixture
def live(client: redis.Redis) -> Iterator[Live]:
    """The application, running; readers may send as often as they like."""
    with running(client) as this:
        yield this


@pytest.fixture
def writing(client: redis.Redis) -> Iterator[Live]:
    """The same with a mail server."""
    with running(client, mails=True) as this:
        yield this


@contextmanager
def running(client: redis.Redis, *, mails: bool = False) -> Iterator[Live]:
    """The application on this store."""
    port, publisher_port = servers.free_ports(2)
    settings = Settings(public_url=f"http://127.0.0.1:{port}", port=port)
    limits = Limits(submissions_per_minute=1000)
    post = Post(sender="c@daily.example", name="", public_url=settings.public_url, grace_ms=0) if mails else None
    service = assemble(client, clock=servers.StrictClock(), secrets=SECRETS, limits=limits, post=post)
    parts = Parts(settings=settings, secrets=SECRETS, client=client, service=service)
    publisher = f"http://localhost:{publisher_port}"
    site = service.sites.add(key="daily", name="Daily", origins=[publisher])
    app = create_app(parts)
    with serving(app, port):
        yield Live(url=settings.public_url, publisher=publisher, app=app, parts=parts, site=site)


@pytest.fixture
def article_page(live: Live) -> Iterator[Callable[[str], str]]:
    """A function that puts HTML on the publisher's site and returns its address."""
    pages: dict[str, str] = {}

    @Request.application
    def publisher(request: Request) -> Response:
        html = pages.get(request.path)
        return Response(html or "nothing", status=200 if html else 404, mimetype="text/html")

    def put(html: str, path: str = "/news/42") -> str:
        pages[path] = html
        return live.publisher + path

    with serving(publisher, int(live.publisher.rpartition(":")[2])):
        yield put


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A page without JavaScript."""
    return new_context(java_script_enabled=False).new_page()


def receipt_token(address: str) -> str:
    """The token in a receipt's address."""
    match = re.search(r"/receipts/([0-9A-Z]{52})", address)
    assert match is not None, address
    return match[1]
