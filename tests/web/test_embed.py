"""The page in the frame: complete without a script, closed to everybody but the site's own pages."""

import re

import pytest
from flask.testing import FlaskClient

from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service import Service
from tests.web.conftest import MO, Reader, hidden, waiting


def test_the_page_has_everything_a_reader_needs(alice: Reader) -> None:
    page = alice.opens(title="News").text
    assert "<h1" in page
    assert "Comments (0)" in page
    assert "Please fill all fields below." in page
    ticket = hidden(page, "challenge")
    assert f'src="/challenges/{ticket}.webp"' in page
    assert f'src="/challenges/{ticket}.wav"' in page
    assert hidden(page, "title") == "News"
    for name in ("name", "email", "text", "code"):
        assert f'<label for="comments-{name}"' in page
        assert re.search(rf'<(input|textarea)[^>]* id="comments-{name}"[^>]* required', page)


def test_the_page_may_be_framed_by_the_sites_origins_only_and_is_never_stored(alice: Reader) -> None:
    answer = alice.opens()
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors https://daily.example")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_the_form_can_be_sent_from_its_page(alice: Reader) -> None:
    # With `no-referrer` browsers send `Origin: null`, and we refuse that.
    assert alice.opens().headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_every_form_has_its_own_ticket_and_submission(alice: Reader) -> None:
    first, second = alice.opens().text, alice.opens().text
    assert hidden(first, "challenge") != hidden(second, "challenge")
    assert hidden(first, "submission") != hidden(second, "submission")


def test_no_field_cuts_off_what_is_typed(alice: Reader) -> None:
    page = alice.opens().text
    assert "maxlength" not in page
    assert "At most 5,000 characters." in page


def test_enter_in_a_field_sends_and_does_not_ask_for_a_new_code(alice: Reader) -> None:
    buttons = re.findall(r"<button[^>]*>", alice.opens().text)
    assert 'name="again"' not in buttons[0]
    assert any('name="again"' in button and "formnovalidate" in button for button in buttons)


def test_ids_are_never_repeated(alice: Reader) -> None:
    first = alice.published()
    alice.published(parent=first)
    ids = re.findall(r'\sid="([^"]+)"', alice.opens().text)
    assert len(ids) == len(set(ids))


def test_everything_described_is_there(alice: Reader) -> None:
    page = alice.send(alice.form(name="", code="")).text
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        for value in re.findall(rf'\s{attribute}="([^"]+)"', page):
            assert set(value.split()) <= ids, value


def test_a_reply_names_whom_it_answers_and_can_be_cancelled(alice: Reader) -> None:
    parent = alice.published(name="Bob")
    page = alice.opens().text
    assert f"reply_to={parent}#comments-form" in page
    form = alice.opens(reply_to=parent).text
    assert hidden(form, "parent") == parent
    assert "In reply to \u2068Bob\u2069" in form
    assert "Do not reply, write a new comment" in form


@pytest.mark.parametrize("parent", ["", "cmt_nonsense", "cmt_00000000000000000000000000", "<script>", "\0"])
def test_a_reply_to_nothing_is_a_new_comment(alice: Reader, parent: str) -> None:
    page = alice.opens(reply_to=parent)
    assert page.status_code == 200
    assert hidden(page.text, "parent") == ""


def test_a_reply_to_a_waiting_comment_tells_nothing_about_it(alice: Reader, service: Service) -> None:
    opened = service.receipts.open(alice.sent(name="Secret Bob"))
    assert not isinstance(opened, Refused)
    assert "Secret Bob" not in alice.opens(reply_to=opened.comment.id).text


def test_a_closed_thread_has_words_and_no_form(alice: Reader, service: Service, daily: Site) -> None:
    alice.published()
    service.sites.change("daily", {"open": False})
    page = alice.opens().text
    assert "Comments are closed" in page
    assert "<form" not in page
    assert "comments-reply" not in page
    assert "A calm remark." in page


def test_a_thread_closed_by_a_moderator_keeps_what_was_typed(alice: Reader, service: Service) -> None:
    form = alice.form(text="Words for a closed door.")
    found = service.sites.article("daily", alice.url)
    assert isinstance(found, tuple)
    service.moderation.open_thread(MO, *found, open=False)
    assert "Comments are closed" in alice.opens().text
    answer = alice.send(form)
    assert answer.status_code == 409
    assert "Words for a closed door.</textarea>" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/embed/nowhere?url=https://daily.example/", 404, "commentsvc site add"),
        ("/embed/daily?url=https://evil.example/", 403, "commentsvc site set KEY --add-origin URL"),
        ("/embed/daily?url=javascript:alert(1)", 422, "not a usable http or https URL"),
        ("/embed/daily", 422, "not a usable http or https URL"),
        ("/embed/daily/list?url=https://evil.example/", 403, "--add-origin"),
        ("/embed/daily/form?url=https://evil.example/", 403, "--add-origin"),
        ("/embed/daily?url=https://daily.example/&cursor=nonsense", 422, "cursor"),
    ],
)
def test_a_wrong_embed_says_in_the_frame_what_to_change(
    web: FlaskClient, daily: Site, path: str, status: int, words: str
) -> None:
    answer = web.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "<form" not in answer.text


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_the_theme_is_the_one_asked_for_and_stays(alice: Reader, theme: str) -> None:
    page = alice.opens(theme=theme).text
    assert f'data-theme="{theme}"' in page
    assert (f"theme={theme}" in page) == (theme != "auto")


@pytest.mark.parametrize(
    "title", ['"><script>alert(1)</script>', "x" * 5000, "one\r\nSet-Cookie: a=b", "\0\u202e", "{{ 7 * 7 }}"]
)
def test_no_title_breaks_the_page_or_stops_its_readers(alice: Reader, title: str) -> None:
    answer = alice.opens(title=title)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "49" not in hidden(answer.text, "title")
    assert alice.send(alice.form(title=hidden(answer.text, "title").replace("&#34;", '"'))).status_code == 303


@pytest.mark.parametrize("name", ["lang", "theme", "sort", "cursor", "reply_to", "thread", "title"])
def test_no_word_of_the_address_gets_into_the_page_unescaped(alice: Reader, name: str) -> None:
    answer = alice.opens(**{name: "'\"><img src=x onerror=alert(1)>"})
    assert answer.status_code in (200, 422)
    assert "<img src=x" not in answer.text


def test_what_a_reader_wrote_is_text_everywhere(alice: Reader, service: Service) -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))'
    alice.published(name='<b onclick="x">Bob</b>', text=attack)
    page = alice.opens().text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b onclick" not in page
    assert 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert waiting(service, alice.site) == ()


def test_a_thread_may_have_a_key_of_its_own(alice: Reader, service: Service) -> None:
    page = alice.opens(thread="story-7").text
    ticket = hidden(page, "challenge")
    form = alice.form(challenge=ticket) | {"thread": "story-7"}
    assert alice.send(form).status_code == 303
    found = service.sites.article("daily", "https://daily.example/moved", "story-7")
    assert isinstance(found, tuple)
    assert found[1].id in {item.comment.thread for item in waiting(service, alice.site)}
