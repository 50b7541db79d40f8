"""The comments in a publisher's page: another origin, cookies of third parties blocked, the page's policy strict."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, FrameLocator, Page, Route, expect

from tests.browser.conftest import Live

Put = Callable[..., str]


def article(live: Live, *, lang: str = "en", more: str = "", attributes: str = "") -> str:
    """A publisher's page with the frame and the script; it notes the frame's events in its title."""
    src = live.frame().replace("&", "&amp;")
    return f"""<!doctype html><html lang="{lang}" {attributes}><head><meta charset="utf-8">{more}<title>Article</title>
<script>
addEventListener("comments:loaded", () => (document.title += " loaded"));
addEventListener("comments:submitted", () => (document.title += " submitted"));
</script></head><body><h1>The article</h1>
<iframe data-comments src="{src}" title="Comments" width="100%" height="100"></iframe>
<script type="module" async src="{live.url}/embed.js"></script></body></html>"""


def inside(page: Page) -> FrameLocator:
    """The page in the frame."""
    return page.frame_locator("iframe[data-comments]")


def fill(frame: FrameLocator | Page, live: Live, text: str = "From the frame.") -> None:
    """Fills in the form in the frame."""
    frame.locator("#comments-name").fill("Alice")
    frame.locator("#comments-email").fill("alice@daily.example")
    frame.locator("#comments-text").fill(text)
    frame.locator("#comments-code").fill(live.code(frame))


def height(page: Page) -> float:
    box = page.locator("iframe").bounding_box()
    return box["height"] if box else 0


def test_a_comment_is_sent_from_a_frame_on_another_site(live: Live, article_page: Put, page: Page) -> None:
    page.goto(article_page(article(live)))
    fill(inside(page), live)
    inside(page).get_by_role("button", name="Send").click()
    expect(inside(page).get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    expect(page).to_have_title("Article loaded submitted")
    assert page.context.cookies() == []


def test_the_frame_is_as_high_as_its_content(live: Live, article_page: Put, page: Page) -> None:
    page.goto(article_page(article(live)))
    expect(page.locator("iframe")).not_to_have_css("height", "100px")
    whole = inside(page).locator("body").evaluate("one => Math.ceil(one.getBoundingClientRect().height)")
    expect(page.locator("iframe")).to_have_css("height", f"{whole}px")


def test_the_frame_takes_the_pages_scheme_and_language(live: Live, article_page: Put, page: Page) -> None:
    style = "<style>:root { color-scheme: dark }</style>"
    page.goto(article_page(article(live, lang="ar", more=style, attributes='dir="rtl"')))
    root = inside(page).locator("html")
    expect(root).to_have_attribute("lang", "ar")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.locator("iframe")).to_have_css("color-scheme", "dark")
    expect(page.locator("iframe")).to_have_css("visibility", "visible")


def test_the_address_of_a_comment_leads_to_it(live: Live, article_page: Put, page: Page) -> None:
    for number in range(12):
        id = live.published(f"Comment {number}\n\n" * 5)
    page.goto(article_page(article(live)) + f"#{id}")
    expect(inside(page).locator(f"#{id} .comments-name")).to_be_in_viewport()


def test_blocked_third_party_storage_stops_nobody(
    live: Live, article_page: Put, browser_type: Any, browser_type_launch_args: dict[str, Any]
) -> None:
    args = [*browser_type_launch_args["args"], "--test-third-party-cookie-phaseout"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    try:
        page = browser.new_page()
        page.add_init_script(
            "if (parent !== window) Object.defineProperty(window, 'sessionStorage',"
            " { get() { throw new DOMException('blocked', 'SecurityError'); } });"
        )
        page.goto(article_page(article(live)))
        fill(inside(page), live)
        inside(page).get_by_role("button", name="Send").click()
        expect(inside(page).get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    finally:
        browser.close()


def test_a_page_that_is_not_the_sites_cannot_frame_the_comments(live: Live, article_page: Put, page: Page) -> None:
    stranger = article_page(article(live)).replace("localhost", "127.0.0.1")
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(stranger)
    expect(inside(page).locator("form")).to_have_count(0)


def test_a_message_from_another_window_is_not_believed(live: Live, article_page: Put, page: Page) -> None:
    page.goto(article_page(article(live)))
    expect(page).to_have_title("Article loaded")
    expect(page.locator("iframe")).not_to_have_css("height", "100px")
    before = height(page)
    page.evaluate("postMessage({ comments: 'size', height: 7 }, '*')")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert height(page) == before


def test_a_draft_survives_a_reload_and_is_gone_once_sent(live: Live, page: Page) -> None:
    page.goto(live.frame())
    page.locator("#comments-text").fill("Half a thought")
    page.reload()
    expect(page.locator("#comments-text")).to_have_value("Half a thought")
    expect(page.locator("#comments-code")).to_have_value("")
    page.locator("#comments-name").fill("Alice")
    page.locator("#comments-email").fill("alice@daily.example")
    page.locator("#comments-code").fill(live.code(page))
    page.locator("#comments-send").click()
    expect(page.get_by_role("heading", name="Your comment is waiting")).to_be_visible()
    page.goto(live.frame())
    expect(page.locator("#comments-text")).to_have_value("")


def test_a_new_code_comes_without_loading_the_page_again(live: Live, page: Page) -> None:
    page.goto(live.frame())
    fields = page.locator("form")
    page.locator("#comments-text").fill("Still here")
    fields.evaluate("one => (one.dataset.same = 'yes')")
    before = page.locator("#comments-challenge").input_value()
    page.get_by_role("button", name="New code").click()
    expect(page.locator("#comments-challenge")).not_to_have_value(before)
    expect(fields).to_have_attribute("data-same", "yes")
    expect(page.locator("#comments-code")).to_be_focused()
    ticket = page.locator("#comments-challenge").input_value()
    expect(page.locator("#comments-image")).to_have_attribute("src", f"/challenges/{ticket}.webp")


def test_a_new_code_comes_by_the_form_when_the_short_way_fails(live: Live, page: Page) -> None:
    page.route("**/api/v1/challenges", lambda route: route.abort())
    page.goto(live.frame())
    page.locator("#comments-text").fill("Still here")
    before = page.locator("#comments-challenge").input_value()
    page.get_by_role("button", name="New code").click()
    expect(page.locator("#comments-challenge")).not_to_have_value(before)
    expect(page.locator("#comments-text")).to_have_value("Still here")


def test_a_reply_is_written_in_its_place_and_can_be_cancelled(live: Live, page: Page) -> None:
    parent = live.published("The first word.")
    page.goto(live.frame())
    page.get_by_role("link", name="Reply").click()
    expect(page.locator(f"#{parent} form")).to_be_visible()
    expect(page.locator("#comments-name")).to_be_focused()
    expect(page.locator("#comments-parent")).to_have_value(parent)
    page.get_by_role("button", name="Do not reply").click()
    expect(page.locator(f"#{parent} form")).to_have_count(0)
    expect(page.locator("#comments-parent")).to_have_value("")


def test_the_pages_run_under_their_own_policy_without_a_complaint(live: Live, page: Page) -> None:
    live.published("A word.")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live.frame(lang="ar", theme="dark"))
    expect(page.locator("#comments-image")).to_have_js_property("complete", True)
    page.locator(".comments-reply").click()
    page.locator("button[name=again]").click()
    expect(page.locator("#comments-code")).to_be_focused()
    assert complaints == []


def test_numbers_of_comments_are_filled_in_by_one_request(
    live: Live, article_page: Put, new_context: Callable[..., BrowserContext]
) -> None:
    live.published("One.")
    page = new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if "/counts" in request.url else None)
    address = article_page(
        f"""<!doctype html><html lang="en"><p><span data-comment-count="http://[">?</span>,
