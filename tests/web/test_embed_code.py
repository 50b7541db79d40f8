"""The confirmation code of a form: one try a ticket, and whatever happens to it costs no typed word."""

import pytest
import redis
from flask import Flask

from commentsvc.domain.site import Site
from commentsvc.service import Service
from commentsvc.web.forms import comment_form
from tests import servers
from tests.web.conftest import TYPED, Reader, dump, hidden, shows, waiting


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


def test_the_ticket_is_the_forms_anti_forgery_token(app: Flask, alice: Reader, service: Service) -> None:
    here, there = (service.sites.article("daily", url) for url in (alice.url, "https://daily.example/news/43"))
    assert isinstance(here, tuple)
    assert isinstance(there, tuple)
    with app.test_request_context("/embed/daily"):
        sent = {"challenge": [alice.ticket()]}
        assert comment_form(*here, sent).validate()
        elsewhere = comment_form(*there, sent)
        assert not elsewhere.validate()
        assert set(elsewhere.errors) == {"challenge"}
        assert not comment_form(*here, {}).validate()
