"""A reader's form on its way: to a receipt, or back with every typed word."""

import re
from typing import Any

import pytest
import redis
from flask import Flask

from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.service import Service
from commentsvc.web import create_app
from tests import servers
from tests.web.conftest import TYPED, Reader, dump, hidden, parts_on, shows, waiting


def test_a_complete_form_gets_a_receipt(alice: Reader, service: Service, daily: Site) -> None:
    answer = alice.send()
    assert answer.status_code == 303
    assert re.fullmatch(r"/receipts/[0-9A-Z]{52}", answer.location)
    assert len(waiting(service, daily)) == 1
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["name", "email", "text", "code"])
def test_every_field_is_required_and_the_others_are_kept(
    alice: Reader, service: Service, daily: Site, name: str
) -> None:
    form = alice.form(**TYPED) | {name: "  "}
    answer = alice.send(form)
    assert answer.status_code == 422
    assert f'href="#comments-{name}"' in answer.text
    assert f'id="comments-{name}-problem"' in answer.text
    assert shows(answer.text, {key: value for key, value in TYPED.items() if key != name})
    assert len(waiting(service, daily)) == 0


@pytest.mark.parametrize("name", ["name", "email", "text", "code"])
def test_a_field_that_is_not_there_at_all_is_a_missing_field(alice: Reader, name: str) -> None:
    form = alice.form()
    del form[name]
    answer = alice.send(form)
    assert answer.status_code == 422
    assert f'href="#comments-{name}"' in answer.text


def test_the_first_wrong_field_has_the_focus(alice: Reader) -> None:
    page = alice.send(alice.form(email="x", text="")).text
    focused = re.findall(r"<(?:input|textarea|select)[^>]* autofocus[^>]*>", page)
    assert len(focused) == 1
    assert 'name="email"' in focused[0]
    assert 'aria-invalid="true"' in focused[0]


def test_a_restricted_author_is_told_until_when_and_gets_a_new_code(
    alice: Reader, service: Service, daily: Site
) -> None:
    alice.send()
    (item,) = waiting(service, daily)
    assert item.comment.body is not None
    until_ms = item.comment.body.created_ms + 3_600_000
    boss = Actor(id="priya", sites=None, rights=frozenset(Right))
    service.authors.restrict(boss, daily, item.comment.body.author_key, until_ms=until_ms)
    form = alice.form()
    answer = alice.send(form)
    assert answer.status_code == 403
    assert "You can write here again from " in answer.text
    assert " UTC." in answer.text
    assert shows(answer.text, {"text": form["text"]})
    assert hidden(answer.text, "challenge") != form["challenge"]


def test_a_closed_site_shows_the_words_to_be_copied(alice: Reader, service: Service) -> None:
    form = alice.form(**TYPED)
    service.sites.change("daily", {"open": False})
    answer = alice.send(form)
    assert answer.status_code == 409
    assert shows(answer.text, TYPED)
    assert "<form" not in answer.text


def test_too_many_in_a_short_time_keep_ticket_and_words(client: redis.Redis, clock: servers.FakeClock) -> None:
    parts = parts_on(client, clock, submissions_per_minute=1)
    site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    app = create_app(parts)
    alice = Reader(web=app.test_client(use_cookies=False), service=parts.service, site=site)
    alice.sent()
    form = alice.form(**TYPED)
    answer = alice.send(form)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert hidden(answer.text, "challenge") == form["challenge"]
    assert shows(answer.text, TYPED)
    clock.advance(ms=61_000)
    client.delete(*client.scan_iter("*rate*"))  # the server's own clock does not move with the test's
    assert alice.send(form).status_code == 303


def test_a_parent_that_is_gone_is_said_and_the_next_try_is_a_comment(alice: Reader, service: Service) -> None:
    token = alice.sent()
    pending = service.receipts.open(token)
    assert not isinstance(pending, Refused)
    form = alice.form(parent=pending.comment.id, **TYPED)
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "no longer there" in answer.text
    assert hidden(answer.text, "parent") == ""
    assert hidden(answer.text, "challenge") == form["challenge"]
    assert alice.send(form | {"parent": ""}).status_code == 303


def test_a_parent_of_another_site_is_no_parent(alice: Reader, service: Service, client: redis.Redis) -> None:
    other = service.sites.add(key="other", name="Other", origins=["https://other.example"])
    foreign = Reader(web=alice.web, service=service, site=other, url="https://other.example/").published()
    before = dump(client)
    answer = alice.send(alice.form(parent=foreign))
    assert answer.status_code == 422
    assert dump(client).keys() == before.keys()


