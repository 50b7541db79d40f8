"""A reader without JavaScript."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, receipt_token


def fill(page: Page, live: Live, text: str = "A calm remark.") -> None:
    page.get_by_label("Name").fill("Alice")
    page.get_by_label("E-mail").fill("alice@daily.example")
    page.get_by_label("Comment", exact=True).fill(text)
    page.get_by_label("Confirmation code", exact=True).fill(live.code(page))


def test_reader_without_javascript_gets_a_receipt(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    fill(plain, live)
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    opened = live.service.receipts.open(receipt_token(plain.url))
    assert opened.comment.body.text == "A calm remark."  # type: ignore[union-attr]  # the page has just shown it
