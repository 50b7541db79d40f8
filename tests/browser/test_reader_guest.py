"""The comments as a guest in a publisher's page: another origin, a policy that forbids all but us, no trace left.

Every state is looked at in the same way: no complaint in the console, no request to anybody else, no cookie, nothing
that moves once it is shown, nothing that has to be scrolled sideways.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live
from tests.browser.test_reader_frame import Put, fill

SHIFTS = """
window.shifted = [];
new PerformanceObserver((list) => {
  for (const { hadRecentInput, value, sources, startTime: at } of list.getEntries()) {
    const name = ({ node }) => node?.parentElement?.className + " > " + (node?.className ?? node?.nodeName);
    if (!hadRecentInput) window.shifted.push({ at, what: value.toFixed(5) + " " + sources.map(name).join(", ") });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# On a busy machine Chromium counts what it laid out before the stylesheet came, and never painted.
SHIFTED = """window.shifted.filter(({ at }) => at >= (performance.getEntriesByType('paint')[0]?.startTime ?? 0))
.map(({ what }) => what)"""
STATES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1100, "height": 900}},
    "without a script": {"java_script_enabled": False},
    "phone": {"viewport": {"width": 320, "height": 640}, "device_scale_factor": 2, "is_mobile": True},
    "twice the size": {"viewport": {"width": 550, "height": 450}, "device_scale_factor": 2},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "without motion": {"reduced_motion": "reduce"},
}


@dataclass(kw_only=True)
class Guest:
    """A reader's browser, and everything in it that should not be."""

    page: Page
    live: Live
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.add_init_script(SHIFTS)

    @property
    def frame(self) -> FrameLocator:
        """The page in the frame."""
        return self.page.frame_locator("iframe[data-comments]")

    def _requested(self, address: str) -> None:
        ours = (self.live.url + "/", self.live.publisher + "/", "data:")
        if not address.startswith(ours):
            self.strangers.append(address)

    def leaves_no_trace(self, *, script: bool = True) -> None:
        """The promise of every state."""
        assert self.complaints == []
        assert self.strangers == []
        assert self.page.context.cookies() == []
        if script:
            for one in self.page.frames:
                assert one.evaluate(SHIFTED) == [], one.url
                assert one.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, one.url


