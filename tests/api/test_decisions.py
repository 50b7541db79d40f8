"""`POST decisions`, `POST decisions/<id>/undo`, `GET decisions`: deciding by program."""

from typing import Any

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Scope
from tests.api.conftest import URL, World
from tests.api.program import Program

PATH = "/api/v1/decisions"


def decide(program: Program, *wishes: dict[str, Any]) -> list[Any]:
    answer = program.post(PATH, {"decisions": list(wishes)})
    assert answer.status_code == 200, answer.text
    results: list[Any] = answer.get_json()["results"]
    return results


def approve(id: str, version: int = 1) -> dict[str, Any]:
    return {"id": id, "version": version, "decision": "approve"}


def test_an_approved_comment_is_public_at_once(world: World) -> None:
    id = world.submit().id
    result = decide(world.program(Scope.MODERATE), approve(id))[0]
    assert (result["id"], result["result"], result["version"]) == (id, "ok", 2)
    assert world.anybody.get(f"/api/v1/comments/{id}").status_code == 200
    assert world.program_queue() == []


def test_each_decision_stands_for_itself(world: World) -> None:
    good, bad, spam, taken, strange = (world.submit(f"Comment {number}.").id for number in range(5))
    world.decide(taken, Verb.REJECT, reason="insult")
    results = decide(
        world.program(Scope.MODERATE),
        approve(good),
        {"id": bad, "version": 1, "decision": "reject", "reason": "insult", "note": "See the third sentence."},
        {"id": spam, "version": 1, "decision": "spam"},
        approve(taken),
        {"id": strange, "version": 1, "decision": "reject", "reason": "boredom"},
        approve("cmt_" + "0" * 26),
        approve("nonsense"),
    )
    assert [one["result"] for one in results] == ["ok", "ok", "ok", "stale", "refused", "refused", "refused"]
    assert [one["id"] for one in results[:5]] == [good, bad, spam, taken, strange]
    assert (results[4]["code"], results[4]["fields"]) == ("invalid_fields", {"reason": "unknown_reason"})
    assert results[5]["code"] == results[6]["code"] == "not_found"
    assert [item["id"] for item in world.program_queue()] == [strange]


def test_the_second_is_told_who_was_faster_with_what_and_when(world: World) -> None:
    id = world.submit().id
    world.decide(id, Verb.REJECT, reason="insult")
    result = decide(world.program(Scope.MODERATE), approve(id))[0]
    assert result == {
        "id": id,
        "result": "stale",
        "now": {"version": 2, "status": "rejected", "by": "mo", "at": "2026-03-01T10:00:00.002Z"},
    }
    assert world.anybody.get(f"/api/v1/comments/{id}").status_code == 404


def test_a_decision_sent_again_is_made_once(world: World) -> None:
    id = world.submit().id
    program = world.program(Scope.MODERATE)
    first = decide(program, approve(id))
    world.clock.advance(ms=500)
    assert decide(program, approve(id)) == first
    assert len(program.get(PATH).get_json()["decisions"]) == 1


def test_what_is_not_possible_from_here_is_refused(world: World) -> None:
    id = world.publish()
    result = decide(world.program(Scope.MODERATE), {"id": id, "version": 2, "decision": "spam"})[0]
    assert (result["result"], result["code"]) == ("refused", "not_allowed_now")


@pytest.mark.parametrize(
    ("decisions", "fields"),
    [
        ([], {"decisions": "too_short"}),
        ([{"id": "x", "version": 1, "decision": "approve"}] * 101, {"decisions": "too_long"}),
        ([{"version": 1, "decision": "approve"}], {"decisions[0].id": "required"}),
        ([{"id": "x", "version": "1", "decision": "approve"}], {"decisions[0].version": "invalid_type"}),
        ([{"id": "x", "version": 0, "decision": "approve"}], {"decisions[0].version": "invalid_choice"}),
        ([{"id": "x", "version": 1, "decision": "undo"}], {"decisions[0].decision": "invalid_choice"}),
        ([{"id": "x", "version": 1, "decision": "withdraw"}], {"decisions[0].decision": "invalid_choice"}),
        ([{"id": "x", "version": 1, "decision": "spam", "by": "mo"}], {"decisions[0].by": "unknown_field"}),
        ([{"id": "x", "version": 1, "decision": "spam", "note": "n" * 1001}], {"decisions[0].note": "too_long"}),
        ("approve", {"decisions": "invalid_type"}),
    ],
)
def test_what_is_no_list_of_decisions_is_refused_as_a_whole(
    world: World, decisions: Any, fields: dict[str, str]
) -> None:
    answer = world.program(Scope.MODERATE).post(PATH, {"decisions": decisions})
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)


def test_a_hundred_are_decided_in_one_request(world: World) -> None:
    ids = [world.submit(f"Comment {number}.").id for number in range(100)]
    results = decide(world.program(Scope.MODERATE), *map(approve, ids))
    assert {one["result"] for one in results} == {"ok"}


