"""A site's look in a real browser: made in the console, worn by the frame, readable in every light and on paper."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.domain.look import EXAMPLES
from commentsvc.domain.moderator import Role
from tests.browser import console
from tests.browser.axe import faults, faults_in_both_lights
from tests.browser.conftest import Live

RED, RED_AS_SEEN = "#8a2b16", "rgb(138, 43, 22)"


def test_an_admin_makes_a_look_and_readers_see_it(
    live: Live, new_context: Callable[..., BrowserContext], article_page: Callable[[str], str]
) -> None:
    live.service.moderators.add(id="ada", name="Ada", password=console.PASSWORD, role=Role.ADMIN, sites=["daily"])
    live.published("A remark with a link to https://papers.example/a.")
    ada = new_context(reduced_motion="reduce").new_page()
    errors: list[str] = []
    ada.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    console.sign_in(ada, live, "ada")
    ada.goto(f"{live.url}/moderation/daily/look")
    ada.get_by_label("Links, main button, Light").last.fill(RED)
    main = ada.locator(".sample-light .comments-main")
    expect(main).to_have_css("background-color", RED_AS_SEEN)
    expect(ada.locator(".sample-dark .comments-main")).not_to_have_css("background-color", RED_AS_SEEN)
    ada.get_by_label("Ground, Light", exact=True).last.fill("#8a3020")
    ada.get_by_role("button", name="Save").click()
    expect(ada.get_by_role("alert")).to_be_visible()
    assert faults(ada) == []
    ada.get_by_label("Ground, Light", exact=True).last.fill("")
    ada.get_by_role("button", name="Save").click()
    expect(ada.get_by_role("status")).to_contain_text("Saved")

    reader = new_context(color_scheme="dark", reduced_motion="reduce").new_page()
    src = live.frame().replace("&", "&amp;")
    host = (
        f'<!doctype html><html lang="en"><title>A</title><iframe data-comments src="{src}" title="Comments"></iframe>'
    )
    reader.goto(article_page(host + f'<script type="module" src="{live.url}/embed.js"></script></html>'))
    send = reader.frame_locator("iframe").locator("#comments-send")
    expect(send).to_have_css("background-color", RED_AS_SEEN)  # the page around is light, whatever the system is
    assert errors == []


def test_every_example_can_be_read_in_both_lights_in_forced_colours_and_on_paper(live: Live, page: Page) -> None:
    id = live.published("A remark with a link to https://papers.example/a.")
    live.published("A reply.", parent=id)
    for name, example in EXAMPLES.items():
        live.service.sites.change("daily", {"look": example})
        page.goto(live.frame(look=name) + f"#{id}")
        expect(page.locator(".comments").first).to_have_css("max-width", example.get("width", "680") + "px")
        assert faults_in_both_lights(page) == [], name
    here = page.locator(f"#{id}.comments-here")
    here.evaluate("comment => comment.blur()")
    expect(here).to_have_css("outline-style", "none")
    page.emulate_media(forced_colors="active")
    expect(here).to_have_css("outline-style", "solid")
    page.emulate_media(media="print", color_scheme="dark", forced_colors="none")
    expect(page.locator(".comments-text").first).to_be_visible()
    for gone in (".comments-write", ".comments-reply", ".comments-sort"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".comments").first).to_have_css("color", "rgb(43, 36, 23)")
