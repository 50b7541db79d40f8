"""A reader whose answer was lost may do what readers do: ask for a new code and send the same words again."""

import redis
from flask.testing import FlaskClient

from commentsvc.service import Service
from tests.web.conftest import Reader, hidden


def test_words_sent_again_under_a_new_code_are_still_one_comment(alice: Reader, service: Service) -> None:
    opened = alice.opens().text
    first = alice.form(submission=hidden(opened, "submission"))
    receipt = alice.send(first).location

    renewed = alice.send({**first, "again": ""}).text
    again = alice.send(alice.form(submission=hidden(renewed, "submission")))

    assert again.status_code == 303
    assert again.location == receipt


def test_other_words_under_the_same_submission_are_kept_and_get_a_new_code(alice: Reader) -> None:
    first = alice.form(submission=hidden(alice.opens().text, "submission"))
    assert alice.send(first).status_code == 303
    changed = alice.send({**first, "text": "Other words."})
    assert changed.status_code == 422
    assert "Other words." in changed.text
    assert hidden(changed.text, "submission") != first["submission"]


def test_a_body_without_end_does_not_fill_the_sign_ins_memory(web: FlaskClient, client: redis.Redis) -> None:
    answer = web.post("/login", data={"name": "mo", "password": "x" * 3_000_000})
    assert answer.status_code == 413
    assert web.head("/login").status_code == 200
