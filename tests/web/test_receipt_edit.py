"""Changing a comment by its private page, without a script: and taking away what is stored about it."""

import html
import re

import pytest
import redis

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Field, FieldKind
from commentsvc.service import Service
from commentsvc.service.moderation import Wanted
from tests.web.conftest import MO, Reader, approve, dump, hidden

CHANGE = "Change my comment"


def comment_of(service: Service, token: str):  # type: ignore[no-untyped-def]  # what the service's own says
    """The comment behind a receipt."""
    opened = service.receipts.open(token)
    assert not isinstance(opened, Refused)
    return opened.comment


def typed_in(page: str) -> str:
    """What stands in the form's text."""
    found = re.search(r'<textarea[^>]*id="comments-edit-text"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_what_waits_is_changed_and_the_receipt_shows_it(alice: Reader, service: Service) -> None:
    token = alice.sent()
    page = alice.web.get(f"/receipts/{token}?theme=dark").text
    assert typed_in(page) == "A calm remark."
    assert f'action="/receipts/{token}/edit?theme=dark"' in page
    answer = alice.web.post(
        f"/receipts/{token}/edit?theme=dark", data={"name": "Alice B.", "text": "A calmer remark.\r\nTruly."}
    )
    assert (answer.status_code, answer.location) == (303, f"/receipts/{token}?theme=dark")
    page = alice.web.get(answer.location).text
    assert "A calmer remark.\nTruly." in page
    assert "A calm remark." not in page
    comment = comment_of(service, token)
    assert (comment.status, comment.body.name, comment.body.email) == (
        Status.PENDING,
        "Alice B.",
        "alice@daily.example",
    )


def test_the_change_of_a_published_comment_waits_beside_it(alice: Reader, service: Service) -> None:
    token = alice.sent()
    id = comment_of(service, token).id
    approve(service, id)
    assert "What is published stays until a person has read the change." in alice.web.get(f"/receipts/{token}").text
    alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "Buy my book."})
    page = alice.web.get(f"/receipts/{token}").text
    assert "Your change is waiting." in page
    assert "A calm remark." in page
    assert typed_in(page) == "Buy my book."
    readers = alice.opens().text
    assert "A calm remark." in readers
    assert "Buy my book." not in readers
    service.moderation.decide(MO, Wanted(id=id, version=3, verb=Verb.TURN_DOWN, reason="advertising"))
    page = alice.web.get(f"/receipts/{token}").text
    assert "Your last change was not published" in page
    assert "Advertising" in page
    assert typed_in(page) == "A calm remark."
    alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "A calm word."})
    service.moderation.decide(MO, Wanted(id=id, version=5, verb=Verb.APPROVE))
    readers = alice.opens().text
    assert "A calm word." in readers
    assert re.search(r"edited <time datetime=\"[^\"]+Z\">", readers)
    assert "was not published" not in alice.web.get(f"/receipts/{token}").text


def test_what_is_wrong_is_said_beside_its_field_and_every_word_is_kept(alice: Reader, service: Service) -> None:
    token = alice.sent()
    answer = alice.web.post(f"/receipts/{token}/edit", data={"name": "", "text": "Half a <b>thought"})
    assert answer.status_code == 422
    assert 'href="#comments-edit-name"' in answer.text
    assert 'id="comments-edit" open' in answer.text
    assert typed_in(answer.text) == "Half a <b>thought"
    assert answer.headers["Cache-Control"] == "no-store"
    assert comment_of(service, token).version == 1


def test_a_sites_own_fields_are_changed_too(alice: Reader, service: Service) -> None:
    service.sites.change(
        "daily", {"fields": (Field(key="city", kind=FieldKind.TEXT, labels={"en": "City"}, required=True),)}
    )
    token = alice.sent(city="Rome")
    assert hidden(alice.web.get(f"/receipts/{token}").text, "city") == "Rome"
    missing = alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "A calm remark."})
    assert missing.status_code == 422
    alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "A calm remark.", "city": "Cairo"})
    assert comment_of(service, token).body.fields == {"city": "Cairo"}


def test_what_can_no_longer_be_changed_has_no_form_and_its_text_comes_back(alice: Reader, service: Service) -> None:
    token = alice.sent()
    alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"})
    assert CHANGE not in alice.web.get(f"/receipts/{token}").text
    late = alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "Not lost."})
    assert late.status_code == 409
    assert "Not lost." in late.text
    assert "can no longer be changed" in late.text


@pytest.mark.parametrize("token", ["x", "Z" * 52])
def test_nobody_changes_or_downloads_anything_without_the_receipt(
    alice: Reader, client: redis.Redis, token: str
) -> None:
    own = alice.sent()
    before = dump(client)
    form = {"name": "Mallory", "text": "Mine now."}
    assert alice.web.post(f"/receipts/{own[:26]}{token[26:]}/edit", data=form).status_code == 404
    assert alice.web.post(f"/receipts/{token}/edit", data=form).status_code == 404
    assert alice.web.get(f"/receipts/{token}/data").status_code == 404
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert alice.web.post(f"/receipts/{own}/edit", data=form, headers=cross).status_code == 403
    assert alice.web.get(f"/receipts/{own}/edit").status_code == 405
    assert dump(client) == before


def test_all_that_is_stored_about_a_comment_can_be_taken_away(alice: Reader, service: Service) -> None:
    token = alice.sent()
    id = comment_of(service, token).id
    approve(service, id)
    alice.web.post(f"/receipts/{token}/edit", data={"name": "Alice", "text": "Other words."})
    wanted = Wanted(id=id, version=3, verb=Verb.TURN_DOWN, reason="insult", note="Not again!")
    service.moderation.decide(MO, wanted)
    answer = alice.web.get(f"/receipts/{token}/data")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{id}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    held = answer.get_json()
    assert (held["id"], held["status"], held["comment"]["email"]) == (id, "approved", "alice@daily.example")
    assert held["featured"] is False
    assert (held["comment"]["text"], held["text_put_away"]["text"]) == ("A calm remark.", "Other words.")
    rows = [(row["decision"], row["by"], row["reason"] and row["reason"]["code"]) for row in held["decisions"]]
    assert rows == [("approve", "moderator", None), ("edit", "author", None), ("turn_down", "moderator", "insult")]
    assert MO.id not in re.findall(r'"([^"]*)"', answer.text), "a moderator's name is nobody's data but their own"
    assert "Not again!" not in answer.text
    alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"})
    gone = alice.web.get(f"/receipts/{token}/data").get_json()
    assert (gone["status"], gone["comment"]) == ("erased", None)
    assert "words" not in str(gone)
