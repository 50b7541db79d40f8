"""Keys: one's own, none at all, on other keyboards; the help; practice; a phone; from right to left."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Status
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Desk

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def desk(live: Live, context: BrowserContext) -> Iterator[Desk]:
    """Mo before a queue of four."""
    console.hire(live, "mo")
    console.waiting(live, 4)
    desk = console.sit_down(live, context)
    expect(desk.card).to_be_visible()
    yield desk
    assert desk.complaints == []


def test_a_key_can_be_changed_and_what_had_it_has_none(live: Live, desk: Desk) -> None:
    desk.page.keyboard.press("?")
    help = desk.page.get_by_role("dialog", name="Keys", exact=True)
    expect(help).to_contain_text("Approve")
    help.get_by_role("button", name="Change or switch off keys").click()
    own = desk.page.get_by_role("dialog", name="Keys of your own")
    expect(help).not_to_be_visible()
    own.get_by_label("Approve", exact=True).press("z")
    expect(own.get_by_label("Approve", exact=True)).to_have_value("Z")
    expect(own.get_by_label("Undo", exact=False)).to_have_value("")
    own.get_by_role("button", name="Close").click()
    expect(desk.card.get_by_role("button", name="Approve")).to_have_attribute("aria-keyshortcuts", "Z")
    first = desk.shown
    desk.ready()
    desk.page.keyboard.press("a")
    assert desk.shown == first
    desk.press("z")
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]
    desk.page.reload()
    expect(desk.card.get_by_role("button", name="Approve")).to_have_attribute("aria-keyshortcuts", "Z")


def test_keys_can_be_switched_off_and_the_buttons_still_work(live: Live, desk: Desk) -> None:
    desk.page.keyboard.press("?")
    desk.page.get_by_role("button", name="Change or switch off keys").click()
    desk.page.get_by_label("Single keys decide, without a modifier").uncheck()
    desk.page.keyboard.press("Escape")
    first = desk.shown
    desk.ready()
    for key in ("a", "!", "j", "z", "?"):
        desk.page.keyboard.press(key)
    assert desk.shown == first
    expect(desk.page.locator("dialog[open]")).to_have_count(0)
    approve = desk.card.get_by_role("button", name="Approve")
    assert approve.get_attribute("aria-keyshortcuts") is None
    approve.click()
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_a_key_with_a_modifier_is_the_browsers(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.ready()
    for key in ("Control+a", "Alt+a", "Meta+a", "Control+z"):
        desk.page.keyboard.press(key)
    assert desk.shown == first
    assert console.rows(live) == []


def test_a_keyboard_without_latin_letters_decides_by_their_places(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.ready()
    desk.page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ش', code: 'KeyA', bubbles: true }))"
    )
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_the_help_says_what_every_printed_key_does_and_nothing_else_happens_there(live: Live, desk: Desk) -> None:
    desk.page.keyboard.press("?")
    help = desk.page.get_by_role("dialog", name="Keys", exact=True)
    assert len(help.locator("kbd").all()) >= 12
    for key in ("a", "r", "!"):
        desk.page.keyboard.press(key)
    assert console.rows(live) == []
    desk.page.keyboard.press("Escape")
    expect(help).not_to_be_visible()


def test_practice_teaches_the_keys_and_stores_nothing(live: Live, desk: Desk) -> None:
    page = desk.page
    page.goto(f"{live.url}/moderation/-/practice")
    practice = Desk(page=page, live=live)
    practice.press("f")
    expect(page.locator("#lost")).to_contain_text("As most would.")
    practice.press("a")
    expect(page.locator("#lost")).to_contain_text("Most would have decided otherwise.")
    practice.page.keyboard.press("z")
    practice.press("Shift+R")
    expect(page.locator("#score")).to_have_text("As most would: \u20682\u2069 of \u20682\u2069")
    for _ in range(18):
        practice.press("a")
    expect(page.locator("#empty")).to_be_visible()
    assert console.rows(live) == []


def test_practice_without_a_script_says_what_would_have_been_done(live: Live, new_context: Contexts) -> None:
    console.hire(live, "mo")
    page = console.sit_down(live, new_context(java_script_enabled=False), path="/moderation/-/practice").page
    expect(page.get_by_role("button", name="Approve")).to_have_count(20)
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_role("status")).to_contain_text("Approved Ines Okafor")
    expect(page.get_by_role("status")).to_contain_text("nothing of this is stored")
    assert console.rows(live) == []


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


WINDOWS = [(320, 640), (390, 780), (640, 400), (1024, 768), (1280, 800), (1920, 1080)]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_whole_desk_fits_every_window(live: Live, new_context: Contexts, language: str) -> None:
    console.hire(live, "mo")
    for text in ("W" * 300, "Long words. " * 400):
        console.comment(live, text, name="N" * 80, email=f"{'e' * 60}{len(text)}@{'d' * 60}.example")
    desk = console.sit_down(live, new_context(locale=language))
    for width, height in WINDOWS:
        desk.page.set_viewport_size({"width": width, "height": height})
        desk.page.reload()
        for key in ("j", "k"):
            expect(desk.card.locator("[data-does=approve]")).to_be_in_viewport()
            expect(desk.card.locator(".words")).to_be_in_viewport()
            assert sideways(desk.page) <= 0
            desk.press(key)
        desk.ready()
        desk.page.keyboard.press("r")
        expect(desk.card.locator("fieldset input").first).to_be_in_viewport()
        expect(desk.card.locator("button.no")).to_be_in_viewport()
        assert sideways(desk.page) <= 0


def test_arabic_works_from_right_to_left(live: Live, new_context: Contexts) -> None:
    console.hire(live, "mo")
    ids = console.waiting(live, 3)
    desk = console.sit_down(live, new_context(locale="ar", viewport={"width": 1280, "height": 800}))
    expect(desk.page.locator("html")).to_have_attribute("dir", "rtl")
    rail, words = desk.page.locator(".rail").bounding_box(), desk.card.locator(".words").bounding_box()
    assert rail is not None
    assert words is not None
    assert rail["x"] > words["x"]
    expect(desk.card.locator(".words")).to_have_css("direction", "ltr")
    desk.press("a")
    expect(desk.page.locator("#said")).to_contain_text("قُبل")
    desk.press("r", "1")
    desk.saved()
    assert console.statuses(live, ids) == [Status.APPROVED, Status.REJECTED, Status.PENDING]


def test_a_phone_has_one_comment_and_buttons_under_the_thumb(live: Live, new_context: Contexts) -> None:
    console.hire(live, "mo")
    ids = console.waiting(live, 3)
    phone = new_context(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    desk = console.sit_down(live, phone)
    approve = desk.card.get_by_role("button", name="Approve")
    box = approve.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > 700
    assert box["height"] >= 44
    desk.ready()
    approve.tap()
    expect(desk.card).to_have_id(ids[1])
    desk.ready()
    desk.card.locator("summary[data-does=reject]").tap()
    desk.card.get_by_label("Off topic").check()
    desk.card.get_by_role("button", name="Reject", exact=True).tap()
    expect(desk.card).to_have_id(ids[2])
    desk.saved()
    assert console.statuses(live, ids) == [Status.APPROVED, Status.REJECTED, Status.PENDING]


def test_nothing_moves_by_itself_and_motion_is_left_out_where_it_is_unwelcome(
    live: Live, new_context: Contexts
) -> None:
    console.hire(live, "mo")
    console.waiting(live, 3)
    desk = console.sit_down(live, new_context(reduced_motion="reduce"))
    desk.press("a")
    assert desk.page.evaluate("document.getAnimations().length") == 0
    expect(desk.page.locator(".is-leaving")).to_have_count(0)
