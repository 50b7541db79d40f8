"""What may be sent as a form, how much of it, and from where."""

import html
import re
from typing import Any

import pytest
import redis

from commentsvc.web.bodies import DRAIN_MAX, HARD_MAX
from tests.web.conftest import TYPED, Reader, dump, hidden, shows


def kept(page: str) -> list[str]:
    """The texts that a page shows to be copied, in their order."""
    return [html.unescape(text) for text in re.findall(r"<textarea[^>]* readonly>\n(.*?)</textarea>", page, re.DOTALL)]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", ["name", "email", "text"])
def test_a_field_sent_twice_is_said_so_and_both_are_shown(alice: Reader, client: redis.Redis, name: str) -> None:
    before = dump(client)
    form: dict[str, Any] = {**alice.form(**TYPED), name: ["the first <b>", "the second <i>"]}
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "more than once" in answer.text
    assert kept(answer.text) == ["the first <b>", "the second <i>"]
    assert dump(client) == before


def test_a_form_that_is_only_wrong_has_no_second_copy_of_its_words(alice: Reader) -> None:
    assert kept(alice.send(alice.form(**TYPED, code="")).text) == []


def test_more_than_the_limit_is_refused_with_the_text(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    form = alice.form(text="long " * 20_000 + "end")
    answer = alice.send(form)
    assert answer.status_code == 413
    assert "long end</textarea>" in answer.text
    assert hidden(answer.text, "challenge") == form["challenge"]
    assert dump(client) == before


def test_the_beginning_of_ten_megabytes_is_shown_and_the_end_is_said_to_be_missing(
    alice: Reader, client: redis.Redis
) -> None:
    before = dump(client)
    answer = alice.send(alice.form(**TYPED | {"text": "the beginning " + "x" * 10_000_000}))
    assert answer.status_code == 413
    assert "Please shorten it" in answer.text
    assert "the end is missing" in answer.text
    assert "Nothing you typed is lost" not in answer.text
    text, name, email = kept(answer.text)
    assert text.startswith("the beginning xxx")
    assert (name, email) == (TYPED["name"], TYPED["email"])
    assert len(answer.data) < HARD_MAX + 5_000
    assert dump(client) == before


@pytest.mark.parametrize("missing", range(8))
def test_a_cut_never_leaves_half_a_character(alice: Reader, missing: int) -> None:
    escaped = b"%F0%9F%98%80"
    body = b"text=".ljust(HARD_MAX - len(escaped) * 4 + missing, b"x") + escaped * 10
    (text,) = kept(alice.web.post("/embed/daily", data=body, content_type=FORM).text)
    assert re.fullmatch("x+\U0001f600+", text)


def test_a_chunked_body_that_never_ends_is_read_to_a_bound(alice: Reader) -> None:
    endless = Endless(b"text=words+")
    answer = alice.web.post(
        "/embed/daily",
        content_type=FORM,
        environ_overrides={"wsgi.input": endless, "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert kept(answer.text)[0].startswith("words words words")
    assert endless.given < HARD_MAX + DRAIN_MAX + 1_000_000


class Endless:
    """A body that goes on for ever."""

    def __init__(self, start: bytes) -> None:
        self.given = 0
        self._start = start
        self._more = b"words+"

    def read(self, size: int) -> bytes:
        """Exactly that many bytes more."""
        start = self._start if self.given == 0 else b""
        self.given += size
        return (start + self._more * (size // len(self._more) + 1))[:size]


def test_the_first_of_too_many_fields_are_shown(alice: Reader) -> None:
    body = b"text=kept+words&name=%ff&" + b"&".join(b"f%d=v%d" % (n, n) for n in range(200))
    answer = alice.web.post("/embed/daily", data=body, content_type=FORM)
    assert answer.status_code == 400
    assert kept(answer.text) == ["kept words", "\ufffd", *(f"v{n}" for n in range(98))]
    assert "the end is missing" in answer.text


def part(name: str, value: str, more: str = "") -> bytes:
    """One part of a multipart body."""
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'.encode()


WORDS = part("name", "Zoë <b>") + part("text", "two\r\nlines") + part("file", "binary", '; filename="x"')
MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (WORDS + b"--b--\r\n", MULTIPART, ["two\r\nlines", "Zoë <b>"]),
        (WORDS + part("email", "cut off")[:-4], MULTIPART, ["two\r\nlines", "Zoë <b>", "cut o"]),
        (WORDS + b"--b\r\nno disposition\r\n\r\nx\r\n", MULTIPART, ["two\r\nlines", "Zoë <b>"]),
        (WORDS + b"--b\r\n\xff: \xff\r\n\r\nx\r\n", MULTIPART, ["two\r\nlines", "Zoë <b>"]),
        (b"".join(part("text", str(n)) for n in range(200)), MULTIPART, [str(n) for n in range(100)]),
        (WORDS, "multipart/form-data", []),
        ("Plain <b> wörds\r\nin two lines".encode(), "text/plain", ["Plain <b> wörds\r\nin two lines"]),
        (b"name=Al&text=no+type", "", ["no type", "Al"]),
    ],
)
def test_words_sent_in_another_shape_are_refused_and_shown(
    alice: Reader, client: redis.Redis, body: bytes, content_type: str, shown: list[str]
) -> None:
    before = dump(client)
    answer = alice.web.post("/embed/daily", data=body, content_type=content_type)
    assert answer.status_code == 415
    assert ("the end is missing" in answer.text) == (len(shown) == 100)
    assert [text.replace("\r\n", "\n") for text in kept(answer.text)] == [text.replace("\r\n", "\n") for text in shown]
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
