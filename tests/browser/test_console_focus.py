"""The Focus view in a browser: decisions by keys alone over a bad line, undo, colleagues, and what is never done."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Actor
from commentsvc.service.moderation import Wanted
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Desk, Weather

Contexts = Callable[..., BrowserContext]
AFTER = {"a": Status.APPROVED, "r": Status.REJECTED, ".": Status.REJECTED, "!": Status.SPAM}


@pytest.fixture
def mo(live: Live) -> None:
    console.hire(live, "mo", "max")


@pytest.fixture
def desk(live: Live, mo: None, context: BrowserContext) -> Iterator[Desk]:
    """Mo before a queue of twelve."""
    console.waiting(live, 12)
    desk = console.sit_down(live, context)
    expect(desk.card).to_be_visible()
    yield desk
    assert desk.complaints == []


def test_a_hundred_comments_are_decided_by_keys_alone_over_a_bad_line(
    live: Live, mo: None, context: BrowserContext, record_property: Callable[[str, object], None]
) -> None:
    ids = console.waiting(live, 100)
    weather = Weather(app=live.app.wsgi_app, late_s=0.2, lose=lambda number: number % 9 == 4)
    live.app.wsgi_app = weather  # type: ignore[method-assign]
    desk = console.sit_down(live, context)
    done: dict[str, Status] = {}
    for number in range(100):
        keys = ("a", "a", "r", "a", ".", "!")[number % 6]
        id = desk.shown
        assert id not in done, "a comment that was decided came back"
        desk.press(*([keys, "2"] if keys == "r" else [keys]))
        assert desk.has_focus(), f"the focus was lost after {number + 1}"
        done[id] = AFTER[keys]
    desk.saved()
    expect(desk.page.locator("#empty")).to_be_visible()
    assert weather.lost > 1
    assert list(done) == ids, "oldest first"
    assert dict(zip(ids, console.statuses(live, ids), strict=True)) == done
    assert console.decided(live) == Counter(ids)
    assert desk.complaints == []
    took = sorted(desk.page.evaluate("performance.getEntriesByName('console:shown').map(one => one.duration)")[1:])
    record_property("key_to_next_card_p95_ms", round(took[int(len(took) * 0.95)], 1))
    print(f"key → next card painted: median {took[len(took) // 2]:.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms")


def test_two_who_work_on_one_queue_decide_each_comment_once(live: Live, mo: None, new_context: Contexts) -> None:
    ids = console.waiting(live, 60)
    desks = [console.sit_down(live, new_context(), name) for name in ("mo", "max")]
    while any(desk.shown for desk in desks):
        for desk in desks:
            if desk.shown:
                desk.press("a")
    for desk in desks:
        desk.saved()
        assert desk.complaints == []
    assert console.decided(live) == Counter(ids)
    assert {row.by for row in console.rows(live)} == {"mo", "max"}
    assert set(console.statuses(live, ids)) == {Status.APPROVED}


def test_who_was_late_is_told_and_the_comment_comes_back_at_the_end(live: Live, desk: Desk) -> None:
    first = desk.shown
    max_ = Actor(id="max", sites=None)
    live.service.moderation.decide(max_, Wanted(id=first, version=1, verb=Verb.APPROVE))
    desk.press("!")
    expect(desk.page.locator("#lost")).to_contain_text("Reader 0")
    expect(desk.page.locator("#lost")).to_contain_text("\u2068Max\u2069 approved this")
    assert desk.shown != first, "a conflict never interrupts"
    last = desk.page.locator(".stack > .card").last
    expect(last).to_have_id(first)
    expect(last.locator(".happened")).to_contain_text("\u2068Max\u2069 approved this")
    assert console.statuses(live, [first]) == [Status.APPROVED]
    while desk.shown != first:
        desk.press("a")
    expect(desk.page.get_by_role("button", name="Approve")).to_have_count(0)
    desk.press("r", "1")
    desk.saved()
    assert console.statuses(live, [first]) == [Status.REJECTED]
    newest = next(row for row in console.rows(live) if row.comment == first)
    assert (newest.by, newest.before, newest.after) == ("mo", Status.APPROVED, Status.REJECTED), "overruled, and logged"


def test_what_a_moderator_may_not_overrule_does_not_come_back(live: Live, desk: Desk) -> None:
    first = desk.shown
    wanted = Wanted(id=first, version=1, verb=Verb.REJECT, reason="insult")
    live.service.moderation.decide(Actor(id="max", sites=None), wanted)
    with desk.page.expect_response(
        lambda answer: answer.url.endswith("/buffer") and first in str(answer.request.post_data)
    ):
        desk.press("f")
    expect(desk.page.locator("#lost")).to_contain_text("\u2068Max\u2069 rejected this")
    expect(desk.page.locator("#said")).to_have_text("")
    desk.press("a")
    desk.saved()
    expect(desk.page.locator(f"#{first}")).to_have_count(0)


def test_who_wanted_the_same_is_told_and_has_nothing_more_to_do(live: Live, desk: Desk) -> None:
    first = desk.shown
    max_ = Actor(id="max", sites=None)
    live.service.moderation.decide(max_, Wanted(id=first, version=1, verb=Verb.APPROVE))
    desk.press("a")
    expect(desk.page.locator("#lost")).to_contain_text("\u2068Max\u2069 approved this")
    expect(desk.page.locator(f"[id={first}]")).to_have_count(0)


def test_undo_brings_back_one_after_the_other_in_place(live: Live, desk: Desk) -> None:
    order = []
    for key in ("a", "!", "a"):
        order.append(desk.shown)
        desk.press(key)
    desk.saved()
    following = desk.shown
    for id in reversed(order):
        desk.page.keyboard.press("z")
        expect(desk.card).to_have_id(id)
        assert desk.has_focus()
    desk.saved()
    assert console.statuses(live, order) == [Status.PENDING] * 3
    assert len(console.rows(live)) == 6, "an undo is a row of its own"
    for _ in order:
        desk.press("a")
    expect(desk.card).to_have_id(following)
    desk.saved()
    assert console.statuses(live, order) == [Status.APPROVED] * 3


def test_an_undo_that_is_quick_enough_leaves_no_trace(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.ready()
    desk.page.evaluate(
        """() => { for (const key of 'az')
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })) }"""
    )
    expect(desk.card).to_have_id(first)
    desk.press("!")
    desk.saved()
    assert [(row.comment, row.verb) for row in console.rows(live)] == [(first, Verb.SPAM)]


def test_undo_works_after_a_reload(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.press("a")
    desk.saved()
    desk.page.reload()
    expect(desk.card).not_to_have_id(first)
    desk.ready()
    desk.page.keyboard.press("z")
    expect(desk.card).to_have_id(first)
    desk.saved()
    assert console.statuses(live, [first]) == [Status.PENDING]
    desk.press("a")
    desk.saved()
    assert console.statuses(live, [first]) == [Status.APPROVED]


def test_undo_also_takes_back_what_was_decided_in_another_tab(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.press("a")
    desk.saved()
    other = console.Desk(page=desk.page.context.new_page(), live=live)
    with other.page.expect_response("**/desk/mine"):
        other.page.goto(f"{live.url}/moderation/daily/")
    other.ready()
    other.page.keyboard.press("z")
    expect(other.card).to_have_id(first)
    other.saved()
    assert console.statuses(live, [first]) == [Status.PENDING]


def test_an_undo_stops_where_somebody_acted_since(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.press("a")
    desk.saved()
    max_ = Actor(id="max", sites=None)
    live.service.moderation.decide(max_, Wanted(id=first, version=2, verb=Verb.REJECT, reason="insult"))
    desk.page.keyboard.press("z")
    expect(desk.page.locator("#lost")).to_contain_text("\u2068Max\u2069 rejected this")
    expect(desk.page.locator("#lost")).to_contain_text("Nothing was undone")
    expect(desk.page.locator(f"[id={first}] .happened")).to_contain_text("\u2068Max\u2069 rejected this")
    assert console.statuses(live, [first]) == [Status.REJECTED]


def test_a_held_key_approves_one(live: Live, desk: Desk) -> None:
    desk.ready()
    first = desk.shown
    for _ in range(12):  # Playwright marks every further one as a repetition
        desk.page.keyboard.down("a")
    desk.page.keyboard.up("a")
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert [row.comment for row in console.rows(live)] == [first]


def test_a_key_pressed_twice_does_not_hit_a_comment_that_nobody_has_seen(live: Live, desk: Desk) -> None:
    desk.ready()
    first = desk.shown
    desk.page.evaluate(
        """() => { for (let n = 0; n < 3; n++)
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true })) }"""
    )
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert [row.comment for row in console.rows(live)] == [first]


def test_typing_a_note_decides_nothing(live: Live, desk: Desk) -> None:
    desk.ready()
    first = desk.shown
    desk.page.keyboard.press("r")
    desk.page.keyboard.press("0")
    note = desk.card.get_by_label("Note for colleagues")
    expect(note).to_be_focused()
    desk.page.keyboard.type("a!rz.jk1 as a zebra")
    expect(note).to_have_value("a!rz.jk1 as a zebra")
    desk.page.keyboard.press("Escape")
    expect(desk.card.locator("details.reject")).not_to_have_attribute("open", "")
    assert desk.has_focus()
    assert console.rows(live) == []
    assert desk.shown == first
    desk.page.keyboard.press("r")
    desk.page.keyboard.press("0")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    expect(desk.card).not_to_have_id(first)
    desk.saved()
    assert [(row.reason, row.note) for row in console.rows(live)] == [("own", "a!rz.jk1 as a zebra")]


def test_next_and_previous_decide_nothing(live: Live, desk: Desk) -> None:
    first = desk.shown
    desk.press("j")
    second = desk.shown
    desk.press("a")
    desk.press("k")
    assert desk.shown == first
    desk.saved()
    assert [row.comment for row in console.rows(live)] == [second]


def test_the_buttons_do_what_their_keys_do(live: Live, desk: Desk) -> None:
    first = desk.shown
    approve = desk.card.get_by_role("button", name="Approve")
    expect(approve).to_have_attribute("aria-keyshortcuts", "A")
    desk.ready()
    approve.click()
    expect(desk.card).not_to_have_id(first)
    second = desk.shown
    desk.ready()
    desk.card.get_by_text("Reject…").click()
    desk.card.get_by_label("Off topic").check()
    desk.card.get_by_role("button", name="Reject", exact=True).click()
    expect(desk.card).not_to_have_id(second)
    expect(desk.page.locator("#said")).to_contain_text("Rejected \u2068Reader 1\u2069 · Off topic")
    desk.page.get_by_role("button", name="Undo").click()
    expect(desk.card).to_have_id(second)
    desk.saved()
    assert console.statuses(live, [first, second]) == [Status.APPROVED, Status.PENDING]


def test_the_words_of_every_comment_stand_in_the_same_place(
    live: Live, mo: None, page: Page, context: BrowserContext
) -> None:
    parent = live.published("The first word.\n\nAnd a second paragraph that goes on for longer than two lines do. " * 4)
    for text, above in (
        ("Short.", ""),
        ("An answer.", parent),
        ("Long. " * 300, ""),
        ("See https://x.example", parent),
    ):
        console.comment(live, text, parent=above, email=f"r{len(text)}@readers.example")
    desk = console.sit_down(live, context)
    places = set()
    for _ in range(4):
        box = desk.card.locator(".words").bounding_box()
        assert box is not None
        places.add((box["x"], box["y"]))
        desk.press("j")
    assert len(places) == 1
