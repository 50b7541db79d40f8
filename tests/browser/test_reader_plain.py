"""A reader without JavaScript, and one who uses the keyboard only."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, receipt_token


def fill(page: Page, live: Live, text: str = "A calm remark.") -> None:
    """Fills in the whole form."""
    page.locator("#comments-name").fill("Alice")
    page.locator("#comments-email").fill("alice@daily.example")
    page.locator("#comments-text").fill(text)
    page.locator("#comments-code").fill(live.code(page))


def stored_text(live: Live, page: Page) -> str:
    """The text of the comment whose receipt the page shows."""
    opened = live.service.receipts.open(receipt_token(page.url))
    return opened.comment.body.text  # type: ignore[union-attr]  # the page has just shown it


def test_reader_without_javascript_gets_a_receipt(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    fill(plain, live)
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    assert stored_text(live, plain) == "A calm remark."


def test_a_wrong_code_without_javascript_loses_no_word_and_takes_the_reader_to_it(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    fill(plain, live, "Words that took an hour.\n\nAnd more.")
    plain.locator("#comments-code").fill("AAAAA")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("alert")).to_contain_text("That was not the code")
    expect(plain.locator("#comments-code")).to_be_focused()
    described = "comments-code-problem comments-code-hint"
    expect(plain.locator("#comments-code")).to_have_attribute("aria-describedby", described)
    expect(plain.locator("#comments-text")).to_have_value("Words that took an hour.\n\nAnd more.")
    plain.locator("#comments-code").fill(live.code(plain))
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("heading", name="Your comment is waiting")).to_be_visible()


def test_enter_sends_and_a_new_code_loses_no_word_without_javascript(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    fill(plain, live)
    before = plain.locator("#comments-challenge").input_value()
    plain.get_by_role("button", name="New code").click()
    expect(plain.locator("#comments-text")).to_have_value("A calm remark.")
    expect(plain.locator("#comments-challenge")).not_to_have_value(before)
    plain.locator("#comments-code").fill(live.code(plain))
    plain.locator("#comments-code").press("Enter")
    expect(plain.get_by_role("heading", name="Your comment is waiting")).to_be_visible()


def test_a_reply_and_its_withdrawal_without_javascript(live: Live, plain: Page) -> None:
    parent = live.published("The first word.")
    plain.goto(live.frame())
    plain.get_by_role("link", name="Reply").click()
    expect(plain.get_by_text("In reply to")).to_be_visible()
    fill(plain, live, "An answer.")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    opened = live.service.receipts.open(receipt_token(plain.url))
    assert opened.comment.parent == parent  # type: ignore[union-attr]
    plain.get_by_text("Take my comment back").click()
    plain.get_by_label("Yes, delete my comment").check()
    plain.get_by_role("button", name="Take it back").click()
    expect(plain.get_by_role("heading", name="Your comment was taken back")).to_be_visible()


def test_the_keyboard_alone_gets_a_comment_through(live: Live, page: Page) -> None:
    page.goto(live.frame())
    page.locator("#comments-name").focus()
    keys = page.keyboard
    keys.type("Alice")
    keys.press("Tab")
    keys.type("alice@daily.example")
    keys.press("Tab")
    keys.type("By keys alone.")
    keys.press("Tab")
    expect(page.get_by_role("button", name="New code")).to_be_focused()
    for _ in range(12):  # through the player's own controls
        keys.press("Tab")
        if page.locator("#comments-code").evaluate("one => one === document.activeElement"):
            break
    keys.type(live.code(page).lower())
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", name="Your comment is waiting")).to_be_visible()


def test_the_code_can_be_heard_and_stopped(live: Live, page: Page) -> None:
    page.goto(live.frame())
    button, sound = page.locator("#comments-listen"), page.locator("#comments-sound")
    expect(button).to_have_text("Listen to the code")
    button.click()
    expect(button).to_have_text("Pause")
    expect(sound).to_have_js_property("paused", False)
    page.wait_for_function("() => document.getElementById('comments-sound').duration > 1")
    button.click()
    expect(button).to_have_text("Listen to the code")
    expect(sound).to_have_js_property("paused", True)


def test_the_code_can_be_heard_without_javascript(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    expect(plain.get_by_label("Listen to the code")).to_be_visible()
    expect(plain.locator("#comments-listen")).to_be_hidden()


def test_arabic_is_read_from_right_to_left(live: Live, plain: Page) -> None:
    live.published("A comment in English.")
    plain.goto(live.frame(lang="ar"))
    expect(plain.locator("html")).to_have_attribute("dir", "rtl")
    heading, frame = plain.locator("h1").bounding_box(), plain.viewport_size
    assert heading is not None
    assert frame is not None
    send = plain.get_by_role("button", name="إرسال").last.bounding_box()
    assert send is not None
    assert send["x"] > frame["width"] / 2
    expect(plain.locator(".comments-text p")).to_have_css("direction", "ltr")


def test_nothing_scrolls_sideways_on_a_small_phone_at_twice_the_size(live: Live, plain: Page) -> None:
    parent = live.published("x" * 300)
    for _ in range(7):
        parent = live.published("https://daily.example/" + "y" * 200, parent)
    plain.set_viewport_size({"width": 320, "height": 600})
    for lang in ("en", "ar"):
        plain.goto(live.frame(lang=lang))
        width = plain.locator("html").evaluate("one => one.scrollWidth")
        assert width <= 320, lang
