"""What is saved and what is not: said honestly, kept over a reload, sent when the line or the sign-in is back."""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Dialog, Route, expect

from commentsvc.domain.decision import Status
from tests import servers
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Desk


@pytest.fixture
def desk(live: Live, context: BrowserContext) -> Iterator[Desk]:
    """Mo before a queue of twelve."""
    console.hire(live, "mo", "max")
    console.waiting(live, 12)
    desk = console.sit_down(live, context)
    expect(desk.card).to_be_visible()
    yield desk
    assert desk.complaints == []


def test_the_page_says_when_all_is_saved(desk: Desk) -> None:
    desk.press("a")
    expect(desk.page.locator("#saved")).to_contain_text("All saved")
    expect(desk.page.locator("#saved")).to_have_attribute("data-unsent", "0")


def test_a_minute_without_a_line_loses_nothing(live: Live, desk: Desk) -> None:
    ids = []
    desk.page.context.set_offline(True)
    for _ in range(3):
        ids.append(desk.shown)
        desk.press("a")
    expect(desk.page.locator("#saved")).to_contain_text("unsent, retrying")
    expect(desk.page.locator("#alarm")).to_be_hidden()
    desk.page.evaluate("Date.now = ((now) => () => now() + 31_000)(Date.now)")  # half a minute later
    expect(desk.page.locator("#alarm")).to_contain_text("deciding pauses")
    paused = desk.shown
    desk.ready()
    desk.page.keyboard.press("a")
    desk.page.keyboard.press("!")
    assert desk.shown == paused, "it decides on, although nothing can be saved"
    assert console.rows(live) == []
    desk.page.context.set_offline(False)
    desk.saved()
    expect(desk.page.locator("#alarm")).to_be_hidden()
    assert console.statuses(live, ids) == [Status.APPROVED] * 3
    desk.press("a")
    desk.saved()
    assert console.decided(live) == Counter([*ids, paused])


def test_what_was_not_sent_is_sent_after_a_reload(live: Live, desk: Desk) -> None:
    ids = []
    refused: list[str] = []

    def cut(route: Route) -> None:
        refused.append(route.request.post_data or "")
        route.abort()

    desk.page.route("**/desk/decisions", cut)
    for key in ("a", "!"):
        ids.append(desk.shown)
        desk.press(key)
    expect(desk.page.locator("#saved")).to_contain_text("unsent, retrying")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    desk.page.on("dialog", leave)
    desk.page.reload()
    assert asked == ["beforeunload"], "leaving warns"
    expect(desk.card).not_to_have_id(ids[0])
    expect(desk.page.locator("#saved")).to_have_attribute("data-unsent", "2")
    assert not {*ids} & {*desk.page.locator(".card").evaluate_all("all => all.map(one => one.id)")}
    desk.page.unroute("**/desk/decisions")
    desk.saved()
    assert refused
    assert console.statuses(live, ids) == [Status.APPROVED, Status.SPAM]
    assert console.decided(live) == Counter(ids)


def test_who_was_signed_out_signs_in_again_and_loses_nothing(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.page.request.post(
        f"{live.url}/logout",
        form={"csrf_token": desk.page.locator("#focus").get_attribute("data-token") or ""},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    desk.press("a")
    expect(desk.page.locator("#saved")).to_contain_text("you are signed out")
    with desk.page.context.expect_page() as opened:
        desk.page.get_by_role("link", name="Sign in").click()
    page = opened.value
    page.locator("[name=name]").fill("mo")
    page.locator("[name=password]").fill(console.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live.url}/moderation/**")
    page.close()
    desk.page.evaluate("dispatchEvent(new Event('focus'))")
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_what_one_decided_is_not_sent_in_the_name_of_another(live: Live, desk: Desk) -> None:
    token = desk.page.locator("#focus").get_attribute("data-token") or ""
    form: dict[str, str | float | bool] = {"csrf_token": token}
    headers = {"Sec-Fetch-Site": "same-origin"}
    desk.page.request.post(f"{live.url}/logout", form=form, headers=headers)
    other = console.sit_down(live, desk.page.context, "max")
    desk.press("a")
    expect(desk.page.locator("#saved")).to_contain_text("somebody else is signed in")
    assert console.rows(live) == []
    other.page.close()


def test_a_page_that_is_left_gives_its_leases_back(live: Live, desk: Desk) -> None:
    first = desk.shown
    expect(desk.card).to_have_attribute("data-token", "1")
    desk.page.goto("about:blank")
    servers.wait_until(lambda: getattr(live.service.moderation.item(console.WITNESS, first), "lease", "none") is None)


def look_again(desk: Desk) -> int:
    """The status of the answer when the page asks for news."""
    with desk.page.expect_response("**/desk/news?*") as answer:
        desk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return answer.value.status


def test_numbers_change_and_nothing_moves_when_there_is_news(live: Live, desk: Desk) -> None:
    shown = desk.shown
    look_again(desk)
    console.comment(live, "A newer one.", email="newer@readers.example")
    console.comment(live, "And another thing.", email="another@readers.example")
    assert look_again(desk) == 200
    expect(desk.page.locator(".rail [data-lane=''] .count")).to_have_text("14")
    pill = desk.page.locator("#news")
    expect(pill).to_have_text("\u20682\u2069 new")
    assert desk.shown == shown
    assert look_again(desk) == 304
    pill.click()
    expect(pill).to_be_hidden()
    console.comment(live, "A third.", email="third@readers.example")
    look_again(desk)
    expect(pill).to_have_text("\u20681\u2069 new")
    assert desk.shown == shown
