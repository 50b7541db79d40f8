"""axe-core finds nothing on any page and in any state, light and dark, left to right and right to left.

The console's pages are taken from the table of routes: one that is added there and not here fails the test.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor, Role
from commentsvc.service.moderation import Item, Wanted
from tests.browser import console
from tests.browser.axe import faults, faults_in_both_lights
from tests.browser.conftest import Live

Contexts = Callable[..., BrowserContext]
LANGUAGES = ("en", "ar")
FEWER = """() => {
  const shapes = document.querySelector("#shapes").parentElement;
  const sections = [...document.querySelectorAll("main > section")];
  for (const one of [...sections.slice(4, -2), ...[...shapes.children].slice(20)]) one.remove();
}"""
"""Of the API's page some operations and shapes: a machine makes them all alike, and all take half a minute."""


@dataclass(kw_only=True)
class Walk:
    """A person who goes from page to page with axe-core in hand."""

    page: Page
    live: Live
    language: str
    found: dict[str, list[str]] = field(default_factory=dict)

    def look(self, called: str) -> None:
        """Has the page as it stands examined."""
        again = self.language != LANGUAGES[0]  # colours, the costliest to look at, are the same in every language
        found = faults(self.page, without=("color-contrast",)) if again else faults_in_both_lights(self.page)
        if found:
            self.found[called] = found

    def visit(self, path: str) -> None:
        """Opens a page of the service and has it examined."""
        answer = self.page.goto(self.live.url + path)
        assert answer is not None
        assert answer.status == 200, path
        self.look(path)

    def found_nothing(self) -> None:
        """AssertionError with every line of what was found."""
        lines = [f"{called}: {one}" for called, found in self.found.items() for one in found]
        assert lines == [], "\n" + "\n".join(lines)


def walk(live: Live, new_context: Contexts, language: str) -> Walk:
    """Somebody with a browser in this language."""
    return Walk(page=new_context(locale=language, reduced_motion="reduce").new_page(), live=live, language=language)


@pytest.fixture
def lively(live: Live) -> Live:
    """A site on which everything has happened that a page can show."""
    live.service.moderators.add(id="ada", name="Ada", password=console.PASSWORD, role=Role.ADMIN, sites=["daily"])
    console.hire(live, "mo")
    mo = Actor(id="mo", sites=None)
    parent = live.published("A remark that stands, with a link to https://papers.example/a.")
    for number, verb in enumerate((Verb.APPROVE, Verb.REJECT, Verb.SPAM)):
        id = console.comment(live, f"Decided remark {number}.", parent=parent if verb is Verb.APPROVE else "")
        reason = "insult" if verb is Verb.REJECT else ""
        live.service.moderation.decide(mo, Wanted(id=id, version=1, verb=verb, reason=reason, note="A note."))
    live.service.moderation.decide(mo, Wanted(id=parent, version=2, verb=Verb.FEATURE))
    console.waiting(live, 6)
    console.comment(live, "Buy\u202e at https://shop.example/now \u0645\u0631\u062d\u0628\u0627", parent=parent)
    return live


def pages(walk: Walk) -> Iterator[str]:
    """Every page of the console by the table of routes, as the one who walks can open it."""
    live, (row, *_) = walk.live, console.rows(walk.live)
    item = live.service.moderation.item(console.WITNESS, row.comment)
    assert isinstance(item, Item)
    assert item.comment.body is not None
    given = {"site": "daily", "comment": row.comment, "decision": row.id, "status": "rejected"}
    given |= {"thread": item.comment.thread, "rule": live.site.rules[0].id, "key": item.comment.body.author_key}
    given |= {"person": "mo"}
    for rule in live.app.url_map.iter_rules():
        if rule.rule.startswith("/moderation/") and "GET" in (rule.methods or ()):
            built = rule.build({name: given[name] for name in rule.arguments})
            assert built is not None, rule.rule
            answer = walk.page.request.get(live.url + built[1])
            gone = answer.status == 410  # a picture that is shown once
            if answer.headers["content-type"].startswith("text/html") and "<html" in answer.text() and not gone:
                yield built[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_console(lively: Live, new_context: Contexts, language: str) -> None:
    walker = walk(lively, new_context, language)
    walker.visit("/login")
    console.sign_in(walker.page, lively, "ada")
    seen = list(pages(walker))
    assert len(seen) >= 9
    for path in seen:
        walker.visit(path)
    walker.found_nothing()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_the_focus_view(lively: Live, new_context: Contexts, language: str) -> None:
    context = new_context(locale=language, reduced_motion="reduce")
    desk = console.sit_down(lively, context)
    walker = Walk(page=desk.page, live=lively, language=language)
    expect(desk.card).to_be_visible()
    walker.look("a card")
    for key, called in (("r", "the reasons"), ("?", "the keys"), ("c", "no context"), ("c", "context")):
        desk.page.keyboard.press(key)
        walker.look(called)
        if key in "r?":
            desk.page.keyboard.press("Escape")
    desk.page.set_viewport_size({"width": 390, "height": 844})
    walker.look("a phone")
    desk.page.set_viewport_size({"width": 1280, "height": 800})
    first = desk.shown
    lively.service.moderation.decide(console.WITNESS, Wanted(id=first, version=1, verb=Verb.APPROVE))
    desk.press("!")
    expect(desk.page.locator("#lost")).to_be_visible()
    walker.look("a conflict")
    while desk.shown:
        desk.press("a" if desk.shown != first else "r", *(["1"] if desk.shown == first else []))
    expect(desk.page.locator("#empty")).to_be_visible()
    desk.saved()
    walker.look("nothing waiting")
    walker.found_nothing()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_readers(lively: Live, new_context: Contexts, language: str) -> None:
    walker = walk(lively, new_context, language)
    frame = lively.frame(lang=language).removeprefix(lively.url)
    walker.visit(frame)
    form = walker.page.locator("form").first
    form.locator("[name=text]").fill("A")
    form.evaluate("form => { form.noValidate = true; form.requestSubmit() }")
    walker.page.locator("[aria-invalid=true]").first.wait_for()
    walker.look("a refused form")
    walker.visit(f"/rules/daily?lang={language}")
    if language == "en":  # it speaks no other
        walker.page.goto(lively.url + "/api/v1/docs")
        walker.page.evaluate(FEWER)
        walker.look("the API's own page")
    for path in ("/nothing", "/receipts/" + "0" * 52, "/embed/nobody?url=https://x.example/"):
        walker.page.goto(lively.url + path)
        walker.look(path)
    walker.found_nothing()
