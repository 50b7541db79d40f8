"""Reports and appeals, whole ways: a reader in the frame, a lead at the console by keys; axe-core at each step."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor, Role
from commentsvc.domain.refusal import Refused
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from tests.browser import console
from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live
from tests.browser.test_console_rows import Rows
from tests.browser.test_edits import stored
from tests.browser.test_reader_frame import article, inside

MO = Actor(id="mo", sites=None)


def test_a_reader_reports_in_the_frame_and_reads_how_it_ended(
    live: Live, article_page: Callable[..., str], page: Page
) -> None:
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    id = live.published("Not so calm.")
    page.goto(article_page(article(live)))
    frame = inside(page)
    frame.locator(f"#{id} a.comments-report").click()
    expect(frame.get_by_role("heading", name="Report this comment")).to_be_visible()
    expect(frame.locator("blockquote")).to_contain_text("Not so calm.")
    frame.get_by_text("It is against the law").click()
    frame.get_by_label("Why is it illegal?").fill("A threat against me.")
    frame.get_by_label("Confirmation code").fill("XXXXX")
    frame.get_by_role("button", name="Send the report").click()
    expect(frame.locator("#comments-faith-problem")).to_be_visible()
    frame.get_by_label("I believe in good faith").check()
    frame.get_by_label("Confirmation code").fill(live.code(frame))
    expect(frame.get_by_label("Why is it illegal?")).to_have_value("A threat against me.")
    frame.get_by_role("button", name="Send the report").click()
    expect(frame.get_by_role("heading", name="Your report is waiting")).to_be_visible()
    frame.get_by_role("link", name="Back to the comments").click()
    expect(frame.locator(f"#{id} .comments-text")).to_have_text("Not so calm.")
    assert page.context.cookies() == []
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live.url}/report?comment={id}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320
    assert faults_in_both_lights(page) == []
    page.get_by_role("button", name="Insult").click()
    expect(page.get_by_role("heading", name="Your report is waiting")).to_be_visible()
    assert faults_in_both_lights(page) == []
    assert complaints == []


def brought(live: Live) -> list[str]:
    """Two comments that readers reported, and one that mo rejected and its author appeals for; lena is a lead."""
    live.service.moderators.add(id="lena", name="Lena", password=console.PASSWORD, role=Role.LEAD, sites=["daily"])
    reported = [live.published("Calm enough."), live.published("Not calm at all.")]
    for id in reported:
        found = live.service.reports.find(id)
        assert not isinstance(found, Refused)
        assert not isinstance(live.service.reports.report(found, {"reason": ["insult"]}, network="192.0.2.9"), Refused)
    upheld = console.comment(live, "Never published.", name="Nadia")
    made = live.service.moderation.decide(MO, Wanted(id=upheld, version=1, verb=Verb.REJECT, reason="insult"))
    assert isinstance(made, Made)
    appeal = live.service.appeals.appeal(
        live.service.receipts.token(CommentId(upheld)), {"appeal": ["I insulted nobody."]}
    )
    assert not isinstance(appeal, Refused)
    return [*reported, upheld]


def test_a_lead_judges_reports_and_appeals_by_keys(live: Live, context: BrowserContext) -> None:
    kept, removed, upheld = brought(live)
    desk = console.sit_down(live, context, "lena", "/moderation/daily/?lane=notices")
    expect(desk.card).to_contain_text("due in")
    assert faults_in_both_lights(desk.page) == []
    assert desk.shown == kept
    expect(desk.card.get_by_role("button", name="Keep it")).to_have_attribute("aria-keyshortcuts", "A")
    desk.press("a")
    desk.press("r", "1")
    expect(desk.card).to_contain_text("The author appeals against the decision of")
    assert faults_in_both_lights(desk.page) == []
    desk.press("r")
    desk.saved()
    assert console.statuses(live, [kept, removed, upheld]) == [Status.APPROVED, Status.REJECTED, Status.REJECTED]
    assert [row.verb for row in console.rows(live)[:3]] == [Verb.UPHOLD, Verb.REJECT, Verb.KEEP]
    desk.page.keyboard.press("z")
    expect(desk.card).to_contain_text("I insulted nobody.")
    desk.saved()
    desk.press("a")
    desk.saved()
    assert console.statuses(live, [upheld]) == [Status.APPROVED]
    assert desk.complaints == []


def test_a_lead_judges_them_in_the_list_by_the_same_keys(live: Live, context: BrowserContext) -> None:
    kept, removed, upheld = ids = brought(live)
    sitting = console.sit_down(live, context, "lena", "/moderation/daily/list?lane=notices")
    desk = Rows(page=sitting.page, live=live, complaints=sitting.complaints)
    expect(desk.card).to_have_id(kept)
    desk.press("a")
    live.service.moderation.decide(MO, Wanted(id=removed, version=stored(live, removed).version, verb=Verb.KEEP))
    desk.press("a")
    expect(desk.row(removed).locator(".did")).to_have_text("\u2068mo\u2069 kept this just now")
    desk.ready()
    desk.page.keyboard.press("r")
    expect(desk.page.locator("#reading .empty")).to_have_text("Nothing waiting.")
    expect(desk.page.locator("#lines .did")).to_contain_text(
        ["Kept after a report", "kept this", "Upheld after an appeal"]
    )
    assert [row.verb for row in console.rows(live)[:3]] == [Verb.UPHOLD, Verb.KEEP, Verb.KEEP]
    for id in (upheld, kept):
        desk.page.keyboard.press("z")
        expect(desk.card).to_have_id(id)
    desk.saved()
    assert [row.verb for row in console.rows(live)[:2]] == [Verb.UNDO, Verb.UNDO]
    assert console.statuses(live, ids) == [Status.APPROVED, Status.APPROVED, Status.REJECTED]
    assert desk.complaints == []
