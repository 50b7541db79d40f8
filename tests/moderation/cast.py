"""Who takes part: readers whose comments wait, moderators with browsers that run no script."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor, Role
from commentsvc.domain.site import Site
from commentsvc.service import Service
from commentsvc.service.moderation import Item, Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store.decisions import Made
from tests.servers import StrictClock

PASSWORD = "a password of these tests"
BLOCKS = {"article", "blockquote", "div", "form", "h1", "h2", "li", "p"}


@dataclass(kw_only=True)
class Watch:
    """The strict clock, put back by `behind_ms`: what happens now can be made to have happened a while ago."""

    behind_ms: int = 0
    clock: StrictClock = field(default_factory=StrictClock)

    def __call__(self) -> int:
        return self.clock() - self.behind_ms


@dataclass(kw_only=True)
class Form:
    """A form of a page: where it goes, what it carries, its buttons by label."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """A page as a browser without script has it: its text, its forms, its links by label."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.url = response.request.path
        self.status = response.status_code
        self.source = response.text
        self.text = ""
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._label = ""
        self._in_form = False
        self.feed(response.text)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes note of forms, their fields, buttons and links."""
        got = {name: value or "" for name, value in attrs}
        self.text += " " if tag in BLOCKS else ""
        self.tags.append((tag, got))
        if tag == "form":
            self._in_form = True
            self.forms.append(Form(action=got.get("action", ""), method=got.get("method", "get")))
        elif tag == "input" and self._in_form and got.get("type") not in ("radio", "checkbox") and "name" in got:
            self.forms[-1].fields[got["name"]] = got.get("value", "")
        elif tag == "button":
            self._button, self._label = (got.get("name", ""), got.get("value", "")), ""
        elif tag == "a":
            self._link, self._label = got.get("href", ""), ""

    def handle_data(self, data: str) -> None:
        """Takes note of the text."""
        self.text += data
        self._label += data

    def handle_endtag(self, tag: str) -> None:
        """Takes note of what a button or link is called."""
        if tag == "form":
            self._in_form = False
        elif tag == "button" and self._button is not None:
            button, self._button = self._button, None
            if not self._in_form:
                return
            self.forms[-1].buttons[" ".join(self._label.split())] = button
        elif tag == "a" and self._link is not None:
            self.links[" ".join(self._label.split())] = self._link
            self._link = None

    def form(self, button: str, about: str = "") -> Form:
        """The form with this button whose address names `about`."""
        found = [form for form in self.forms if button in form.buttons and about in form.action]
        assert found, f"no button {button!r} for {about!r} in {[(f.action, list(f.buttons)) for f in self.forms]}"
        return found[0]

    def ids(self) -> list[str]:
        """The comments on the page, in its order."""
        return [got["id"] or "" for tag, got in self.tags if tag == "article"]

    def rows(self) -> list[str]:
        """The comments that the page lists in rows, in its order."""
        return [
            str(got["id"]).removeprefix("row-") for tag, got in self.tags if str(got.get("id")).startswith("row-cmt")
        ]


@dataclass(kw_only=True)
class Sitting:
    """A moderator at a browser without script."""

    web: FlaskClient

    def get(self, url: str) -> Page:
        """The page at `url`, redirects followed."""
        return Page(self.web.get(url, follow_redirects=True))

    def press(self, page: Page, button: str, about: str = "", **typed: str) -> Page:
        """The page that follows when a form is filled in and its button pressed."""
        return Page(self.send(page, button, about, **typed, follow=True))

    def send(self, page: Page, button: str, about: str = "", follow: bool = False, **typed: str) -> TestResponse:
        """The answer to a form's button."""
        form = page.form(button, about)
        name, value = form.buttons[button]
        data = form.fields | ({name: value} if name else {}) | typed
        return self.web.post(urljoin(page.url, form.action), data=data, follow_redirects=follow)

    def sign_in(self, name: str, password: str = PASSWORD, next: str = "") -> TestResponse:
        """The answer to the sign-in."""
        page = self.get("/login" + (f"?next={next}" if next else ""))
        form = page.form("Sign in")
        typed = form.fields | {"name": name, "password": password}
        return self.web.post("/login" + (f"?next={next}" if next else ""), data=typed)


@dataclass(kw_only=True)
class Cast:
    """Everybody, on one service."""

    app: Flask
    service: Service
    watch: Watch
    client: redis.Redis

    def site(self, key: str) -> Site:
        """A site with one origin."""
        return self.service.sites.add(key=key, name=key.title(), origins=[f"https://{key}.example"])

    def hire(self, id: str, *sites: str, role: Role = Role.MODERATOR) -> None:
        """Makes a moderator of these sites."""
        self.service.moderators.add(id=id, name=id.title(), password=PASSWORD, role=role, sites=sites)

    def visitor(self) -> Sitting:
        """Somebody with a browser who is not signed in."""
        return Sitting(web=self.app.test_client())

    def sits_down(self, id: str) -> Sitting:
        """A moderator who has signed in."""
        sitting = self.visitor()
        answer = sitting.sign_in(id)
        assert answer.status_code == 303, answer.text
        return sitting

    def comment(
        self,
        site: str = "daily",
        *,
        ago_s: int = 0,
        parent: str = "",
        path: str = "/news/42",
        typed: Mapping[str, str] | None = None,
        **more: str,
    ) -> CommentId:
        """A comment that waits; `typed` and `more` replace what the reader types."""
        self.watch.behind_ms = ago_s * 1000
        written = {"name": "Maria K.", "email": "maria@readers.example", "text": "A calm remark.", "title": "The news"}
        found = self.service.sites.article(site, f"https://{site}.example{path}")
        assert isinstance(found, tuple), found
        where, article = found
        ticket = self.service.challenges.open(where, article).ticket
        code = self.service.challenges.answer(ticket)
        assert isinstance(code, str)
        written |= {"code": code, "parent": parent} | dict(typed or {}) | more
        receipt = self.service.submissions.submit(
            Attempt(
                site=where,
                article=article,
                values={name: [value] for name, value in written.items()},
                challenge=ticket,
                once=secrets.token_hex(8),
                network="192.0.2.1",
                language="en",
            )
        )
        self.watch.behind_ms = 0
        assert isinstance(receipt, Receipt), receipt
        return receipt.id

    def decided(self, by: str, id: CommentId, verb: Verb, *, reason: str = "", note: str = "", ago_s: int = 0) -> Made:
        """A decision made without the console."""
        self.watch.behind_ms = ago_s * 1000
        who = Actor(id=by, sites=None)
        wanted = Wanted(id=id, version=self.item(id).comment.version, verb=verb, reason=reason, note=note)
        made = self.service.moderation.decide(who, wanted)
        self.watch.behind_ms = 0
        assert isinstance(made, Made), made
        return made

    @contextmanager
    def store_away(self) -> Iterator[None]:
        """Nothing listens where the store was, until the block ends."""
        pool = self.client.connection_pool
        pool.disconnect()
        address = pool.connection_kwargs["path"]
        pool.connection_kwargs["path"] = address + ".away"
        pool.reset()
        try:
            yield
        finally:
            pool.connection_kwargs["path"] = address
            pool.reset()

    def item(self, id: str) -> Item:
        """The comment as it is stored."""
        item = self.service.moderation.item(Actor(id="witness", sites=None), id)
        assert isinstance(item, Item), item
        return item

    def stored(self, id: str) -> Comment:
        """The comment's record."""
        return self.item(id).comment


def path_of(answer: TestResponse) -> str:
    """Where a redirect leads, without the anchor."""
    parts = urlsplit(answer.location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
