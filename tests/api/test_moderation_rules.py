"""The rules of a site by program: listed, made, changed, removed and rehearsed."""

from typing import Any

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Scope
from tests.api.conftest import World
from tests.api.program import Program

RULES = "/api/v1/rules"
INSULTS = {"kind": "words", "label": "Insults", "reason": "insult", "words": [{"text": "idiot"}]}


@pytest.fixture
def program(world: World) -> Program:
    """A program that may administer `daily`."""
    return world.program(Scope.ADMIN)


def rule(program: Program, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in program.get(RULES).get_json()["rules"] if one["id"] == id)
    return found


def test_a_new_site_has_rules(program: Program) -> None:
    listed = program.get(RULES).get_json()
    assert listed["version"] == 1
    links = rule(program, "links")
    assert (links["kind"], links["lane"], links["reason"], links["number"]) == ("links", "held", "advertising", 3)


def test_a_rule_is_made_changed_and_removed(program: Program) -> None:
    made = program.post(RULES, INSULTS | {"on": True})
    assert made.status_code == 201
    new = made.get_json()
    assert new["on"]
    assert [word["text"] for word in new["words"]] == ["idiot"]
    assert new["words"][0]["added_by"].startswith("token:")
    changes = {
        "lane": "likely_spam",
        "add_words": [{"text": "fool", "fragment": True, "expires": "2030-01-01T00:00:00Z"}],
        "drop_words": ["idiot"],
    }
    after = program.patch(f"{RULES}/{new['id']}", changes).get_json()
    assert after["lane"] == "likely_spam"
    assert [(one["text"], one["fragment"], one["expires"]) for one in after["words"]] == [
        ("fool", True, "2030-01-01T00:00:00.000Z")
    ]
    assert program.delete(f"{RULES}/{new['id']}").status_code == 204
    assert program.delete(f"{RULES}/{new['id']}").status_code == 404


def test_a_change_made_from_an_old_version_is_refused(program: Program) -> None:
    assert program.patch(f"{RULES}/links", {"number": 5, "version": 1}).status_code == 200
    answer = program.patch(f"{RULES}/links", {"number": 9, "version": 1})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale")
    assert rule(program, "links")["number"] == 5


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"kind": "required"}),
        ({"kind": "magic"}, {"kind": "invalid_choice"}),
        ({"kind": "speed"}, {"kind": "repeated"}),
        ({"kind": "words", "lane": "colleague"}, {"lane": "invalid_choice"}),
        ({"kind": "words", "reason": "none"}, {"reason": "unknown_reason"}),
        ({"kind": "words", "words": [{"text": "x" * 81}]}, {"words[0]": "too_long"}),
        ({"kind": "words", "words": [{"text": "a", "expires": "tomorrow"}]}, {"words[0].expires": "invalid_type"}),
        ({"kind": "links", "number": 99}, {"number": "invalid_choice"}),
        ({"kind": "links", "domains": ["no domain"]}, {"domains[0]": "invalid_choice"}),
        ({"kind": "links", "x": 1}, {"x": "unknown_field"}),
    ],
)
def test_what_a_rule_cannot_be_is_refused(program: Program, body: dict[str, Any], fields: dict[str, str]) -> None:
    answer = program.post(RULES, body)
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)


def test_a_rule_is_rehearsed_before_and_after_it_is_saved(world: World, program: Program) -> None:
    world.publish("What an 1D10T!")
    world.decide(world.submit("You idiot.").id, Verb.REJECT, reason="insult")
    world.submit("A calm remark.")
    found = program.post("/api/v1/rehearsals", INSULTS).get_json()
    assert (found["looked_at"], found["affected"], found["disagreed"]) == (3, 2, 1)
    assert found["by_status"] == {"approved": 1, "rejected": 1}
    assert found["samples"][0]["found"] == [{"where": "text", "start": 8, "end": 13, "what": None}]
    assert program.post("/api/v1/rehearsals", {"id": "first_time"}).get_json()["affected"] == 1
    assert program.post("/api/v1/rehearsals", {"id": "first_time", "number": 5}).get_json()["affected"] == 3
    assert program.post("/api/v1/rehearsals", {"id": "nothing"}).status_code == 404
    assert program.post("/api/v1/rehearsals", {}).get_json()["fields"] == {"kind": "required"}


@pytest.mark.parametrize("scope", [Scope.READ, Scope.MODERATE])
def test_rules_are_for_programs_that_administer(world: World, scope: Scope) -> None:
    program = world.program(scope)
    for answer in (
        program.get(RULES),
        program.post(RULES, INSULTS),
        program.patch(f"{RULES}/links", {"on": False}),
        program.delete(f"{RULES}/links"),
        program.post("/api/v1/rehearsals", INSULTS),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
