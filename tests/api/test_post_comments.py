"""`POST /api/v1/comments`: handing in a comment, judged as the form is."""

from typing import Any

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Refused
from tests.api.conftest import MO, PUBLIC_URL, URL, World

PATH = "/api/v1/comments"


def test_a_submission_is_acknowledged_and_waits(world: World) -> None:
    answer = world.anybody.post(PATH, world.submission())
    assert answer.status_code == 202
    said = answer.get_json()
    assert said["status"] == "pending"
    assert said["receipt"].startswith(f"{PUBLIC_URL}/receipts/")
    opened = world.parts.service.receipts.open(said["receipt"].rpartition("/")[2])
    assert getattr(opened, "comment", None), opened
    assert answer.headers["Cache-Control"] == "no-store"
    page = world.anybody.get(PATH, query={"site": "daily", "url": URL})
    assert page.get_json()["comments"] == [], "published before anybody looked"


def test_a_reply_and_the_sites_own_fields_are_kept(world: World) -> None:
    url = "https://weekly.example/a"
    parent = world.publish(site="weekly", url=url, fields={"country": ["eg"]})
    sent = world.submission(
        site="weekly", url=url, parent=parent, fields={"country": "no", "phone": "+47"}, thread=None
    )
    assert world.anybody.post(PATH, sent).status_code == 202
    item = world.program_queue("weekly")[0]
    assert (item["parent"], item["fields"]) == (parent, {"country": "no", "phone": "+47"})


def test_nothing_said_and_null_are_the_same_for_what_may_be_missing(world: World) -> None:
    sent = world.submission() | {"parent": None, "title": None, "thread": None, "fields": None}
    assert world.anybody.post(PATH, sent).status_code == 202


