"""A moderator with a real browser: the keyboard alone, no JavaScript, Arabic, a narrow screen."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Actor, Role
from commentsvc.service.moderation import Item
from commentsvc.service.submissions import Attempt, Receipt
from tests.browser.conftest import Live

PASSWORD = "a password of these tests"


def send(live: Live, name: str, text: str = "A calm remark.") -> str:
    """The id of a comment that waits."""
    found = live.service.sites.article("daily", live.article)
    assert isinstance(found, tuple), found
    site, article = found
    ticket = live.service.challenges.open(site, article).ticket
    code = live.service.challenges.answer(ticket)
    assert isinstance(code, str)
    typed = {"name": name, "email": "a@readers.example", "text": text, "code": code, "title": "The news"}
    receipt = live.service.submissions.submit(
        Attempt(
            site=site,
            article=article,
            values={field: [value] for field, value in typed.items()},
            challenge=ticket,
            once=secrets.token_hex(8),
            network="192.0.2.1",
            language="en",
        )
    )
    assert isinstance(receipt, Receipt), receipt
    return receipt.id


def status(live: Live, id: str) -> Status:
    item = live.service.moderation.item(Actor(id="witness", sites=None), id)
    assert isinstance(item, Item)
    return item.comment.status


@pytest.fixture
def mo(live: Live) -> None:
    """Mo moderates `daily`."""
    live.service.moderators.add(id="mo", name="Mo", password=PASSWORD, role=Role.MODERATOR, sites=["daily"])


def sign_in(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/moderation/daily/")
    expect(page.locator("[name=name]")).to_be_focused()  # autofocus comes with the first paint, which may be after load
    page.keyboard.type("mo")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Waiting", level=1)).to_be_visible()


def tab_to(page: Page, label: str) -> None:
    """Presses Tab until what has the focus is called `label`."""
    called = "document.activeElement.textContent.trim() || document.activeElement.value"
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(called) == label:
            return
    raise AssertionError(f"Tab never reached {label!r}")


def test_a_moderator_works_by_keyboard_alone(live: Live, mo: None, plain: Page) -> None:
    first, second, third = (send(live, name) for name in ("Ann", "Ben", "Cy"))
    sign_in(plain, live)

    tab_to(plain, "Approve")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Approved Ann")
    assert status(live, first) is Status.APPROVED

    tab_to(plain, "Reject…")
    plain.keyboard.press("Enter")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Space")
    plain.keyboard.press("ArrowDown")
    plain.keyboard.press("Tab")
    plain.keyboard.type("Look at the second line.")
    tab_to(plain, "Reject")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Rejected Ben · Hate or threat")
    assert status(live, second) is Status.REJECTED

    plain.keyboard.press("Tab")
    assert plain.evaluate("document.activeElement.textContent.trim()") == "Undo", "the status line has the focus"
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Undone: Ben")
    assert (status(live, second), status(live, third)) == (Status.PENDING, Status.PENDING)

    tab_to(plain, "Spam")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Marked Ben as spam")

    plain.goto(f"{live.url}/moderation/daily/")
    tab_to(plain, "Mo")
    plain.keyboard.press("Enter")
    tab_to(plain, "Sign out")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()
    plain.goto(f"{live.url}/moderation/daily/")
    expect(plain.get_by_role("heading", name="Sign in")).to_be_visible()


def test_enter_on_a_reason_never_approves(live: Live, mo: None, plain: Page) -> None:
    id = send(live, "Ann")
    sign_in(plain, live)
    tab_to(plain, "Reject…")
    plain.keyboard.press("Enter")
    plain.keyboard.press("Tab")
    plain.keyboard.press("Space")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Rejected Ann · Insult")
    assert status(live, id) is Status.REJECTED


def test_nothing_moves_when_the_reasons_are_opened(live: Live, mo: None, plain: Page) -> None:
    send(live, "Ann")
    sign_in(plain, live)
    places = [[button.bounding_box() for button in _buttons(plain)]]
    plain.get_by_text("Reject…").click()
    places.append([button.bounding_box() for button in _buttons(plain)])
    assert places[0] == places[1]


def _buttons(page: Page) -> Iterator[Any]:
    for label in ("Approve", "Reject…", "Spam"):
        yield page.get_by_text(label, exact=True).last


def small_targets(page: Page, which: str) -> list[str]:
    """The elements that a finger might miss."""
    found: list[str] = page.eval_on_selector_all(
        which,
        "all => all.filter(one => { const box = (one.closest('label') ?? one).getBoundingClientRect();"
        " return box.width && (box.height < 24 || box.width < 24) }).map(one => one.outerHTML)",
    )
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_scrolls_sideways_and_every_target_is_large_enough(
    live: Live, mo: None, new_context: Callable[..., BrowserContext], language: str
) -> None:
    id = send(live, "W" * 80, "https://long.example/" + "a" * 300)
    page = new_context(locale=language).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{live.url}/login")
    page.locator("[name=name]").fill("mo")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".card").wait_for()
    for path in ("daily/", "daily/approved", "daily/log", "daily/undo", f"comments/{id}"):
        page.goto(f"{live.url}/moderation/{path}")
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
        for width in (320, 640, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
            assert small_targets(page, "button, summary, nav a, input[type=radio]") == [], (path, width)
    assert wrong == [], "a page complains: a policy is broken or a file is missing"


def test_a_hidden_direction_mark_is_seen_and_turns_nothing_around(live: Live, mo: None, plain: Page) -> None:
    send(live, "Mallory", "Open \u202egnp.exe now")
    sign_in(plain, live)
    expect(plain.locator(".words")).to_have_text("Open ⟦U+202E⟧gnp.exe now")
