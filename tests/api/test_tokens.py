"""Tokens: who has none is asked for one; who has one does what its scope says, on its site, until it is revoked."""

import pytest

from commentsvc.domain.moderator import Scope
from commentsvc.web.api.routes import OPERATIONS
from tests.api.conftest import World
from tests.api.program import Program
from tests.api.test_cross_origin import filled

LOCKED = [one.name for one in OPERATIONS.values() if one.scope]
ORDER = list(Scope)


def test_what_is_locked_is_exactly_what_should_be() -> None:
    assert {OPERATIONS[name].path.split("/")[3] for name in LOCKED} == {
        "queue",
        "decisions",
        "sites",
        "moderators",
        "webhooks",
        "rules",
        "reasons",
        "rehearsals",
    }


@pytest.mark.parametrize("name", LOCKED)
def test_without_a_good_token_nobody_gets_in(world: World, name: str) -> None:
    declared = OPERATIONS[name]
    token = world.parts.service.tokens.create(site="daily", scope=Scope.ADMIN, label="t")
    world.parts.service.tokens.revoke(token)
    forged = world.parts.service.tokens.create(site="daily", scope=Scope.ADMIN, label="t")[:-2] + "zz"
    for sent in ("", token, forged, "cst_", "x" * 300, "é", "cst_a_b_c"):
        answer = Program(world.app, token=sent).open(declared.method, filled(declared.path))
        assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated"), sent
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    basic = world.anybody.open(
        declared.method, filled(declared.path), headers={"Authorization": "Basic bW86cGFzc3dvcmQ="}
    )
    assert basic.status_code == 401


@pytest.mark.parametrize("name", LOCKED)
def test_a_smaller_scope_is_forbidden_and_a_greater_one_is_enough(world: World, name: str) -> None:
    declared = OPERATIONS[name]
    assert declared.scope is not None
    for scope in Scope:
        answer = world.program(scope).open(declared.method, filled(declared.path))
        if ORDER.index(scope) < ORDER.index(declared.scope):
            assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")
        else:
            assert answer.status_code not in (401, 403), answer.text


def test_a_token_of_another_site_is_forbidden_and_learns_nothing(world: World) -> None:
    stranger = world.program(Scope.ADMIN, "weekly")
    for path in ("queue", "decisions"):
        known = stranger.get(f"/api/v1/{path}", query={"site": "daily"})
        unknown = stranger.get(f"/api/v1/{path}", query={"site": "nobody"})
        assert known.status_code == unknown.status_code == 403
        assert known.get_json() == unknown.get_json()
    assert stranger.get("/api/v1/sites/daily").status_code == 403
    assert stranger.get("/api/v1/sites/nobody").status_code == 403
    assert stranger.patch("/api/v1/sites/daily", {"open": False}).status_code == 403
    assert stranger.get("/api/v1/sites/weekly").status_code == 200


def test_a_token_of_another_site_can_decide_and_undo_nothing_here(world: World) -> None:
    stranger = world.program(Scope.MODERATE, "weekly")
    id = world.submit().id
    wish = {"id": id, "version": 1, "decision": "approve"}
    result = stranger.post("/api/v1/decisions", {"decisions": [wish]}).get_json()["results"][0]
    assert (result["result"], result["code"]) == ("refused", "not_found")
    made = world.program(Scope.MODERATE).post("/api/v1/decisions", {"decisions": [wish]}).get_json()["results"][0]
    assert made["result"] == "ok"
    assert stranger.post(f"/api/v1/decisions/{made['decision']}/undo").status_code == 404


def test_the_kind_of_authorisation_may_be_written_in_any_case(world: World) -> None:
    token = world.parts.service.tokens.create(site="daily", scope=Scope.READ, label="t")
    answer = world.anybody.get("/api/v1/queue", headers={"Authorization": f"bearer  {token} "})
    assert answer.status_code == 200