def test_an_undo_takes_down_what_was_published_and_is_logged(world: World) -> None:
    id = world.submit().id
    program = world.program(Scope.MODERATE)
    made = decide(program, approve(id))[0]
    world.clock.advance(ms=1)
    undone = program.post(f"{PATH}/{made['decision']}/undo")
    assert undone.status_code == 200
    assert undone.get_json()["version"] == 3
    assert world.anybody.get(f"/api/v1/comments/{id}").status_code == 404
    log = program.get(PATH).get_json()["decisions"]
    assert [(row["decision"], row["undo_of"], row["undone_by"]) for row in log] == [
        ("undo", made["decision"], None),
        ("approve", None, undone.get_json()["decision"]),
    ]
    assert program.post(f"{PATH}/{made['decision']}/undo").get_json() == undone.get_json(), "a retry"


def test_an_undo_too_late_is_told_who_acted_since(world: World) -> None:
    id = world.submit().id
    program = world.program(Scope.MODERATE)
    made = decide(program, approve(id))[0]
    world.decide(id, Verb.REJECT, version=2, reason="insult")
    answer = program.post(f"{PATH}/{made['decision']}/undo")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale")
    assert (answer.get_json()["now"]["by"], answer.get_json()["now"]["status"]) == ("mo", "rejected")


def test_nobody_undoes_what_somebody_else_decided(world: World) -> None:
    made = world.decide(world.submit().id, Verb.APPROVE)
    answer = world.program(Scope.MODERATE).post(f"{PATH}/{made.id}/undo")
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
    for id in ("dec_" + "0" * 26, "x", "%00"):
        assert world.program(Scope.MODERATE).post(f"{PATH}/{id}/undo").status_code == 404


def test_the_log_says_who_decided_what_when_and_why(world: World) -> None:
    id = world.submit().id
    program = world.program(Scope.MODERATE)
    decide(program, {"id": id, "version": 1, "decision": "reject", "reason": "insult", "note": "Twice."})
    row = program.get(PATH, query={"site": "daily"}).get_json()["decisions"][0]
    token = world.tokens["daily", Scope.MODERATE].split("_")[1]
    assert row == {
        "id": row["id"],
        "comment": id,
        "decision": "reject",
        "before": "pending",
        "after": "rejected",
        "by": f"token:{token}",
        "at": "2026-03-01T10:00:00.001Z",
        "version": 2,
        "reason": "insult",
        "note": "Twice.",
        "undo_of": None,
        "undone_by": None,
    }


def test_the_log_goes_back_to_since_and_no_further(world: World) -> None:
    for number in range(6):
        world.decide(world.submit(url=f"{URL}/{number}").id, Verb.APPROVE)
        world.clock.advance(ms=998)  # decisions at 10:00:00.002, 10:00:01.002 …
    program = world.program(Scope.READ)
    query = {"since": "2026-03-01T12:00:02.002+02:00", "limit": "3"}
    first = program.get(PATH, query=query).get_json()
    assert [row["at"][17:23] for row in first["decisions"]] == ["05.002", "04.002", "03.002"]
    rest = program.get(PATH, query=query | {"cursor": first["next_cursor"]}).get_json()
    assert [row["at"][17:23] for row in rest["decisions"]] == ["02.002"]
    assert rest["next_cursor"] is None
    assert len(program.get(PATH).get_json()["decisions"]) == 6


@pytest.mark.parametrize("since", ["yesterday", "2026-03-01", "2026-03-01T10:00:00", "1772359200"])
def test_a_time_that_is_not_rfc_3339_is_refused(world: World, since: str) -> None:
    answer = world.program(Scope.READ).get(PATH, query={"since": since})
    assert (answer.status_code, answer.get_json()["fields"]) == (422, {"since": "invalid_choice"})
    assert world.program(Scope.READ).get(PATH, query={"cursor": "x"}).get_json()["code"] == "invalid_cursor"


def test_a_program_features_and_every_list_says_so_until_it_ends(world: World) -> None:
    program, (one, other) = world.program(Scope.MODERATE), (world.submit(f"Comment {n}.").id for n in range(2))

    def shown() -> dict[str, bool]:
        page = world.anybody.get("/api/v1/comments", query={"site": "daily", "url": URL}).get_json()["comments"]
        each = [world.anybody.get(f"/api/v1/comments/{id}").get_json() for id in (one, other)]
        assert [(comment["id"], comment["featured"]) for comment in each] == [(c["id"], c["featured"]) for c in page]
        return {comment["id"]: comment["featured"] for comment in page}

    made, _ = decide(program, {"id": one, "version": 1, "decision": "feature"}, approve(other))
    assert (made["result"], made["version"]) == ("ok", 2)
    assert shown() == {one: True, other: False}
    again, refused = decide(
        program,
        {"id": one, "version": 1, "decision": "feature"},
        {"id": other, "version": 2, "decision": "unfeature"},
    )
    assert again == made
    assert (refused["result"], refused["code"]) == ("refused", "not_allowed_now")
    (ended,) = decide(program, {"id": one, "version": 2, "decision": "unfeature"})
    assert shown() == {one: False, other: False}
    assert program.post(f"{PATH}/{ended['decision']}/undo", {}).status_code == 200
    assert shown() == {one: True, other: False}
    rows = program.get(PATH).get_json()["decisions"]
    assert {row["decision"] for row in rows} == {"undo", "unfeature", "approve", "feature"}
