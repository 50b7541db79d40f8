"""A reader's form on its way: to a receipt, or back with every typed word."""

import html
import re
from typing import Any

import pytest
import redis
from flask import Flask

from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.service import Service
from commentsvc.web import create_app
from tests import servers
from tests.web.conftest import Reader, dump, hidden, parts_on, waiting

TYPED = {
    "name": "Zoë <b>",
    "email": "zoe@daily.example",
    "text": "\nFirst line\r\n</textarea><script>alert(1)</script> & more",
}


def shows(page: str, typed: dict[str, str]) -> bool:
    """Whether a page shows every typed word, escaped."""
    normal = page.replace("&#34;", "&quot;")
    return all(html.escape(value).replace("&#x27;", "&#39;").strip() in normal for value in typed.values())


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


def test_when_other_fields_are_wrong_the_code_and_its_answer_stay(alice: Reader) -> None:
    form = alice.form(email="nobody")
    page = alice.send(form).text
    assert hidden(page, "challenge") == form["challenge"]
    assert hidden(page, "submission") == form["submission"]
    assert hidden(page, "code") == form["code"]
    assert alice.send(form | {"email": "alice@daily.example"}).status_code == 303


def test_a_wrong_code_brings_a_new_one_and_keeps_every_word(alice: Reader, client: redis.Redis) -> None:
    form = alice.form(**TYPED, code="AAAAA")
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "That was not the code" in answer.text
    assert hidden(answer.text, "challenge") != form["challenge"]
    assert hidden(answer.text, "code") == ""
    assert shows(answer.text, TYPED)


def test_a_new_code_that_came_with_a_refusal_works(alice: Reader, service: Service) -> None:
    page = alice.send(alice.form(code="AAAAA")).text
    ticket = hidden(page, "challenge")
    code = service.challenges.answer(ticket)
    assert isinstance(code, str)
    again = alice.form(challenge=ticket, code=f" {code[:2].lower()} {code[2:]} ", submission=hidden(page, "submission"))
    assert alice.send(again).status_code == 303


def test_an_expired_code_costs_only_a_new_code(alice: Reader, clock: servers.FakeClock) -> None:
    form = alice.form(**TYPED)
    clock.advance(ms=61 * 60_000)
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "The code has expired" in answer.text
    assert shows(answer.text, TYPED)
    assert hidden(answer.text, "challenge") != form["challenge"]


@pytest.mark.parametrize("ticket", ["", "forged", "A" * 58, "é" * 58, "A" * 100_000 + "\0"])
def test_a_forged_ticket_is_exchanged_for_a_real_one(alice: Reader, client: redis.Redis, ticket: str) -> None:
    before = dump(client)
    answer = alice.send(alice.form(**TYPED) | {"challenge": ticket, "code": "AAAAA"})
    assert answer.status_code in (413, 422)
    assert shows(answer.text, TYPED)
    assert dump(client) == before


def test_a_ticket_of_another_article_or_site_is_worth_nothing(
    alice: Reader, service: Service, client: redis.Redis
) -> None:
    other = service.sites.add(key="other", name="Other", origins=["https://other.example"])
    before = dump(client)
    elsewhere = Reader(web=alice.web, service=service, site=alice.site, url="https://daily.example/news/43")
    foreign = Reader(web=alice.web, service=service, site=other, url="https://other.example/")
    for reader in (elsewhere, foreign):
        answer = alice.send(reader.form(url=alice.url))
        assert answer.status_code == 422
        assert "does not belong to this form" in answer.text
    assert dump(client) == before


def test_a_retried_form_is_the_same_comment(alice: Reader, service: Service, daily: Site) -> None:
    form = alice.form()
    assert alice.send(form).location == alice.send(form).location
    assert len(waiting(service, daily)) == 1


def test_a_form_sent_again_with_other_words_is_a_new_submission(alice: Reader, service: Service, daily: Site) -> None:
    form = alice.form()
    assert alice.send(form).status_code == 303
    answer = alice.send(form | {"text": "I thought better of it."})
    assert answer.status_code == 422
    assert "was used already" in answer.text
    assert "I thought better of it." in answer.text
    assert hidden(answer.text, "submission") != form["submission"]
    assert hidden(answer.text, "challenge") != form["challenge"]
    code = service.challenges.answer(hidden(answer.text, "challenge"))
    assert isinstance(code, str)
    fresh = {name: hidden(answer.text, name) for name in ("challenge", "submission")}
    assert alice.send(form | fresh | {"text": "I thought better of it.", "code": code}).status_code == 303
    assert len(waiting(service, daily)) == 2


def test_a_used_ticket_does_not_work_for_another_submission(alice: Reader) -> None:
    form = alice.form()
    assert alice.send(form).status_code == 303
    answer = alice.send(form | {"submission": "another", "text": "Something else."})
    assert answer.status_code == 422
    assert "was used already" in answer.text


def test_asking_for_a_new_code_judges_nothing_and_keeps_everything(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    form = alice.form(**TYPED) | {"email": "half-typed@", "again": "1"}
    answer = alice.send(form)
    assert answer.status_code == 200
    assert 'role="alert"' not in answer.text
    assert hidden(answer.text, "challenge") != form["challenge"]
    assert hidden(answer.text, "submission") == form["submission"]
    assert shows(answer.text, {**TYPED, "email": "half-typed@"})
    assert dump(client) == before


def test_the_first_wrong_field_has_the_focus(alice: Reader) -> None:
    page = alice.send(alice.form(email="x", text="")).text
    focused = re.findall(r"<(?:input|textarea|select)[^>]* autofocus[^>]*>", page)
    assert len(focused) == 1
    assert 'name="email"' in focused[0]
    assert 'aria-invalid="true"' in focused[0]


def test_a_field_sent_twice_is_said_so(alice: Reader, client: redis.Redis) -> None:
    before = dump(client)
    form: dict[str, Any] = {**alice.form(), "name": ["Alice", "Mallory"]}
    answer = alice.send(form)
    assert answer.status_code == 422
    assert "more than once" in answer.text
    assert dump(client) == before


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
