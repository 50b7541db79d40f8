"""Decisions in the list view wait for nothing either: through the Focus view's outbox; rows say what was done."""

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Route, expect

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Actor
from commentsvc.service.moderation import Wanted
from tests.browser import console
from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live
from tests.browser.console import Desk, Weather

MAX = Actor(id="max", sites=None)
LIST = "/moderation/daily/list"


class Rows(Desk):
    """Somebody who sits at a list."""

    @property
    def card(self) -> Locator:
        """The card that is read."""
        return self.page.locator("#reading:not([aria-busy]) > .card")

    @property
    def shown(self) -> str:
        """The id of the comment that is read; empty while there is none."""
        return str(self.page.evaluate("document.querySelector('#reading:not([aria-busy]) > .card')?.id ?? ''"))

    def row(self, id: str) -> Locator:
        """The row of a comment."""
        return self.page.locator(f"#row-{id}")

    def at_hand(self) -> None:
        """Waits until the next two cards have been fetched."""
        self.page.wait_for_function(
            "() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/buffer')).length >= 2"
        )

    def press(self, *keys: str) -> None:
        """Presses keys once the card has been seen, and waits until another one is read."""
        before = self.shown
        self.ready()
        for key in keys:
            self.page.keyboard.press(key)
        expect(self.card).not_to_have_id(before)

    def has_focus(self) -> bool:
        """Whether the row of the comment that is read has the focus."""
        return bool(self.page.evaluate("document.activeElement.matches('#lines > .open > a')"))


@pytest.fixture
def ids(live: Live) -> list[str]:
    """Twelve comments that wait."""
    return console.waiting(live, 12)


@pytest.fixture
def desk(live: Live, ids: list[str], context: BrowserContext) -> Iterator[Rows]:
    """Mo before their list."""
    console.hire(live, "mo", "max")
    sitting = console.sit_down(live, context, path=LIST)
    desk = Rows(page=sitting.page, live=live, complaints=sitting.complaints)
    expect(desk.card).to_have_id(ids[0])
    yield desk
    assert desk.complaints == []


def at_once(desk: Rows, *keys: str) -> None:
    """Presses keys faster than anything can be sent."""
    desk.page.evaluate(
        "keys => keys.forEach(key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', "
        "{ key, bubbles: true, cancelable: true })))",
        list(keys),
    )


def test_ten_rows_are_decided_before_the_first_is_saved(live: Live, ids: list[str], desk: Rows) -> None:
    held: list[Route] = []
    desk.page.route("**/desk/decisions", lambda route: held.append(route))
    live.app.wsgi_app = Weather(app=live.app.wsgi_app, late_s=0.1, under="/moderation/")  # type: ignore[method-assign]
    for number in range(10):
        desk.press(*("r1" if number % 4 == 3 else "!" if number % 4 == 2 else "a"))
        assert desk.has_focus()
    assert desk.shown == ids[10]
    assert console.rows(live) == []
    expect(desk.page.locator("#lines > .done")).to_have_count(10)
    expect(desk.page.locator("#lines > .line")).to_have_count(12)  # nothing has moved
    expect(desk.row(ids[3]).locator(".did")).to_have_text("Rejected · Insult")
    expect(desk.page.locator("#said")).to_have_text("Approved \u2068Reader 9\u2069")
    expect(desk.page.locator("#saved")).to_contain_text("10")
    while held:
        held.pop().continue_()
    desk.page.unroute("**/desk/decisions")
    desk.saved()
    expect(desk.page.locator("#saved")).to_contain_text("All saved")
    assert console.decided(live) == Counter(ids[:10]), "each was decided exactly once"
    four = [Status.APPROVED, Status.APPROVED, Status.SPAM, Status.REJECTED]
    assert console.statuses(live, ids) == [*four, *four, *four[:2], Status.PENDING, Status.PENDING]
    desk.press("a")
    desk.ready()
    desk.page.keyboard.press("a")
    expect(desk.page.locator("#reading .empty")).to_be_focused()
    expect(desk.page.locator("#reading .empty")).to_have_text("Nothing waiting.")
    expect(desk.page.locator("h1 .count")).to_have_text("0")


