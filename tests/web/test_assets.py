"""Our scripts and styles: small, ours alone, and cached as long as they are the same."""

import re
from graphlib import CycleError
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from commentsvc.service.words import languages
from commentsvc.web.assets import assets, bare, made
from tests.web.conftest import Reader
from tests.web.sizes import SCRIPTS, table, weights

STATIC = Path(__file__).parents[2] / "commentsvc/web/static"


@pytest.mark.parametrize("language", languages())
def test_what_a_reader_loads_is_within_its_budget(alice: Reader, language: str) -> None:
    page = alice.opens(lang=language).data
    print(table(page))
    assert [one for one in weights(page) if one.sent > one.most] == []


def test_the_budget_counts_every_file_that_the_page_pulls(alice: Reader) -> None:
    page = alice.opens().text
    pulled = set(re.findall(r'(?:href|src)="/static/(\w+)\.[0-9a-f]{12}\.js"', page))
    assert pulled == {name.removesuffix(".js") for name in SCRIPTS}


def test_a_script_is_served_without_its_comments_and_is_the_same_script() -> None:
    source = b"""// @ts-check
/** @param {string} one */
const a = /** @type {HTMLElement} */ (b); // stays
  /* gone
     as well */
const c = "/* stays */ // stays";
  const d = [
    /** @type {string} */ (a)];
"""
    served = b"""const a = (b); // stays
const c = "/* stays */ // stays";
  const d = [
    (a)];
"""
    assert bare("x.js", source) == served
    assert bare("x.svg", source) == source


@pytest.mark.parametrize("name", ["embed.js", "count.js", "embed.css"])
def test_stable_addresses_are_asked_for_again_by_etag(web: FlaskClient, name: str) -> None:
    answer = web.get(f"/{name}")
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=600" in answer.headers["Cache-Control"]
    assert web.get(f"/{name}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_everything_a_page_pulls_is_ours_and_never_changes(alice: Reader) -> None:
    page = alice.opens().text
    pulled = re.findall(r'<(?:link rel="stylesheet" href|script type="module" src)="([^"]+)"', page)
    assert len(pulled) == 3
    for address in pulled:
        answer = alice.web.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_script_names_what_it_imports_by_content_hash() -> None:
    files = {
        "page.js": b'// import "./no.js"; is no statement\nimport { one } from "./one.js";\nimport "./two.js";\n',
        "one.js": b'/** @type {import("./page.js").Page} */\nimport {\n  b,\n} from "./two.js";\nexport { b };\n',
        "two.js": b"export const b = 1;\nexport const c = 2;\n",
    }
    served = made(files)
    one, two = (served[name].digest for name in ("one.js", "two.js"))
    assert f'from "./one.{one}.js";\nimport "./two.{two}.js";'.encode() in served["page.js"].content
    assert f'}} from "./two.{two}.js";'.encode() in served["one.js"].content
    assert b'"./no.js"' in served["page.js"].content
    assert b'import("./page.js")' in served["one.js"].content
    assert served["page.js"].needs == ("one.js", "two.js")


def test_a_change_of_a_script_changes_the_address_of_all_that_import_it() -> None:
    files = {"a.js": b'import "./b.js";\n', "b.js": b'export * from "./c.js";\n', "c.js": b"1;\n", "d.js": b"2;\n"}
    before, after = made(files), made(files | {"c.js": b"3;\n"})
    assert {name for name in files if before[name].digest != after[name].digest} == {"a.js", "b.js", "c.js"}


def test_scripts_that_import_each_other_are_refused() -> None:
    with pytest.raises(CycleError):
        made({"a.js": b'import "./b.js";\n', "b.js": b'import "./a.js";\n'})


@pytest.mark.parametrize("address", ["/static/embed.js", "/static/embed.0000.js", "/static/..%2fapp.py", "/static/x"])
def test_no_other_file_is_served(web: FlaskClient, address: str) -> None:
    assert web.get(address).status_code == 404


@pytest.mark.parametrize("name", sorted(name for name in assets() if name.endswith(".js")))
def test_no_script_of_the_readers_builds_html_from_text(name: str) -> None:
    text = (STATIC / name).read_text()
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval("):
        assert sink not in text.replace("No innerHTML", ""), name


def test_the_stylesheet_knows_no_left_and_right_and_no_other_host() -> None:
    text = (STATIC / "embed.css").read_text()
    assert not re.search(r"(margin|padding|border)-(left|right)|text-align:\s*(left|right)|url\(|@import", text)


def test_the_stylesheet_leaves_the_page_around_a_fragment_alone() -> None:
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "embed.css").read_text(), flags=re.DOTALL)
    selectors = [
        one.strip()
        for rule in re.findall(r"([^{}]+)\{", text)
        for one in re.split(r",(?![^(]*\))", rule)
        if one.strip()
    ]
    assert [one for one in selectors if "comments" not in one and not one.startswith("@")] == []
