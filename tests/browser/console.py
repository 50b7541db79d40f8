"""The console in a browser with a script: a queue to work through, and what a person sees and presses there."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from commentsvc.bench import seed
from commentsvc.domain.decision import Decision, Status
from commentsvc.domain.moderator import Actor, Role
from commentsvc.domain.refusal import Refused
from commentsvc.service.moderation import Item, Logged
from commentsvc.service.submissions import Attempt, Receipt
from tests.browser.conftest import Live

PASSWORD = "a password of these tests"
WITNESS = Actor(id="witness", sites=None)


def waiting(live: Live, count: int) -> list[str]:
    """The ids of comments that wait, in their order; each has an author and words of its own."""
    return [comment(live, seed.text(n), name=f"Reader {n}", email=f"r{n}@readers.example") for n in range(count)]


def comment(live: Live, text: str, *, name: str = "Ann", email: str = "ann@readers.example", parent: str = "") -> str:
    """The id of a comment that waits."""
    found = live.service.sites.article("daily", live.article)
    assert isinstance(found, tuple), found
    ticket = live.service.challenges.open(*found).ticket
    code = live.service.challenges.answer(ticket)
    assert isinstance(code, str)
    typed = {"name": name, "email": email, "text": text, "code": code, "title": "The news", "parent": parent}
    receipt = live.service.submissions.submit(
        Attempt(
            site=found[0],
            article=found[1],
            values={field: [value] for field, value in typed.items()},
            challenge=ticket,
            once=secrets.token_hex(8),
            network="192.0.2.1",
            language="en",
        )
    )
    assert isinstance(receipt, Receipt), receipt
    return receipt.id


def statuses(live: Live, ids: Iterable[str]) -> list[Status]:
    """What became of comments."""
    items = [live.service.moderation.item(WITNESS, id) for id in ids]
    return [item.comment.status for item in items if isinstance(item, Item)]


def rows(live: Live) -> list[Decision]:
    """The whole log, newest first."""
    logged = live.service.moderation.log(WITNESS, live.site, limit=1000)
    assert isinstance(logged, Logged)
    return list(logged.decisions)


def counts(live: Live) -> Mapping[Status, int]:
    """How many comments there are with each status."""
    found = live.service.moderation.counts(WITNESS, live.site)
    assert not isinstance(found, Refused), found
    return found


def decided(live: Live) -> Counter[str]:
    """How many rows of the log are about each comment."""
    return Counter(row.comment for row in rows(live))


@dataclass(kw_only=True)
class Weather:
    """A WSGI application behind a bad line: every answer to the console's script is late, and some get lost.

    Of the requests that `lose` names (by number, from 1), the odd ones never arrive and the even ones are done, and
    only the answer is lost. `under` says which requests it is about.
    """

    app: Any
    under: str = "/desk/"
    late_s: float = 0
    lose: Callable[[int], bool] = lambda _: False
    asked: int = 0
    lost: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self.under not in environ["PATH_INFO"]:
            return self.app(environ, start_response)
        with self.lock:
            self.asked += 1
            number = self.asked
        time.sleep(self.late_s)  # the latency that this is about
        if not self.lose(number):
            return self.app(environ, start_response)
        self.lost += 1
        if self.lost % 2 == 0:
            list(self.app(environ, lambda *_: None))
        start_response("502 Bad Gateway", [("Content-Type", "text/plain")])
        return [b"lost"]


@dataclass(kw_only=True)
class Desk:
    """Somebody who sits at the Focus view."""

    page: Page
    live: Live
    complaints: list[str] = field(default_factory=list)

    @property
    def card(self) -> Locator:
        """The card that is shown."""
        return self.page.locator(".card.is-shown")

    @property
    def shown(self) -> str:
        """The id of the comment that is shown; empty when there is none."""
        return str(self.page.evaluate("document.querySelector('.card.is-shown')?.id ?? ''"))

    def ready(self) -> None:
        """Waits until the card has been before a person for longer than nobody can read it in."""
        # A card that was put there just now is painted and measured in the next frame: the last measure is another's.
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done))))"
        )
        self.page.wait_for_function(
            """() => { const last = performance.getEntriesByName('console:shown').at(-1);
            return last && performance.now() > last.startTime + last.duration + last.detail + 50 }"""
        )

    def press(self, *keys: str) -> None:
        """Presses keys once the card has been seen, and waits until another one is shown."""
        self.ready()
        painted = "performance.getEntriesByName('console:shown').length"
        before = [self.shown, self.page.evaluate(painted)]
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function(
            """([before, painted]) => { const card = document.querySelector('.card.is-shown');
            return card ? card.id !== before && performance.getEntriesByName('console:shown').length > painted
            : document.querySelector('#stage.is-empty:not([aria-busy=true])') }""",
            arg=before,
        )

    def saved(self) -> None:
        """Waits until the page says that everything is saved."""
        expect(self.page.locator("#saved")).to_have_attribute("data-unsent", "0")

    def has_focus(self) -> bool:
        """Whether the focus is in the card that is shown, or on the words that there is none."""
        return bool(self.page.evaluate("document.activeElement.closest('.card.is-shown, #empty') !== null"))


def hire(live: Live, *names: str) -> None:
    """Moderators of `daily`."""
    for name in names:
        live.service.moderators.add(id=name, name=name.title(), password=PASSWORD, role=Role.MODERATOR, sites=["daily"])


def sit_down(live: Live, context: BrowserContext, name: str = "mo", path: str = "/moderation/daily/") -> Desk:
    """Somebody signed in, with the page open."""
    page = context.new_page()
    desk = Desk(page=page, live=live)
    page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    sign_in(page, live, name, path)
    return desk


def sign_in(page: Page, live: Live, name: str = "mo", path: str = "/moderation/daily/") -> None:
    """Signs somebody in, who comes to this page."""
    page.goto(f"{live.url}/login?next={path}")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(live.url + path)