@pytest.mark.parametrize("header", ["key-1", ""])
def test_the_same_submission_again_gets_the_same_answer(world: World, header: str) -> None:
    sent = world.submission()
    headers = {"Idempotency-Key": header} if header else {}
    first = world.anybody.post(PATH, sent, headers=headers)
    world.clock.advance(ms=30_000)
    again = world.anybody.post(PATH, sent, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()
    assert len(world.program_queue()) == 1


def test_one_key_for_two_submissions_is_refused(world: World) -> None:
    headers = {"Idempotency-Key": "key-1"}
    assert world.anybody.post(PATH, world.submission(), headers=headers).status_code == 202
    other = world.anybody.post(PATH, world.submission(text="Something else."), headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (409, "key_reused")
    assert len(world.program_queue()) == 1


def test_an_overlong_key_is_refused_before_anything_is_stored(world: World) -> None:
    answer = world.anybody.post(PATH, world.submission(), headers={"Idempotency-Key": "k" * 101})
    assert answer.get_json()["fields"] == {"Idempotency-Key": "too_long"}
    assert world.program_queue() == []


def test_all_problems_are_named_at_once_and_the_code_stays_good(world: World) -> None:
    sent = world.submission(name="", email="nobody", text="x", title="t" * 301)
    answer = world.anybody.post(PATH, sent)
    assert answer.status_code == 422
    problem = answer.get_json()
    assert problem["fields"] == {
        "name": "required",
        "email": "invalid_email",
        "text": "too_short",
        "title": "too_long",
    }
    assert "challenge" not in problem
    mended = sent | {"name": "Bob", "email": "bob@private.example", "text": "Longer.", "title": ""}
    assert world.anybody.post(PATH, mended).status_code == 202


@pytest.mark.parametrize("name", ["name", "email", "text", "code", "site", "url"])
def test_every_required_field_is_required_here_and_not_in_the_browser_only(world: World, name: str) -> None:
    sent = world.submission()
    missing = world.anybody.post(PATH, {key: value for key, value in sent.items() if key != name})
    empty = world.anybody.post(PATH, sent | {name: ""})
    assert missing.status_code == empty.status_code == 422
    assert missing.get_json()["fields"] == empty.get_json()["fields"] == {name: "required"}


def test_a_site_without_required_emails_takes_a_submission_without_one(world: World) -> None:
    world.parts.service.sites.change("daily", {"email_required": False})
    assert world.anybody.post(PATH, world.submission(email=None)).status_code == 202


def test_the_fields_that_a_site_requires_are_required(world: World) -> None:
    url = "https://weekly.example/a"
    for fields, problem in (
        (None, {"country": "required"}),
        ({}, {"country": "required"}),
        ({"country": "xx"}, {"country": "invalid_choice"}),
        ({"country": "eg", "iq": "200"}, {"iq": "unknown_field"}),
        ({"country": 47}, {"country": "invalid_type"}),
        (["country"], {"fields": "invalid_type", "country": "required"}),
        ("country", {"fields": "invalid_type", "country": "required"}),
    ):
        answer = world.anybody.post(PATH, world.submission(site="weekly", url=url) | {"fields": fields})
        assert answer.status_code == 422
        assert answer.get_json()["fields"] == problem


@pytest.mark.parametrize("value", [5, 1.5, True, ["a"], {"a": "b"}])
@pytest.mark.parametrize(
    "name", ["site", "url", "title", "thread", "name", "email", "text", "parent", "challenge", "code"]
)
def test_a_value_that_is_no_text_is_named_and_nothing_is_stored(world: World, name: str, value: Any) -> None:
    answer = world.anybody.post(PATH, world.submission() | {name: value})
    assert answer.status_code == 422
    assert answer.get_json()["fields"][name] == "invalid_type"
    assert world.program_queue() == []


def test_members_that_a_submission_has_not_are_refused_by_name(world: World) -> None:
    answer = world.anybody.post(PATH, world.submission() | {"status": "approved", "country": "no", "__proto__": "x"})
    assert answer.get_json()["fields"] == dict.fromkeys(("status", "country", "__proto__"), "unknown_field")
    assert world.program_queue() == []


def test_fields_of_ours_cannot_be_smuggled_in_as_a_sites_own(world: World) -> None:
    answer = world.anybody.post(PATH, world.submission() | {"fields": {"text": "Buy!", "code": "AAAAA"}})
    assert answer.get_json()["fields"] == {"text": "unknown_field", "code": "unknown_field"}


@pytest.mark.parametrize("how", ["wrong", "used", "expired", "of another article", "forged", "none"])
def test_a_code_at_fault_brings_a_new_one_that_works(world: World, how: str) -> None:
    sent = world.submission()
    expected = {"wrong": "wrong_code", "used": "used_code", "expired": "expired_code"}.get(how, "invalid_challenge")
    if how == "wrong":
        sent["code"] = "AAAAA"
    if how == "used":
        assert world.anybody.post(PATH, sent).status_code == 202
        sent["text"] = "Something else."
        sent_key = {"Idempotency-Key": "another"}
    else:
        sent_key = {}
    if how == "expired":
        world.clock.advance(ms=3_600_000)
    if how == "of another article":
        sent["challenge"], sent["code"] = world.ticket(URL + "/other")
    if how == "forged":
        sent["challenge"] = sent["challenge"][:-1] + ("A" if sent["challenge"][-1] != "A" else "B")
    if how == "none":
        del sent["challenge"]
    answer = world.anybody.post(PATH, sent, headers=sent_key)
    problem = answer.get_json()
    assert (answer.status_code, problem["fields"]) == (422, {"code": expected})
    fresh = problem["challenge"]
    assert fresh["challenge"] != sent.get("challenge")
    code = world.parts.service.challenges.answer(fresh["challenge"])
    again = sent | {"challenge": fresh["challenge"], "code": code}
    assert world.anybody.post(PATH, again, headers=sent_key).status_code == 202


def test_a_parent_must_be_public_and_in_the_same_thread(world: World) -> None:
    waiting = world.submit("Waits.").id
    elsewhere = world.publish(url=URL + "/other")
    rejected = world.submit("Bad.").id
    world.decide(rejected, Verb.REJECT, reason="insult")
    for parent in (waiting, elsewhere, rejected, "cmt_" + "0" * 26, "x", ""):
        answer = world.anybody.post(PATH, world.submission(parent=parent))
        if parent == "":
            assert answer.status_code == 202
        else:
            assert answer.get_json()["fields"] == {"parent": "unknown_parent"}, parent


def test_a_closed_thread_and_a_closed_site_are_409(world: World) -> None:
    site, article = world.article()
    world.parts.service.moderation.open_thread(MO, site, article, open=False)
    answer = world.anybody.post(PATH, world.submission())
    assert (answer.status_code, answer.get_json()["code"]) == (409, "thread_closed")
    assert world.anybody.post(PATH, world.submission(url=URL + "/b")).status_code == 202
    world.parts.service.sites.change("daily", {"open": False})
    assert world.anybody.post(PATH, world.submission(url=URL + "/b")).status_code == 409


def test_a_restricted_author_is_403_and_told_until_when(world: World) -> None:
    service, site = world.parts.service, world.article()[0]
    item = service.moderation.item(MO, world.anybody.post(PATH, world.submission()).get_json()["id"])
    assert not isinstance(item, Refused)
    assert item.comment.body is not None
    until_ms = item.comment.body.created_ms + 3_600_000
    service.authors.restrict(MO, site, item.comment.body.author_key, until_ms=until_ms)
    answer = world.anybody.post(PATH, world.submission())
    assert (answer.status_code, answer.get_json()["code"]) == (403, "restricted")
    assert answer.get_json()["until"] == rfc3339(until_ms)


def test_an_article_elsewhere_is_refused_with_words_that_name_the_setting(world: World) -> None:
    answer = world.anybody.post(PATH, world.submission() | {"url": "https://evil.example/"})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "origin_not_allowed")
    assert "commentsvc site set" in answer.get_json()["title"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_too_many_from_one_network_are_429_with_the_time_to_wait(narrow_world: World) -> None:
    world = narrow_world
    for _ in range(3):
        assert world.anybody.post(PATH, world.submission()).status_code == 202
    answer = world.anybody.post(PATH, world.submission())
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_a_forged_forwarding_header_gains_nothing(narrow_world: World) -> None:
    world = narrow_world
    for number in range(3):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}
        assert world.anybody.post(PATH, world.submission(), headers=headers).status_code == 202
    headers = {"X-Forwarded-For": "203.0.113.99"}
    assert world.anybody.post(PATH, world.submission(), headers=headers).status_code == 429


def test_links_are_made_of_the_public_address_whatever_host_was_asked(world: World) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = world.anybody.post(PATH, world.submission(), headers=headers)
    assert "evil.example" not in answer.text


def test_the_text_is_stored_as_it_was_typed(world: World) -> None:
    typed = 'Tom & Jerry <script>alert("1")</script>\r\nمرحبا 👍'
    assert world.anybody.post(PATH, world.submission(text=typed)).status_code == 202
    assert world.program_queue()[0]["text"] == typed.replace("\r\n", "\n")


def test_a_store_that_is_away_is_503_and_the_same_submission_can_be_sent_again(world: World) -> None:
    sent = world.submission()
    world.client.config_set("maxmemory", "1")
    try:
        answer = world.anybody.post(PATH, sent)
        assert (answer.status_code, answer.get_json()["code"]) == (503, "store_down")
        assert answer.headers["Retry-After"]
    finally:
        world.client.config_set("maxmemory", "0")
    assert world.anybody.post(PATH, sent).status_code == 202
