"""The recipes of docs/recipes do what they say: their snippets, taken out of the pages, in a browser or in nginx."""

import getpass
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.browser.conftest import Live
from tests.browser.test_reader_frame import Put, inside

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"
TITLE = 'The night tram & "more"'


def snippets(recipe: str, language: str) -> list[str]:
    """The code blocks of a recipe in a language."""
    text = (RECIPES / f"{recipe}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def at_home(snippet: str, live: Live) -> str:
    """The snippet with our service and the publisher of these tests in the place of its examples."""
    quoted = snippet.replace(quote("https://daily.example", safe=""), quote(live.publisher, safe=""))
    return quoted.replace("https://comments.example", live.url).replace("https://daily.example", live.publisher)


def template(recipe: str, language: str, values: dict[str, str], live: Live) -> str:
    """The first snippet as its template language would fill it in; every expression must be known here."""
    filled = snippets(recipe, language)[0]
    for expression, value in values.items():
        assert expression in filled, expression
        filled = filled.replace(expression, value)
    assert not re.search(r"\{\{|\{%|<\?php", filled), filled
    return at_home(filled, live)


def works(page: Page, put: Put, live: Live, html: str) -> None:
    """The comments are under the article, and the frame is as high as they are."""
    live.published("A word.")
    page.goto(put(f"<!doctype html><html lang=en><meta charset=utf-8><title>Article</title>{html}"))
    expect(inside(page).locator(".comments-text")).to_have_text("A word.")
    expect(page.locator("iframe")).not_to_have_css("height", "600px")
    expect(inside(page).locator("html")).to_have_attribute("lang", "en")


def test_plain_html(live: Live, article_page: Put, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    (policy,) = snippets("plain-html", "http")
    frame, count = snippets("plain-html", "html")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy.partition(": ")[2].strip()}">'
    works(page, article_page, live, at_home(f"{meta}{count}{frame}", live))
    expect(page.locator("[data-comment-count]")).to_have_text("1")
    assert complaints == []


def test_hugo(live: Live, article_page: Put, page: Page) -> None:
    values = {
        "{{ .Permalink | urlquery }}": quote(live.article, safe=""),
        "{{ .Title | urlquery }}": quote(TITLE, safe=""),
        "{{ .Language.Lang }}": "en",
    }
    works(page, article_page, live, template("hugo", "html", values, live))
    assert 'partial "comments.html"' in snippets("hugo", "html")[1]


def test_wordpress(live: Live, article_page: Put, page: Page) -> None:
    values = {
        "<?php if ( post_password_required() || ! comments_open() ) { return; } ?>": "",
        "<?php echo rawurlencode( get_permalink() ); ?>": quote(live.article, safe=""),
        "<?php echo rawurlencode( get_the_title() ); ?>": quote(TITLE, safe=""),
        "<?php echo esc_attr( substr( get_locale(), 0, 2 ) ); ?>": "en",
    }
    works(page, article_page, live, template("wordpress", "php", values, live))


def test_ghost(live: Live, article_page: Put, page: Page) -> None:
    values = {
        '{{url absolute="true"}}': live.article + "/",
        "{{encode title}}": quote(TITLE, safe=""),
        "{{@site.locale}}": "en",
    }
    works(page, article_page, live, template("ghost", "handlebars", values, live))


def test_django(live: Live, article_page: Put, page: Page) -> None:
    values = {
        '{{ request.build_absolute_uri|urlencode:"" }}': quote(live.article, safe=""),
        '{{ article.title|urlencode:"" }}': quote(TITLE, safe=""),
        '{{ LANGUAGE_CODE|default:"en" }}': "en",
    }
    works(page, article_page, live, template("django", "django", values, live))


def test_react(live: Live, article_page: Put, page: Page) -> None:
    (script,) = snippets("react", "html")
    component = at_home(snippets("react", "jsx")[0], live)
    address = re.search(r'const address = "([^"]+)" \+ new URLSearchParams\(\{ url, title, lang \}\);', component)
    frame = re.search(r"<iframe (.*) />", component)
    assert address is not None
    assert frame is not None
    src = address[1] + urlencode({"url": live.article, "title": TITLE, "lang": "en"})
    attributes = frame[1].replace("key={address} ", "").replace("{address}", f'"{escape(src)}"')
    assert "{" not in attributes
    works(page, article_page, live, f"<iframe {attributes}></iframe>{at_home(script, live)}")


@contextmanager
def nginx(directory: Path, server: str) -> Iterator[None]:
    """nginx with this `server` block, until the block ends."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("there is no nginx on PATH (Debian: apt install nginx-light)")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)
    conf = directory / "nginx.conf"
    main = f"user {getpass.getuser()}; pid {directory}/pid; daemon off; error_log stderr; events {{}}"
    conf.write_text(f"{main}\nhttp {{ access_log off; {paths}\n{server}\n}}")
    process = subprocess.Popen([found, "-p", str(directory), "-c", str(conf)], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_server_side_includes_with_nginx(live: Live, page: Page, tmp_path: Path) -> None:
    live.published("A word for search engines.")
    port = int(live.publisher.rpartition(":")[2])
    (server,) = snippets("ssi-nginx", "nginx")
    (article,) = snippets("ssi-nginx", "html")
    root = tmp_path / "www"
    (root / "news").mkdir(parents=True)
    html = f"<!doctype html><html lang=en><meta charset=utf-8><title>Article</title>{at_home(article, live)}"
    (root / "news" / "42.html").write_text(html, encoding="utf-8")
    for wanted, mine in {
        "listen 80;": f"listen 127.0.0.1:{port}; default_type text/html;",
        "/var/www/daily": str(root),
        "http://127.0.0.1:8000/": live.url + "/",
    }.items():
        assert wanted in server
        server = server.replace(wanted, mine)
    with nginx(tmp_path, server):
        servers.wait_until(lambda: not servers._is_free(port), what="nginx")
        page.goto(live.publisher + "/news/42.html")
        expect(page.locator(".comments-text")).to_have_text("A word for search engines.")
        expect(page.locator("#comments-form form")).to_be_visible()
        assert '"@type":"Comment"' in page.content()
        assert page.goto(f"{live.publisher}/comments/embed/daily/list").status == 404  # type: ignore[union-attr]


def test_every_recipe_is_tested_and_listed() -> None:
    names = {path.stem for path in RECIPES.glob("*.md")} - {"README"}
    listed = set(re.findall(r"\]\(([a-z-]+)\.md\)", (RECIPES / "README.md").read_text(encoding="utf-8")))
    tested = {"plain-html", "hugo", "wordpress", "ghost", "django", "react", "ssi-nginx"}
    assert names == listed == tested
