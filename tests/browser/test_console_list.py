"""The list view in a browser: rows, ranges and bulk by keyboard alone, and pages that fit every window."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Actor, Role
from commentsvc.service.moderation import Item
from tests.browser.conftest import Live
from tests.browser.console import Desk
from tests.browser.test_moderator import PASSWORD, mo, send, small_targets

__all__ = ["mo"]


def statuses(live: Live, ids: list[str]) -> list[Status]:
    found = [live.service.moderation.item(Actor(id="witness", sites=None), id) for id in ids]
    return [item.comment.status for item in found if isinstance(item, Item)]


def arrive(page: Page, live: Live, path: str, name: str = "mo") -> None:
    """Signs in and opens a page of the console."""
    page.goto(f"{live.url}/login")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation/**")
    page.goto(f"{live.url}/moderation/daily/{path}")
    page.locator("h1").first.wait_for()


@pytest.fixture
def ids(live: Live) -> list[str]:
    """Six comments that wait."""
    return [send(live, f"Reader {n}", f"remark {n}") for n in range(6)]


def test_a_range_is_ticked_rejected_with_a_reason_and_taken_back_by_keys(
    live: Live, mo: None, ids: list[str], page: Page
) -> None:
    arrive(page, live, "list")
    page.keyboard.press("j")
    for _ in range(2):
        page.keyboard.press("Shift+J")
    expect(page.locator("#ticked")).to_have_text("3 ticked")
    page.keyboard.press("Shift+X")
    page.keyboard.press("2")
    expect(page.locator("#status")).to_contain_text("Rejected 3 comments")
    assert statuses(live, ids) == [Status.PENDING, *[Status.REJECTED] * 3, Status.PENDING, Status.PENDING]
    page.keyboard.press("z")
    expect(page.locator("#status")).to_contain_text("Undone: 3 comments")
    assert statuses(live, ids) == [Status.PENDING] * 6


def test_a_step_is_taken_back_also_after_reading_on(live: Live, mo: None, ids: list[str], page: Page) -> None:
    arrive(page, live, "list?at=" + ids[5])
    Desk(page=page, live=live).ready()
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+A")
    expect(page.locator("#status")).to_contain_text("Approved 2 comments")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(
        1
    )  # not that of what was done before, too
    page.keyboard.press("j")
    expect(page.locator("#status")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator("#lines > .line")).to_have_count(6)
    expect(page.locator("#reading h2")).to_have_text("Reader 0")
    expect(page.locator("#lines > .line").nth(1)).to_contain_text("Reader 1")
    assert statuses(live, ids) == [Status.PENDING] * 6


def test_shift_and_a_click_tick_all_between(live: Live, mo: None, ids: list[str], page: Page) -> None:
    arrive(page, live, "list")
    boxes = page.locator("#lines input[name=pick]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("#ticked")).to_have_text("4 ticked")
    page.locator("#tick-all").click()
    expect(page.locator("#ticked")).to_have_text("6 ticked")
    page.keyboard.press("Shift+A")
    expect(page.locator("#status")).to_contain_text("Approved 6 comments")
    assert statuses(live, ids) == [Status.APPROVED] * 6


def test_no_letter_acts_while_somebody_types(live: Live, mo: None, ids: list[str], page: Page) -> None:
    arrive(page, live, "list")
    page.keyboard.press("/")
    page.keyboard.type("axj!z")
    expect(page.locator(".find input")).to_have_value("axj!z")
    assert statuses(live, ids) == [Status.PENDING] * 6
    expect(page.locator("#ticked")).to_have_text("")


def test_the_search_field_is_one_key_away_on_every_page(live: Live, mo: None, ids: list[str], page: Page) -> None:
    arrive(page, live, "log")
    page.keyboard.press("/")
    page.keyboard.type("remark 4")
    page.keyboard.press("Enter")
    expect(page.locator("#reading h2")).to_have_text("Reader 4")


def test_without_a_script_ticks_and_a_button_do_the_same(live: Live, mo: None, ids: list[str], plain: Page) -> None:
    arrive(plain, live, "list")
    for n in (0, 3):
        plain.locator("#lines input[name=pick]").nth(n).check()
    plain.locator("#bulk").get_by_role("button", name="Approve", exact=True).click()
    expect(plain.locator("#status")).to_contain_text("Approved 2 comments")
    assert statuses(live, ids) == [Status.APPROVED, *[Status.PENDING] * 2, Status.APPROVED, *[Status.PENDING] * 2]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_page_scrolls_sideways_and_every_target_is_large_enough(
    live: Live, new_context: Callable[..., BrowserContext], language: str
) -> None:
    live.service.moderators.add(id="lea", name="Lea", password=PASSWORD, role=Role.ADMIN, sites=[])
    id = send(live, "W" * 80, "https://long.example/" + "a" * 300)
    item = live.service.moderation.item(Actor(id="witness", sites=None), id)
    assert isinstance(item, Item)
    assert item.comment.body is not None
    page = new_context(locale=language).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    arrive(page, live, "list", "lea")
    pages = ("list", "search?q=https", "search", "log?by=lea", f"threads/{item.comment.thread}")
    for path in (*pages, f"authors/{item.comment.body.author_key}", f"list?at={id}"):
        page.goto(f"{live.url}/moderation/daily/{path}")
        for width in (320, 640, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
            assert small_targets(page, "main button, main summary, main nav a, main input") == [], (path, width)
    assert wrong == [], "a page complains: a policy is broken or a file is missing"


def test_who_only_reads_goes_through_the_rows_by_keys(live: Live, ids: list[str], page: Page) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    live.service.moderators.add(id="aud", name="Aud", password=PASSWORD, role=Role.AUDITOR, sites=["daily"])
    arrive(page, live, "list", "aud")
    for name in ("Reader 1", "Reader 2"):
        page.keyboard.press("j")
        expect(page.locator("#reading h2")).to_have_text(name)
    page.wait_for_function("() => performance.getEntriesByName('console:shown').length > 2")
    assert complaints == []
