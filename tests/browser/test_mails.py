"""A reader asks for e-mails on the form, and does all that can be done about them afterwards."""

import pytest
from playwright.sync_api import Page, expect

from commentsvc.domain.refusal import Refused
from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live, receipt_token
from tests.browser.test_reader_plain import fill


def link_of(live: Live, token: str) -> str:
    """Where the e-mails about a comment lead."""
    opened = live.service.receipts.open(token)
    assert not isinstance(opened, Refused)
    wish = live.service.wishes.of(opened.site, opened.comment.id)
    assert wish is not None
    return f"{live.url}/mail/{live.service.wishes.token(opened.comment.id, wish.address)}"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_e_mails_are_asked_for_confirmed_and_ended(writing: Live, page: Page, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(writing.frame(lang=language))
    fill(page, writing)
    box = page.locator("#comments-tell-me")
    box.press("Space")
    expect(box).to_be_checked()
    page.locator("#comments-send").click()
    expect(page.locator("#comments-mail [role=status]")).to_be_visible()
    for name in ("outcome", "replies"):
        expect(page.locator(f"#comments-{name}")).to_be_checked()
    receipt = page.url
    assert faults_in_both_lights(page) == []
    page.locator("#comments-replies").uncheck()
    page.locator("#comments-mail button").click()
    expect(page.locator("#comments-replies")).not_to_be_checked()
    page.goto(link_of(writing, receipt_token(receipt)))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults_in_both_lights(page) == []
    page.locator("button[value=confirm]").click()
    page.locator("button[value=end]").click()
    expect(page.locator("button[value=never]")).to_be_visible()
    assert faults_in_both_lights(page) == []
    page.goto(receipt)
    expect(page.locator("#comments-mail input")).to_have_count(0)
