"""The form while somebody writes: quiet help, a preview, and no word lost to a bad network."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from tests.browser.conftest import Live
from tests.browser.test_reader_frame import fill


@pytest.fixture
def form(live: Live, page: Page) -> Page:
    """The article's comments, opened by themselves; the form remembers whether it is still the same page."""
    page.goto(live.frame())
    page.locator("html").evaluate("one => (one.dataset.same = 'yes')")
    return page


def waiting(live: Live) -> int:
    listed = live.service.moderation.listed(Actor(id="mo", sites=None), live.site)
    assert not isinstance(listed, Refused)
    return len(listed.items)


def sent(page: Page) -> None:
    expect(page.get_by_role("heading", name="Your comment is waiting")).to_be_visible()


def is_same(page: Page) -> None:
    """The page was not loaded again."""
    expect(page.locator("html")).to_have_attribute("data-same", "yes")


def test_nothing_is_wrong_until_a_field_was_left_and_then_it_is_taken_back_at_once(form: Page) -> None:
    email = form.locator("#comments-email")
    email.press_sequentially("alice")
    expect(form.locator(".comments-problem")).to_have_count(0)
    email.press("Tab")
    expect(form.locator("#comments-email-problem")).to_have_text("This does not look like an e-mail address.")
    expect(email).to_have_attribute("aria-describedby", "comments-email-problem comments-email-hint")
    email.press_sequentially("@daily.example")
    expect(form.locator(".comments-problem")).to_have_count(0)
    expect(email).not_to_have_attribute("aria-invalid", "true")
    form.locator("#comments-name").focus()
    form.locator("#comments-text").focus()
    expect(form.locator(".comments-problem")).to_have_count(0)  # what is still empty is not wrong yet


def test_a_form_with_gaps_is_not_sent_and_the_first_gap_gets_the_focus(live: Live, form: Page) -> None:
    posted: list[str] = []
    form.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    form.locator("#comments-name").fill("Alice")
    form.locator("#comments-email").fill("nonsense")
    form.locator("#comments-send").click()  # although the field's own problem appears as the button is pressed
    expect(form.locator("#comments-said")).to_have_text("Some fields need another look.")
    expect(form.locator("#comments-email")).to_be_focused()
    expect(form.locator(".comments-problem")).to_have_count(3)
    fill(form, live)
    form.locator("#comments-send").click()
    sent(form)
    assert len(posted) == 1


def test_characters_are_counted_near_the_limit_as_the_server_counts_them(form: Page) -> None:
    text = form.locator("#comments-text")
    text.fill("x" * 4700)
    expect(form.locator("#comments-left")).to_have_count(0)
    text.fill("\U0001f600" * 4900 + "e\u0301")
    expect(form.locator("#comments-left")).to_have_text("Characters left: 99")
    text.fill("x" * 6200)
    expect(form.locator("#comments-left")).to_have_text("Characters too many: 1,200")


def test_a_preview_is_made_by_the_server_and_shown_in_place(live: Live, form: Page) -> None:
    form.locator("#comments-name").fill("Alice")
    form.locator("#comments-text").fill("See https://daily.example/x\n\n<b>bold</b>")
    form.get_by_role("button", name="Preview").click()
    preview = form.locator("#comments-preview")
    expect(preview).to_be_focused()
    expect(preview.get_by_role("link")).to_have_attribute("href", "https://daily.example/x")
    expect(preview.locator("p").last).to_have_text("<b>bold</b>")
    is_same(form)
    assert waiting(live) == 0


def test_a_preview_works_without_javascript(live: Live, plain: Page) -> None:
    plain.goto(live.frame())
    plain.locator("#comments-text").fill("Half a thought")
    plain.get_by_role("button", name="Preview").click()
    expect(plain.locator("#comments-preview")).to_contain_text("Half a thought")
    expect(plain.locator("#comments-text")).to_have_value("Half a thought")


def test_a_wrong_code_brings_a_new_one_in_place_and_no_word_is_lost(live: Live, form: Page) -> None:
    fill(form, live, "Words that took an hour.")
    ticket = form.locator("#comments-challenge").input_value()
    form.locator("#comments-code").fill("AAAAA")
    form.locator("#comments-send").click()
    expect(form.get_by_role("alert")).to_contain_text("That was not the code")
    expect(form.locator("#comments-code")).to_be_focused()
    expect(form.locator("#comments-text")).to_have_value("Words that took an hour.")
    expect(form.locator("#comments-challenge")).not_to_have_value(ticket)
    is_same(form)
    form.locator("#comments-code").fill(live.code(form))
    form.locator("#comments-send").click()
    sent(form)


