"""A site's stylesheet: one file for all its readers' pages, kept for good, new with every change."""

import hashlib
import re

from commentsvc.bootstrap import Parts
from commentsvc.service import Service
from commentsvc.service.sites import Sites
from commentsvc.store.sites import SiteRegistry
from commentsvc.web.assets import assets
from commentsvc.web.looks import css
from tests.web.conftest import Reader

RED = {"light.accent": "#8a2b16"}


def pulled(page: str) -> str:
    """The page's stylesheet; some have a small one of their own behind it."""
    address, *_ = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    return str(address)


def test_a_site_without_a_look_has_everybodys_stylesheet(alice: Reader) -> None:
    assert pulled(alice.opens().text).startswith("/static/embed.")
    assert alice.web.get("/looks/daily.css").data == assets()["embed.css"].content


def test_every_page_of_a_sites_readers_has_its_look(alice: Reader, service: Service) -> None:
    service.sites.change("daily", {"look": RED})
    address = pulled(alice.opens().text)
    assert re.fullmatch(r"/looks/daily\.[0-9a-f]{12}\.css", address)
    report = f"/report?comment={alice.published()}"
    for path in (f"/receipts/{alice.sent()}", "/rules/daily", "/embed/daily?url=https://elsewhere.example/", report):
        assert pulled(alice.web.get(path).text) == address, path
    answer = alice.web.get(address)
    assert answer.data.startswith(assets()["embed.css"].content)
    assert answer.data.endswith(b"{--comments-accent: light-dark(#8a2b16, #8cc8d2)}\n")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert alice.web.get("/looks/daily.css").data == answer.data
    assert "immutable" not in alice.web.get("/looks/daily.css").headers["Cache-Control"]


def test_an_address_from_before_a_change_shows_the_present_look_and_is_not_kept(
    alice: Reader, service: Service
) -> None:
    service.sites.change("daily", {"look": RED})
    before = pulled(alice.opens().text)
    service.sites.change("daily", {"look": {"light.accent": "#0a58a6"}})
    answer = alice.web.get(before)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"#0a58a6" in answer.data
    assert pulled(alice.opens().text) != before


def test_a_process_that_has_not_heard_of_a_look_serves_it_all_the_same(alice: Reader, parts: Parts) -> None:
    alice.opens()
    Sites(SiteRegistry(parts.client), lambda: 0).change("daily", {"look": RED})
    assert pulled(alice.opens().text).startswith("/static/")
    digest = hashlib.sha256(css(RED)).hexdigest()[:12]
    answer = alice.web.get(f"/looks/daily.{digest}.css")
    assert b"#8a2b16" in answer.data
    assert "immutable" in answer.headers["Cache-Control"]


def test_there_is_no_look_of_no_site(alice: Reader) -> None:
    for path in ("/looks/nobody.css", "/looks/nobody.000000000000.css", "/looks/..%2fdaily.css"):
        assert alice.web.get(path).status_code == 404
