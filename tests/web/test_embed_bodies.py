"""What may be sent as a form, how much of it, and from where."""

from typing import Any

import pytest
import redis

from tests.web.conftest import TYPED, Reader, dump, hidden, shows


def test_a_field_sent_twice_is_said_so(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    form: dict[str, Any] = {**alice.form(), "name": ["Alice", "Mallory"]}
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "more than once" in answer.text
    assert dump(client) == before


def test_more_than_the_limit_is_refused_with_the_text(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    form = alice.form(text="long " * 20_000 + "end")
    answer = alice.send(form)
    assert answer.status_code == 413
    assert "long end</textarea>" in answer.text
    assert hidden(answer.text, "challenge") == form["challenge"]
    assert dump(client) == before


def test_ten_megabytes_are_refused_in_words_without_being_read(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    answer = alice.send(alice.form(text="x" * 10_000_000))
    assert answer.status_code == 413
    assert "Please shorten it" in answer.text
    assert len(answer.data) < 5_000
    assert dump(client) == before


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"text=kept+words&name=%ff%fe&url=x", "application/x-www-form-urlencoded", 400),
        (b"text=kept+words&" + b"a=1&" * 200, "application/x-www-form-urlencoded", 400),
        (b'{"text": "x"}', "application/json", 415),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b", 415),
        (b"", "", 415),
    ],
)
def test_other_bodies_are_refused_in_words(
    alice: Reader, client: redis.Redis, body: bytes, content_type: str, status: int
) -> None:
    before = dump(client)
    answer = alice.web.post("/embed/daily", data=body, content_type=content_type)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert dump(client) == before


def test_broken_utf8_keeps_what_can_be_read(alice: Reader) -> None:
    answer = alice.web.post(
        "/embed/daily", data=b"text=kept+words&name=%ff", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400
    assert "kept words</textarea>" in answer.text


def test_a_nul_is_refused_and_never_sent_back(alice: Reader) -> None:
    answer = alice.send(alice.form(text="before\0after"))
    assert answer.status_code == 422
    assert "\0" not in answer.text
    assert "before\ufffdafter" in answer.text


@pytest.mark.parametrize("origin", ["http://localhost", "https://daily.example", "http://127.0.0.1:8000"])
def test_our_own_pages_and_the_site_may_send(alice: Reader, origin: str) -> None:
    assert alice.send(Origin=origin, Sec_Fetch_Site="cross-site").status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_website_may_not_send(alice: Reader, client: redis.Redis, headers: dict[str, str]) -> None:
    before = dump(client)
    answer = alice.send(alice.form(**TYPED), **headers)
    assert answer.status_code == 403
    assert "another website" in answer.text
    assert shows(answer.text, TYPED)
    assert dump(client) == before


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://evil.example/",
        "//daily.example/",
        "https://daily.example\r\nX: y",
        "",
        "x" * 9000,
    ],
)
def test_an_address_that_is_none_of_the_sites_is_refused_with_the_text(
    alice: Reader, client: redis.Redis, url: str
) -> None:
    before = dump(client)
    answer = alice.send(alice.form(**TYPED) | {"url": url})
    assert answer.status_code in (403, 422)
    assert shows(answer.text, TYPED)
    assert "X" not in answer.headers
    assert dump(client) == before


def test_a_site_nobody_knows_keeps_the_text(alice: Reader) -> None:
    answer = alice.web.post("/embed/nowhere", data=alice.form(**TYPED))
    assert answer.status_code == 404
    assert shows(answer.text, TYPED)
