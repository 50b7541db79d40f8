"""What every answer to a reader carries, errors included."""

import pytest

from tests.web.conftest import Reader

PATHS = [
    "/embed/daily?url=https://daily.example/",
    "/embed/daily/list?url=https://daily.example/",
    "/embed/daily/form?url=https://daily.example/",
    "/embed/nowhere",
    "/receipts/nonsense",
    "/mail/nonsense",
    "/report?comment=nonsense",
    "/reports/nonsense",
    "/challenges/nonsense.png",
    "/embed.js",
    "/looks/daily.css",
    "/nothing/here",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_closed_to_what_it_does_not_need(alice: Reader, path: str) -> None:
    headers = alice.web.get(path).headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"]
    assert "Set-Cookie" not in headers


def test_pages_run_no_script_but_our_files_and_make_no_html_from_text(alice: Reader) -> None:
    policy = alice.opens().headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy
    assert "form-action 'self'" in policy


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_words(alice: Reader, method: str) -> None:
    answer = alice.web.open("/embed/daily", method=method)
    assert answer.status_code == 405
    assert "does not take that method" in answer.text
    assert "GET" in answer.headers["Allow"]


def test_a_cookie_that_somebody_sends_changes_nothing(alice: Reader) -> None:
    answer = alice.web.get("/embed/daily", query_string={"url": alice.url}, headers={"Cookie": "console=forged; a=b"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
