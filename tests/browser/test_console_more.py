"""What else there is to do at the Focus view than deciding one by one: all alike at once, later, a question, a look."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import new_bulk_id
from commentsvc.domain.moderator import Actor
from commentsvc.service.moderation import Wanted
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Desk

SAME = "Buy the finest carpets of the whole valley at half the price today, at stall number fourteen."
OTHER = ("The bridge is late again.", "Who paid for the lamps?", "My dog loves the new park very much.")


@pytest.fixture
def desk(live: Live, context: BrowserContext) -> Iterator[Desk]:
    """Mo before four comments that say the same and three that do not."""
    console.hire(live, "mo", "max")
    for number in range(4):
        console.comment(live, SAME, name=f"Seller {number}", email=f"s{number}@readers.example")
    for number, text in enumerate(OTHER):
        console.comment(live, text, name=f"Reader {number}", email=f"r{number}@readers.example")
    desk = console.sit_down(live, context)
    expect(desk.card).to_be_visible()
    yield desk
    assert desk.complaints == []


def sellers(live: Live, desk: Desk) -> list[str]:
    first = desk.card.get_attribute("id") or ""
    near = (desk.card.get_attribute("data-near") or "").split()
    return [first, *(one.partition(":")[0] for one in near)]


def test_all_that_say_the_same_are_shown_once_decided_once_and_undone_once(live: Live, desk: Desk) -> None:
    ids = sellers(live, desk)
    assert len(ids) == 4
    expect(desk.card.locator(".near")).to_contain_text("3 more that wait say nearly the same")
    expect(desk.page.locator(".stack > .card")).to_have_count(4)
    desk.press("Shift+A")
    expect(desk.page.locator("#said")).to_contain_text("and \u20683\u2069 that say nearly the same")
    desk.saved()
    assert console.statuses(live, ids) == [Status.APPROVED] * 4
    assert len({row.bulk for row in console.rows(live)} - {None}) == 1, "it is one step"
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(ids[0])
    desk.saved()
    assert console.statuses(live, ids) == [Status.PENDING] * 4
    assert desk.shown == ids[0], "those that came back with it stay behind it"
    desk.press("Shift+A")
    desk.saved()
    assert console.statuses(live, ids) == [Status.APPROVED] * 4, "at the versions that they have by now"
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(ids[0])
    desk.ready()
    desk.page.keyboard.press("Shift+X")
    expect(desk.card.locator("details.reject")).to_have_attribute("open", "")
    desk.page.keyboard.press("Escape")
    desk.press("a")
    desk.saved()
    assert console.statuses(live, ids) == [Status.APPROVED, *[Status.PENDING] * 3], "one key decides one"


def test_what_was_decided_at_once_in_a_list_is_one_step_to_undo_here_too(live: Live, desk: Desk) -> None:
    ids = sellers(live, desk)
    step = new_bulk_id(now_ms=now_ms(), site_number=live.site.number)
    wanted = [Wanted(id=id, version=1, verb=Verb.SPAM) for id in ids]
    live.service.bulks.decide_all(Actor(id="mo", sites=None), live.site, wanted, bulk=step)
    desk.page.reload()
    expect(desk.card).not_to_have_id(ids[0])
    desk.ready()
    desk.page.keyboard.press("z")
    expect(desk.page.locator("#said")).to_contain_text("4 comments")
    desk.saved()
    assert console.statuses(live, ids) == [Status.PENDING] * 4
    expect(desk.card).to_have_attribute("data-status", "pending")


def test_later_is_later_for_everybody_and_can_be_taken_back(live: Live, desk: Desk) -> None:
    desk.press("j")
    first = desk.shown
    desk.press("h")
    expect(desk.page.locator("#said")).to_contain_text("Put off for an hour")
    desk.saved()
    assert console.rows(live) == []
    desk.page.reload()
    expect(desk.card).to_be_visible()
    assert first not in desk.page.locator(".card").evaluate_all("all => all.map(one => one.id)")
    desk.ready()
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(first)
    desk.press("a")
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_a_question_goes_to_the_lane_of_colleagues(live: Live, desk: Desk) -> None:
    desk.press("j")
    first = desk.shown
    desk.ready()
    desk.page.keyboard.press("e")
    desk.page.keyboard.type("Is this about azaleas?")
    assert desk.shown == first, "typing a question decides nothing"
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert console.statuses(live, [first]) == [Status.PENDING]
    desk.page.goto(f"{live.url}/moderation/daily/?lane=colleague")
    expect(desk.card).to_have_id(first)
    expect(desk.card.locator(".asked")).to_contain_text("Mo asks a colleague: Is this about azaleas?")


def test_what_a_colleague_only_approved_comes_back_to_be_featured(live: Live, desk: Desk) -> None:
    desk.press("j")
    first = desk.shown
    live.service.moderation.decide(Actor(id="max", sites=None), Wanted(id=first, version=1, verb=Verb.APPROVE))
    desk.press("f")
    expect(desk.page.locator("#lost")).to_contain_text("\u2068Max\u2069 approved this")
    expect(desk.page.locator(".stack > .card").last).to_have_id(first)
    while desk.shown != first:
        desk.press("j")
    expect(desk.card.get_by_role("button", name="Feature")).to_have_attribute("aria-keyshortcuts", "F")
    desk.press("f")
    expect(desk.page.locator("#said")).to_contain_text("Featured")
    desk.saved()
    assert [(row.verb, row.by) for row in console.rows(live)[:2]] == [(Verb.FEATURE, "mo"), (Verb.APPROVE, "max")]
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(first)
    desk.saved()
    assert console.rows(live)[0].verb is Verb.UNDO
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_the_conversation_opens_on_top_and_nothing_is_decided_there(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.ready()
    desk.page.keyboard.press("o")
    peek = desk.page.get_by_role("dialog", name="The conversation")
    expect(peek).to_contain_text("Who paid for the lamps?")
    desk.page.keyboard.press("a")
    desk.page.keyboard.press("Escape")
    expect(peek).not_to_be_visible()
    assert desk.shown == first
    assert console.rows(live) == []
    assert desk.page.evaluate("new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size") == len(
        desk.page.locator("[id]").all()
    )


def test_lanes_and_pages_are_reached_by_keys(live: Live, desk: Desk) -> None:
    lanes, listening = desk.page.locator(".rail [data-lane]"), desk.page.locator("[data-does=help][data-key]")
    desk.page.keyboard.press("]")
    expect(lanes.nth(1)).to_have_attribute("aria-current", "page")
    expect(listening).to_be_visible()
    desk.page.keyboard.press("[")
    expect(lanes.nth(0)).to_have_attribute("aria-current", "page")
    expect(listening).to_be_visible()
    desk.page.keyboard.press("g")
    desk.page.keyboard.press("o")
    expect(desk.page.get_by_role("heading", name="Log")).to_be_visible()


def test_the_context_can_be_put_away_and_stays_away(live: Live, desk: Desk) -> None:
    context = desk.card.locator(".context")
    expect(context).to_be_visible()
    desk.page.keyboard.press("c")
    expect(context).to_be_hidden()
    desk.page.reload()
    expect(desk.card.locator(".words")).to_be_visible()
    expect(context).to_be_hidden()
    desk.page.keyboard.press("c")
    expect(context).to_be_visible()