def article(live: Live, *, lang: str = "en", style: str = "", frames: int = 1) -> str:
    """A publisher's page that lets nobody in but us; long enough that the comments are below the first screen."""
    policy = (
        f"default-src 'none'; frame-src {live.url}; script-src {live.url}; connect-src {live.url}; "
        "style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    src = live.frame(lang=lang).replace("&", "&amp;")
    frame = f'<iframe data-comments src="{src}" title="Comments" width="100%" height="600" loading="lazy"></iframe>'
    return f"""<!doctype html><html lang="{lang}" dir="{"rtl" if lang in ("ar", "fa") else "ltr"}"><head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>body {{ margin: 0; border: 0 }} iframe {{ border: 0; display: block }} .text {{ height: 2000px }} {style}</style>
<title>Article</title></head><body><div class="text">The article <p data-comment-count="/news/42"></p></div>
{frame * frames}
<script type="module" async src="{live.url}/embed.js"></script>
<script type="module" async src="{live.url}/count.js" data-site="daily"></script></body></html>"""


@pytest.fixture
def thread(live: Live) -> str:
    """The first of some comments on the article, with answers down to the sixth level and beyond."""
    first = parent = live.published("The first word, with an address: https://daily.example/" + "x" * 60)
    for depth in range(8):
        parent = live.published(f"Answer {depth}. " + "Words that go on for a line or two. " * 3, parent)
    return first


@pytest.fixture
def guest(live: Live, thread: str, new_context: Callable[..., BrowserContext]) -> Callable[..., Guest]:
    """A function that opens a browser in some state."""

    def opened(**state: Any) -> Guest:
        return Guest(page=new_context(**state).new_page(), live=live)

    return opened


@pytest.mark.parametrize(("state", "lang"), [*((state, "en") for state in STATES), ("phone", "ar"), ("dark", "fa")])
def test_a_reader_reads_and_writes_and_no_trace_is_left(
    live: Live, article_page: Put, guest: Callable[..., Guest], state: str, lang: str
) -> None:
    reader, script = guest(**STATES[state]), STATES[state].get("java_script_enabled", True)
    style = ":root { color-scheme: dark; background: #111 }" if state == "dark" else ""
    reader.page.goto(article_page(article(live, lang=lang, style=style)))
    reader.page.locator("iframe").scroll_into_view_if_needed()
    expect(reader.frame.locator(".comments-thread > li")).to_have_count(9)
    expect(reader.frame.locator("html")).to_have_attribute("lang", lang)
    if state == "dark":
        expect(reader.frame.locator("html")).to_have_attribute("data-theme", "dark")
        expect(reader.page.locator("iframe")).to_have_css("color-scheme", "dark")
    if script:
        expect(reader.page.locator("iframe")).not_to_have_css("height", "600px")
        expect(reader.page.locator("[data-comment-count]")).to_have_text("9")
    fill(reader.frame, live)
    reader.leaves_no_trace(script=script)
    reader.frame.locator("#comments-send").click()
    expect(reader.frame.locator(".comments-receipt h1")).to_be_visible()
    reader.leaves_no_trace(script=script)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_axe_finds_nothing_while_somebody_reads_and_writes(live: Live, thread: str, page: Page, lang: str) -> None:
    page.goto(live.frame(lang=lang))
    page.locator(f"#{thread} .comments-reply").click()
    page.locator("#comments-name").fill("Alice")
    page.locator("#comments-email").fill("nonsense")
    page.locator("#comments-text").fill("x" * 4900)
    page.locator("#comments-send").click()
    expect(page.locator(".comments-problem")).to_have_count(2)
    assert faults_in_both_lights(page) == []
    page.locator("button[name=preview]").click()
    expect(page.locator("#comments-preview")).to_be_visible()
    page.locator("#comments-listen").click()
    visited = "([id]) => localStorage.setItem('comments:visits', JSON.stringify({ [id]: [1, Date.now()] }))"
    page.evaluate(visited, [page.locator("#comments-list").get_attribute("data-thread")])
    assert faults_in_both_lights(page) == []
    page.reload()
    expect(page.locator(".comments-fresh")).to_have_count(9)
    assert faults_in_both_lights(page) == []


def test_the_first_comments_need_one_document_and_one_stylesheet(
    live: Live, thread: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.route(
        "**/*", lambda route: route.fallback() if route.request.resource_type in ("document", "stylesheet") else None
    )
    page.goto(live.frame(), wait_until="commit")
    expect(page.locator(f"#{thread} .comments-text")).to_be_in_viewport()
    painted = page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    assert painted


def test_the_frame_is_asked_for_when_it_comes_near(live: Live, article_page: Put, guest: Callable[..., Guest]) -> None:
    reader = guest()
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url) if "/embed/daily" in request.url else None)
    reader.page.goto(article_page(article(live, style=".text { height: 20000px !important }")))
    reader.page.wait_for_load_state("networkidle")
    assert asked == []
    reader.page.locator("iframe").scroll_into_view_if_needed()
    expect(reader.frame.locator(".comments-thread > li")).to_have_count(9)
    reader.leaves_no_trace()


def test_frames_may_come_and_go_on_a_page_that_never_loads_again(
    live: Live, article_page: Put, guest: Callable[..., Guest]
) -> None:
    reader = guest()
    page = reader.page
    page.goto(article_page(article(live, frames=2, style=".text { height: 10px !important }")))
    for number in range(2):
        expect(page.locator("iframe").nth(number)).not_to_have_css("height", "600px")
    for _ in range(2):
        page.evaluate(
            """src => {
              document.querySelectorAll("iframe").forEach((one) => one.remove());
              const frame = document.createElement("iframe");
              Object.assign(frame, { src, title: "Comments", width: "100%", height: "600" });
              frame.dataset.comments = "";
              document.body.append(frame);
            }""",
            live.frame(sort="newest"),
        )
        expect(page.locator("iframe")).to_have_css("visibility", "visible")
        expect(page.locator("iframe")).not_to_have_css("height", "600px")
        expect(reader.frame.locator(".comments-thread > li")).to_have_count(9)
    assert reader.complaints == []


def test_the_keyboard_alone_reads_answers_and_sends(live: Live, thread: str, page: Page) -> None:
    page.goto(live.frame())
    page.locator(f"#{thread} .comments-reply").focus()
    keys = page.keyboard
    keys.press("Enter")
    for word in ("Alice", "alice@daily.example", "By keys alone."):
        keys.type(word)
        keys.press("Tab")
    expect(page.get_by_role("button", name="New code")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#comments-code")).to_be_focused()
    expect(page.locator("#comments-said")).to_contain_text("new code")
    keys.type(live.code(page))
    keys.press("Tab")
    expect(page.locator("#comments-send")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#comments-preview")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your comment is waiting")).to_be_visible()