def test_who_was_slower_reads_it_in_the_row_and_is_not_interrupted(live: Live, ids: list[str], desk: Rows) -> None:
    desk.at_hand()
    for id, verb in ((ids[0], Verb.SPAM), (ids[1], Verb.APPROVE)):
        live.service.moderation.decide(MAX, Wanted(id=id, version=1, verb=verb))
    desk.press("a")
    desk.press("a")
    desk.saved()
    asked = desk.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [name for name in asked if "at=cmt_" in name], "the list was not asked for again with each card"
    assert desk.shown == ids[2]
    first, second = desk.row(ids[0]), desk.row(ids[1])
    expect(first.locator(".did")).to_contain_text("\u2068Max\u2069 marked this as spam")
    expect(second.locator(".did")).to_contain_text("\u2068Max\u2069 approved this")
    expect(first.locator("input")).to_be_enabled()
    expect(second.locator("input")).to_be_disabled()
    expect(desk.page.locator("#lost")).to_contain_text("Your decision changed nothing.")
    assert faults_in_both_lights(desk.page) == []
    desk.press("k")
    expect(desk.card).to_have_id(ids[1])
    desk.press("k")
    expect(desk.card.locator(".happened")).to_contain_text("marked this as spam")
    expect(desk.card).to_have_attribute("data-status", "spam")
    assert console.statuses(live, ids[:2]) == [Status.SPAM, Status.APPROVED]


def test_undo_leaves_no_trace_of_what_was_not_sent_and_takes_the_rest_back(
    live: Live, ids: list[str], desk: Rows
) -> None:
    desk.ready()
    at_once(desk, "a", "z")
    expect(desk.card).to_have_id(ids[0])
    expect(desk.page.locator("#saved")).to_have_attribute("data-unsent", "0")
    assert console.rows(live) == []
    desk.press("a")
    desk.saved()
    expect(desk.row(ids[0])).to_have_class("line done")
    desk.page.keyboard.press("z")
    expect(desk.page.locator("#said")).to_have_text("Undone: \u2068Reader 0\u2069")
    expect(desk.row(ids[0])).to_have_class("line open")
    assert desk.shown == ids[0]
    desk.saved()
    assert console.statuses(live, ids[:1]) == [Status.PENDING]
    desk.press("r", "1")
    desk.saved()
    assert [row.verb for row in console.rows(live)] == [Verb.REJECT, Verb.UNDO, Verb.APPROVE]
    desk.page.reload()  # the card of that is gone by now, and so is its row
    expect(desk.card).to_have_id(ids[1])
    desk.ready()
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(ids[0])
    expect(desk.page.locator("#lines > .line").first).to_have_id(f"row-{ids[0]}")
    assert console.statuses(live, ids[:1]) == [Status.PENDING]


def test_one_key_features_what_is_read_and_ends_that_again(live: Live, ids: list[str], desk: Rows) -> None:
    desk.press("f")
    expect(desk.row(ids[0]).locator(".did")).to_have_text("Featured")
    expect(desk.page.locator("#said")).to_have_text("Featured \u2068Reader 0\u2069")
    desk.saved()
    desk.page.goto(live.frame())
    expect(desk.page.locator(f"#{ids[0]} .comments-featured")).to_have_text("Featured by the editors")
    desk.page.goto(f"{live.url}/moderation/daily/approved")
    button = desk.card.get_by_role("button", name="Stop featuring")
    expect(button).to_have_attribute("aria-keyshortcuts", "F")
    desk.ready()
    desk.page.keyboard.press("f")
    expect(desk.page.locator("#said")).to_have_text("No longer featured: \u2068Reader 0\u2069")
    expect(button).to_be_hidden()
    desk.saved()
    desk.page.keyboard.press("z")
    expect(button).to_be_visible()
    desk.saved()
    assert [row.verb for row in console.rows(live)] == [Verb.UNDO, Verb.UNFEATURE, Verb.FEATURE]
    assert console.statuses(live, ids[:2]) == [Status.APPROVED, Status.PENDING]


def test_what_a_list_leaves_unsent_is_sent_by_the_page_that_follows(live: Live, ids: list[str], desk: Rows) -> None:
    desk.page.on("dialog", lambda dialog: dialog.accept())
    desk.page.route("**/desk/decisions", lambda route: route.abort())
    desk.press("a")
    desk.ready()
    desk.card.get_by_role("button", name="Spam").click()
    expect(desk.card).to_have_id(ids[2])
    expect(desk.page.locator("#saved")).to_contain_text("unsent, retrying")
    desk.page.reload()
    expect(desk.page.locator("#saved")).to_have_attribute("data-unsent", "2")
    expect(desk.page.locator("#lines > .done .did")).to_have_text(["Approved", "Spam"])
    expect(desk.card).to_have_id(ids[2])
    focus = Desk(page=desk.page, live=live)
    desk.page.goto(f"{live.url}/moderation/daily/")
    expect(focus.card).to_have_id(ids[2])
    desk.page.unroute("**/desk/decisions")
    focus.saved()
    assert console.statuses(live, ids[:3]) == [Status.APPROVED, Status.SPAM, Status.PENDING]
    assert console.decided(live) == Counter(ids[:2])


