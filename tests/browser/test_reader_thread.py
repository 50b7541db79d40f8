"""Threads of any length: pages in place, addresses of comments, what is new; and ten thousand comments."""

import pytest
from playwright.sync_api import Browser, Page, expect

from commentsvc.bench import seed
from commentsvc.bootstrap import now_ms
from commentsvc.web.listing import PER_PAGE
from tests import servers
from tests.browser.conftest import Live
from tests.browser.test_reader_frame import Put, article, inside

MANY = 10_000
SECOND_MS = 1000


@pytest.fixture
def long(live: Live) -> str:
    """The address of the frame of an article with 120 comments, so of three pages."""
    return many(live, 120)


def many(live: Live, count: int) -> str:
    """The address of the frame of an article with so many comments, made as the bench makes them."""
    home = live.service.sites.change("daily", {"origins": (*live.site.origins, seed.ORIGIN)})
    seed.approved(live.parts, home, 1, count)
    return live.frame(url=seed.url(1))


def shown(page: Page) -> list[str]:
    """The ids of the comments in the page."""
    ids: list[str] = page.locator(".comments-thread > li").evaluate_all("all => all.map((one) => one.id)")
    return ids


def test_the_next_pages_come_below_and_the_focus_goes_to_the_first_of_them(long: str, page: Page) -> None:
    page.goto(long)
    page.locator("#comments-text").fill("Half a thought")
    for count in (100, 120):
        page.get_by_role("link", name="More comments").click()
        expect(page.locator(".comments-thread > li")).to_have_count(count)
        expect(page.locator(".comments-thread > li").nth(count - 50 if count == 100 else 100)).to_be_focused()
    expect(page.get_by_role("link", name="More comments")).to_have_count(0)
    assert len(set(shown(page))) == 120
    expect(page.locator("#comments-text")).to_have_value("Half a thought")
    assert page.locator("time:not([title])").count() == 0


def test_the_order_changes_in_place_and_loses_no_word(long: str, page: Page) -> None:
    page.goto(long)
    oldest = shown(page)
    page.locator(".comments-reply").first.click()
    page.locator("#comments-text").fill("Half an answer")
    page.get_by_role("link", name="Newest first").click()
    expect(page.get_by_role("link", name="Newest first")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="Newest first")).to_be_focused()
    assert set(shown(page)).isdisjoint(oldest)
    expect(page.locator("#comments-text")).to_have_value("Half an answer")
    page.reload()
    expect(page.get_by_role("link", name="Newest first")).to_have_attribute("aria-current", "true")


def test_the_address_of_a_comment_on_a_later_page_leads_to_it(live: Live, article_page: Put, page: Page) -> None:
    ids = [live.published(f"Comment {number}\n\n" * 4) for number in range(PER_PAGE + 4)]
    page.goto(article_page(article(live)) + f"#{ids[-2]}")
    comment = inside(page).locator(f"#{ids[-2]}")
    expect(comment).to_be_focused()
    expect(comment.locator(".comments-name")).to_be_in_viewport()
    expect(inside(page).locator(".comments-thread > li")).to_have_count(4)
    inside(page).get_by_role("link", name="Previous comments").click()
    expect(inside(page).locator(f"#{ids[0]}")).to_be_visible()
    page.evaluate("id => { location.hash = id }", ids[30])
    expect(inside(page).locator(f"#{ids[30]}")).to_be_focused()
    expect(inside(page).locator(f"#{ids[30]} .comments-name")).to_be_in_viewport()


def test_a_comment_that_is_gone_is_said_to_be_gone(live: Live, article_page: Put, page: Page) -> None:
    live.published("A word.")
    page.goto(article_page(article(live)) + "#cmt_" + "0" * 26)
    expect(inside(page).get_by_role("status").filter(has_text="This comment is no longer here.")).to_be_visible()
    expect(inside(page).locator(".comments-thread > li")).to_have_count(1)


def test_an_answer_leads_to_what_it_answers_without_javascript(live: Live, plain: Page) -> None:
    first = live.published("The first word.")
    for number in range(PER_PAGE + 1):
        live.published(f"Answer {number}", first)
    plain.goto(live.frame(sort="newest"))
    plain.locator(".comments-parent a").first.click()
    expect(plain.locator(f"#{first}")).to_be_visible()


def test_what_is_new_since_the_last_visit_is_marked_and_nobody_is_told(live: Live, page: Page) -> None:
    live.published("Old news.")
    page.clock.install()
    page.goto(live.frame())
    expect(page.locator(".comments-fresh")).to_have_count(0)
    visited_s = now_ms() // 1000
    servers.wait_until(
        lambda: now_ms() // 1000 > visited_s, what="the next second, because pages tell no more of a time"
    )
    new = live.published("Fresh news.")
    page.clock.set_fixed_time(page.evaluate("Date.now()") + 3_600 * SECOND_MS)
    page.reload()
    expect(page.locator(".comments-fresh")).to_have_count(1)
    expect(page.locator(f"#{new} .comments-fresh")).to_have_text("New")
    page.get_by_role("link", name="New since your last visit: 1").click()
    expect(page.locator(f"#{new}")).to_be_focused()
    page.reload()  # still the same visit
    expect(page.locator(".comments-fresh")).to_have_count(1)
    assert page.context.cookies() == []


def test_comments_that_come_meanwhile_are_offered_quietly(live: Live, page: Page) -> None:
    live.published("The first word.")
    page.clock.install()
    page.goto(live.frame())
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/comments" in request.url else None)
    live.published("Another word.")
    with page.expect_response("**/api/v1/comments?*"):
        page.clock.fast_forward(31 * SECOND_MS)
    offer = page.get_by_role("status").get_by_role("link", name="New comments: 1")
    expect(offer).to_be_visible()
    offer.click()
    expect(page.locator(".comments-text").first).to_have_text("Another word.")
    expect(page.locator("h1")).to_have_text("Comments (2)")
    assert "limit=1" in asked[0]


def test_ten_thousand_comments_are_there_at_once_and_page_by_page(
    live: Live, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    address = many(live, MANY)
    page = browser.new_page()
    page.goto(address)  # the first reader waits for the list to be made, once a revision
    shown_ms = min(opened(page, address) for _ in range(3))
    with capsys.disabled():
        print(f"\n10,000 comments: the first page is shown after {shown_ms:.0f} ms")
    for pages in range(2, 11):
        page.get_by_role("link", name="More comments").click()
        expect(page.locator(".comments-thread > li")).to_have_count(pages * PER_PAGE)
    page.get_by_role("link", name="More comments").click()
    expect(page.locator(".comments-thread > li")).to_have_count(PER_PAGE)  # a page of its own: memory stays bounded
    expect(page.get_by_role("link", name="Previous comments")).to_be_visible()
    page.close()


def opened(page: Page, address: str) -> float:
    """Milliseconds from asking for a page to its first comments on the screen."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    painted: float = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return painted