FIELDS = (
    Field(
        key="country",
        kind=FieldKind.CHOICE,
        labels={"en": "Country"},
        choices=(Choice(value="jo", labels={"en": "Jordan"}),),
    ),
    Field(key="rules", kind=FieldKind.CHECKBOX, labels={"en": "I know the rules"}),
    Field(key="town", kind=FieldKind.TEXT, labels={"en": "Town"}, required=False),
)


def test_fields_of_the_site_are_part_of_the_form(alice: Reader, service: Service) -> None:
    service.sites.change("daily", {"fields": FIELDS})
    page = alice.opens().text
    assert "(optional)" in page
    own = {"country": "jo", "rules": "yes", "town": "Amman <i>"}
    refused = alice.send(alice.form(text="") | own)
    assert refused.status_code == 422
    assert '<option selected value="jo">' in refused.text
    assert re.search(r'<input[^>]*checked[^>]*name="rules"', refused.text)
    assert "Amman &lt;i&gt;" in refused.text
    assert alice.send(alice.form() | own).status_code == 303


@pytest.mark.parametrize(
    "own", [{}, {"country": "mars", "rules": "yes"}, {"country": "jo"}, {"country": "jo", "rules": "maybe"}]
)
def test_required_fields_of_the_site_are_required_on_the_server(
    alice: Reader, service: Service, client: redis.Redis, own: dict[str, str]
) -> None:
    service.sites.change("daily", {"fields": FIELDS})
    before = dump(client)
    answer = alice.send(alice.form() | own)
    assert answer.status_code == 422
    assert 'id="comments-country-problem"' in answer.text or 'id="comments-rules-problem"' in answer.text
    assert dump(client) == before


def test_an_email_may_be_optional(alice: Reader, service: Service) -> None:
    service.sites.change("daily", {"email_required": False})
    assert alice.send(alice.form(email="")).status_code == 303


@pytest.fixture
def outage(valkey: servers.Server, clock: servers.FakeClock) -> Any:
    """A service whose Redis goes away when the test says so."""
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        with server.client() as client:
            parts = parts_on(client, clock)
            site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
            app: Flask = create_app(parts)
            alice = Reader(web=app.test_client(use_cookies=False), service=parts.service, site=site)
            yield alice, server, client
        server.stop()


def test_a_store_that_is_away_costs_no_word_and_a_retry_is_the_same_submission(outage: Any) -> None:
    alice, server, _ = outage
    form = alice.form(**TYPED)
    server.kill()
    answer = alice.send(form)
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert shows(answer.text, TYPED)
    for name in ("challenge", "submission", "code"):
        assert hidden(answer.text, name) == form[name]


def test_a_store_that_is_away_from_the_start_leaves_the_words_to_be_copied(
    outage: Any, clock: servers.FakeClock
) -> None:
    alice, server, client = outage
    form = alice.form(**TYPED)
    fresh = create_app(parts_on(client, clock)).test_client(use_cookies=False)
    server.kill()
    answer = fresh.post("/embed/daily", data=form)
    assert answer.status_code == 503
    assert shows(answer.text, TYPED)
    assert "readonly" in answer.text
    looked = fresh.get("/embed/daily?url=https://daily.example/")
    assert looked.status_code == 503
    assert "try again in a moment" in looked.text
    assert "frame-ancestors *" in looked.headers["Content-Security-Policy"]


def test_a_preview_shows_the_text_as_it_would_appear_and_keeps_nothing(
    alice: Reader, service: Service, daily: Site, client: redis.Redis
) -> None:
    before = dump(client)
    form = alice.form(text="See https://daily.example/1\n\n<b>bold</b>", email="", code="XX", preview="1")
    answer = alice.send(form)
    assert answer.status_code == 200
    assert 'id="comments-preview"' in answer.text
    assert '<p dir="auto">See <a href="https://daily.example/1" rel="nofollow ugc noopener"' in answer.text
    assert '<p dir="auto">&lt;b&gt;bold&lt;/b&gt;</p>' in answer.text
    assert "comments-problem" not in answer.text
    assert hidden(answer.text, "challenge") == form["challenge"]
    assert hidden(answer.text, "submission") == form["submission"]
    assert 'value="XX"' in answer.text
    assert (dump(client), waiting(service, daily)) == (before, ())
    answered = service.challenges.answer(form["challenge"])
    del form["preview"]
    assert alice.send(form | {"email": "a@daily.example", "code": str(answered)}).status_code == 303


@pytest.mark.parametrize(("text", "words"), [("", "Please fill in"), ("x" * 5001, "too long"), ("a\x01b", "control")])
def test_a_preview_of_a_text_that_would_be_refused_says_why(alice: Reader, text: str, words: str) -> None:
    answer = alice.send(alice.form(text=text, name="", preview="1"))
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="comments-preview"' not in answer.text
    assert 'id="comments-name-problem"' not in answer.text