<span data-comment-count="/news/42">?</span>, <span data-comment-count="{live.article}">?</span> and
<span data-comment-count="{live.publisher}/news/43">?</span></p>
<script type="module" src="{live.url}/count.js" data-site="daily"></script></html>""",
        path="/",
    )
    page.goto(address)
    expect(page.locator("p")).to_have_text("?, 1, 1 and 0")
    assert asked.count("POST") == 1


def test_a_reply_draft_is_still_a_reply_after_a_reload(live: Live, page: Page) -> None:
    parent = live.published("The first word.")
    page.goto(live.frame())
    page.locator("#comments-text").fill("Half an answer")
    page.get_by_role("link", name="Reply").click()
    page.reload()
    expect(page.locator(f"#{parent} #comments-text")).to_have_value("Half an answer")
    expect(page.locator("#comments-parent")).to_have_value(parent)
    expect(page.locator("#comments-text")).not_to_be_focused()
    page.get_by_role("button", name="Do not reply").click()
    page.reload()
    expect(page.locator("#comments-text")).to_have_value("Half an answer")
    expect(page.locator("#comments-parent")).to_have_value("")
    expect(page.locator(f"#{parent} form")).to_have_count(0)


def test_a_double_click_sends_once_and_a_stalled_request_can_be_sent_again(live: Live, page: Page) -> None:
    posted: list[Route] = []

    def stall(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        return posted.append(route)  # and no answer comes

    page.route("**/embed/daily?*", stall)
    page.clock.install()
    page.goto(live.frame())
    fill(page, live)
    send = page.locator("#comments-send")
    with page.expect_request(lambda request: request.method == "POST"):
        send.dblclick()
    expect(send).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#comments-said")).to_have_text("Sending …")
    page.clock.fast_forward(3000)
    expect(send).to_have_attribute("aria-disabled", "false")
    with page.expect_request(lambda request: request.method == "POST"):
        send.click()
    first, second = [route.request.post_data or "" for route in posted]
    assert first == second
    assert "again=" not in first


def test_a_new_code_can_be_asked_for_while_a_request_stalls(live: Live, page: Page) -> None:
    page.route("**/api/v1/challenges", lambda route: route.abort())
    page.goto(live.frame())
    fill(page, live)
    before = page.locator("#comments-challenge").input_value()
    page.route("**/embed/daily?*", lambda route: None, times=1)
    with page.expect_request(lambda request: request.method == "POST"):
        page.locator("#comments-send").click()
    expect(page.locator("#comments-send")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="New code").click()
    expect(page.locator("#comments-challenge")).not_to_have_value(before)
    expect(page.locator("#comments-text")).to_have_value("From the frame.")