def test_a_lost_answer_is_asked_for_again_and_posts_nothing_twice(live: Live, form: Page) -> None:
    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.fallback()
        route.fetch()  # it arrived, and its answer does not
        return route.abort()

    fill(form, live)
    form.route("**/embed/daily?*", lose, times=1)
    form.locator("#comments-send").click()
    expect(form.locator("#comments-said")).to_contain_text("That did not get through. Your text is kept")
    expect(form.locator("#comments-text")).to_have_value("From the frame.")
    assert waiting(live) == 1
    expect(form.locator("#comments-send")).to_have_attribute("aria-disabled", "false")
    form.locator("#comments-send").click()
    sent(form)
    assert waiting(live) == 1


@pytest.mark.parametrize("status", [429, 502, 503])
def test_a_proxy_that_turns_a_form_away_loses_no_word(live: Live, form: Page, status: int) -> None:
    fill(form, live)
    html = "<!doctype html><title>x</title><h1>Bad gateway</h1>"
    form.route("**/embed/daily?*", lambda route: route.fulfill(status=status, body=html, content_type="text/html"))
    form.locator("#comments-send").click()
    expect(form.locator("#comments-said")).to_contain_text("That did not get through")
    expect(form.locator("#comments-text")).to_have_value("From the frame.")
    is_same(form)
    form.unroute("**/embed/daily?*")
    expect(form.locator("#comments-send")).to_have_attribute("aria-disabled", "false")
    form.locator("#comments-send").click()
    sent(form)


def test_a_store_that_is_away_keeps_the_text_and_the_same_submission(live: Live, form: Page) -> None:
    fill(form, live)
    submission = form.locator("#comments-submission").input_value()
    room, live.service.submissions._has_room = live.service.submissions._has_room, lambda: False
    form.locator("#comments-send").click()
    expect(form.get_by_role("alert")).to_contain_text("We could not save this just now")
    live.service.submissions._has_room = room
    expect(form.locator("#comments-text")).to_have_value("From the frame.")
    expect(form.locator("#comments-submission")).to_have_value(submission)
    is_same(form)
    form.locator("#comments-send").click()
    sent(form)


def test_who_is_offline_is_told_and_loses_nothing(live: Live, form: Page) -> None:
    fill(form, live)
    form.context.set_offline(True)
    expect(form.locator("#comments-said")).to_contain_text("You are offline. Your text is kept")
    form.locator("#comments-send").click()
    expect(form.locator("#comments-said")).to_contain_text("You are offline")
    form.context.set_offline(False)
    expect(form.locator("#comments-said")).to_contain_text("You are connected again")
    expect(form.locator("#comments-send")).to_have_attribute("aria-disabled", "false")
    form.locator("#comments-send").click()
    sent(form)


def test_a_closed_article_says_so_and_leaves_the_words_to_be_copied(live: Live, form: Page) -> None:
    fill(form, live, "Too late.")
    found = live.service.sites.article("daily", live.article)
    assert isinstance(found, tuple)
    live.service.moderation.open_thread(Actor(id="mo", sites=None), *found, open=False)
    form.locator("#comments-send").click()
    expect(form.get_by_role("alert")).to_contain_text("Comments on this article are closed")
    expect(form.locator("textarea[readonly]").first).to_have_value("Too late.")


def test_a_new_code_and_a_draft_that_is_back_are_said_aloud(form: Page) -> None:
    form.locator("#comments-text").fill("Half a thought")
    form.get_by_role("button", name="New code").click()
    said = form.get_by_role("status").filter(has_text="There is a new code. What you typed stays.")
    expect(said).to_be_visible()
    form.reload()
    expect(form.get_by_role("status").filter(has_text="What you had written is back.")).to_be_visible()
    expect(form.locator("#comments-text")).to_have_value("Half a thought")


def test_a_sound_that_cannot_be_had_is_said_in_words(form: Page) -> None:
    form.route("**/challenges/*.wav", lambda route: route.fulfill(status=503, body="busy"))
    form.locator("#comments-listen").click()
    expect(form.locator("#comments-said")).to_contain_text("The sound cannot be had just now")
    expect(form.locator("#comments-listen")).to_have_text("Listen to the code")


def test_a_slow_line_that_fails_now_and_then_gets_a_comment_through(
    live: Live, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.goto(live.frame())
    for pattern in ("**/api/v1/challenges", "**/embed/daily?*"):
        page.route(
            pattern, lambda route: route.abort() if route.request.method == "POST" else route.fallback(), times=1
        )
    fill(page, live)
    page.locator("#comments-send").click()
    expect(page.locator("#comments-said")).to_contain_text("That did not get through")
    expect(page.locator("#comments-send")).to_have_attribute("aria-disabled", "false")
    page.locator("#comments-send").click()
    sent(page)
    assert waiting(live) == 1
