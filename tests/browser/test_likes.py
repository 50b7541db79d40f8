"""A like in a real browser: in place with a script, by a form without one."""

from playwright.sync_api import Page, expect

from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live


def test_a_like_with_a_script_and_without(live: Live, page: Page, plain: Page) -> None:
    live.service.sites.change("daily", {"likes": True})
    first = live.published("The first remark.")
    second = live.published("The second remark.")
    page.goto(live.frame(lang="en"))
    before = page.url
    button = page.locator(f"#{second} .comments-like")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{second} .comments-liked")).to_have_text("Likes: 1")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(page.locator(f"#{second} .comments-liked")).to_have_text("Likes: 1")
    assert page.url == before
    assert faults_in_both_lights(page) == []

    plain.goto(live.frame(lang="en"))
    plain.locator(f"#{first} .comments-like").click()
    expect(plain.get_by_role("status").first).to_contain_text("Your like is counted.")
    assert plain.url.endswith(f"#{first}")
    assert plain.context.cookies() == []

    live.service.outbox.show_likes()
    page.get_by_role("link", name="Best first").click()
    expect(page.get_by_role("link", name="Best first")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#{first} .comments-liked")).to_have_text("Likes: 1")

    # The line fails the script once: the form goes as it would without one.
    page.route("**/like?*", lambda route: route.abort(), times=1)
    page.locator(f"#{first} .comments-like").click()
    expect(page.get_by_text("counted before").or_(page.get_by_text("like is counted"))).to_be_visible()
