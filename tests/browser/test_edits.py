"""A change of a published comment: its author writes it, a moderator reads what is new, readers see one text."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Refused
from commentsvc.service.edits import Rewrite
from commentsvc.service.moderation import Item
from tests.browser import console
from tests.browser.axe import faults_in_both_lights
from tests.browser.conftest import Live

FIRST = "The museum was worth the whole journey, and the guide was patient with all of us."
SECOND = "The museum was worth half of the journey, and the guide was patient with all of us."


def stored(live: Live, id: str) -> Comment:
    """The comment as it stands."""
    item = live.service.moderation.item(console.WITNESS, id)
    assert isinstance(item, Item)
    return item.comment


def token_of(live: Live, id: str) -> str:
    """The receipt's."""
    return live.service.receipts.token(CommentId(id))


def edit(live: Live, id: str, text: str) -> None:
    """Bob writes his comment anew."""
    values = {"name": ["Bob"], "text": [text]}
    outcome = live.service.edits.edit(Rewrite(token=token_of(live, id), values=values, network="127.0.0.1"))
    assert not isinstance(outcome, Refused), outcome


def test_an_author_changes_a_published_comment_and_readers_see_the_old_one_until_then(live: Live, page: Page) -> None:
    id = live.published(FIRST)
    page.goto(f"{live.url}/receipts/{token_of(live, id)}")
    page.get_by_text("Change my comment").click()
    form = page.locator("#comments-edit form")
    form.get_by_label("Name").fill("")
    form.get_by_label("Comment").fill(SECOND)
    form.get_by_role("button", name="Save the change").click()
    expect(form.locator("#comments-edit-name-problem")).to_be_visible()
    expect(form.get_by_label("Comment")).to_have_value(SECOND)
    assert faults_in_both_lights(page) == []
    form.get_by_label("Name").fill("Bob")
    form.get_by_role("button", name="Save the change").click()
    expect(page.get_by_text("Your change is waiting.")).to_be_visible()
    assert faults_in_both_lights(page) == []
    with page.expect_download() as held:
        page.get_by_text("Download what is stored about this comment").click()
    assert held.value.suggested_filename == f"{id}.json"
    page.goto(live.frame())
    expect(page.locator(f"#{id} .comments-text")).to_have_text(FIRST)


def test_a_moderator_judges_a_change_by_keys(live: Live, new_context: Callable[..., BrowserContext]) -> None:
    id = live.published(FIRST)
    edit(live, id, SECOND)
    console.hire(live, "mo")
    desk = console.sit_down(live, new_context())
    expect(desk.card.locator("ins")).to_have_text("half of")
    expect(desk.card.locator("del")).to_contain_text("whole")
    assert faults_in_both_lights(desk.page) == []
    desk.ready()
    desk.page.keyboard.press("r")
    desk.press("1")
    expect(desk.page.get_by_text("Change turned down:").first).to_be_visible()
    desk.saved()
    assert (stored(live, id).status, stored(live, id).edit) == (Status.APPROVED, None)
    desk.page.keyboard.press("z")
    expect(desk.card.locator("ins")).to_have_text("half of")
    desk.saved()
    assert stored(live, id).edit is not None
    edit(live, id, f"{SECOND} Go there.")
    desk.press("a")
    desk.saved()
    expect(desk.card.locator("ins").last).to_contain_text("Go there")
    body = stored(live, id).body
    assert body is not None
    assert body.text == FIRST, "nobody publishes what they have not read"
    desk.press("a")
    desk.saved()
    body = stored(live, id).body
    assert body is not None
    assert body.text == f"{SECOND} Go there."
    assert desk.complaints == []