def test_without_a_line_what_is_at_hand_is_decided_and_sent_later(live: Live, ids: list[str], desk: Rows) -> None:
    desk.at_hand()
    desk.page.context.set_offline(True)
    desk.press("a")
    desk.press("a")
    desk.ready()
    desk.page.keyboard.press("a")
    expect(desk.page.locator("#reading")).to_have_attribute("aria-busy", "true")
    at_once(desk, "a", "!")  # nothing is there to be decided on
    expect(desk.page.locator("#saved")).to_contain_text("\u20683\u2069 unsent, retrying")
    desk.page.context.set_offline(False)
    expect(desk.card).to_have_id(ids[3])
    desk.saved()
    assert console.decided(live) == Counter(ids[:3])


def test_what_nobody_here_may_decide_any_more_ends_no_round(live: Live, ids: list[str], desk: Rows) -> None:
    for id in ids[3:]:
        live.service.moderation.decide(MAX, Wanted(id=id, version=1, verb=Verb.APPROVE))
    desk.page.reload()
    desk.press("a")
    desk.saved()
    live.service.moderation.decide(MAX, Wanted(id=ids[1], version=1, verb=Verb.REJECT, reason="insult"))
    desk.press("f")
    desk.saved()
    expect(desk.row(ids[1]).locator(".did")).to_contain_text("\u2068Max\u2069 rejected this")
    said = desk.page.locator("#said")
    expect(said).to_have_text("")  # it came to nothing, and its Undo would be that of the first
    expect(desk.page.get_by_role("button", name="Undo", exact=True)).to_be_hidden()
    desk.ready()
    desk.page.keyboard.press("a")
    expect(desk.page.locator("#reading .empty")).to_be_focused()
    assert console.statuses(live, ids[:3]) == [Status.APPROVED, Status.REJECTED, Status.APPROVED]
    desk.page.reload()
    expect(desk.page.locator(".choosing > .empty")).to_be_visible()
    desk.page.keyboard.press("z")  # the list has no rows to put it among
    expect(desk.card).to_have_id(ids[2])
    assert console.statuses(live, ids[:3]) == [Status.APPROVED, Status.REJECTED, Status.PENDING]


def test_who_goes_back_before_it_is_saved_can_decide_anew_as_soon_as_it_is(
    live: Live, ids: list[str], desk: Rows
) -> None:
    held: list[Route] = []
    desk.page.route("**/desk/decisions", lambda route: held.append(route))

    def decides_and_goes_back() -> None:
        with desk.page.expect_request("**/desk/decisions"):
            desk.press("a")
            desk.press("k")

    decides_and_goes_back()
    expect(desk.card).to_have_id(ids[0])
    expect(desk.card.locator(".actions")).to_be_hidden()
    held.pop().continue_()
    expect(desk.card.get_by_text("Take down…")).to_be_visible()
    desk.press("j")
    decides_and_goes_back()
    desk.page.keyboard.press("n")
    desk.page.keyboard.type("No typed word is lost")
    held.pop().continue_()
    desk.saved()
    desk.page.evaluate("fetch(location.href).then(answer => answer.text())")  # by then its card would be another
    expect(desk.card.locator(".write textarea")).to_have_value("No typed word is lost")


def test_a_double_click_opens_no_reasons_of_the_next_comment(ids: list[str], desk: Rows) -> None:
    desk.at_hand()
    desk.ready()
    reject = "document.querySelector('#reading .reject > summary').click()"  # where the button has just been
    desk.page.evaluate(f"() => {{ document.querySelector('#reading .featuring button').click(); {reject} }}")
    expect(desk.card).to_have_id(ids[1])
    reasons = desk.card.locator(".reject fieldset")
    desk.ready()
    expect(reasons).to_be_hidden()
    desk.card.get_by_text("Reject…").click()
    expect(reasons).to_be_visible()
