"""CORS: public answers for any page, without credentials; answers to tokens for no page."""

import pytest

from commentsvc.domain.moderator import Scope
from commentsvc.web.api.routes import OPERATIONS
from tests.api.conftest import World

ASKED = {
    "Origin": "https://daily.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,idempotency-key",
}


def filled(path: str) -> str:
    return path.replace("<key>", "daily").replace("<id>", "cmt_" + "0" * 26)


@pytest.mark.parametrize("name", [one.name for one in OPERATIONS.values() if one.scope is None])
def test_a_browser_that_asks_first_may_use_every_public_operation(world: World, name: str) -> None:
    declared = OPERATIONS[name]
    answer = world.anybody.options(filled(declared.path), headers=ASKED)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert declared.method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, idempotency-key"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("name", [one.name for one in OPERATIONS.values() if one.scope])
def test_no_page_may_use_what_needs_a_token(world: World, name: str) -> None:
    declared = OPERATIONS[name]
    for answer in (
        world.anybody.options(filled(declared.path), headers=ASKED),
        world.anybody.open(declared.method, filled(declared.path)),
        world.program(Scope.ADMIN).open(declared.method, filled(declared.path), headers=ASKED),
    ):
        assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def test_a_page_on_any_origin_can_hand_in_a_comment_but_only_for_the_sites_articles(world: World) -> None:
    for origin in ("https://daily.example", "https://reader.example", "null"):
        answer = world.anybody.post("/api/v1/comments", world.submission(), headers={"Origin": origin})
        assert answer.status_code == 202
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_what_a_page_needs_to_read_is_exposed(world: World) -> None:
    answer = world.anybody.get("/api/v1/comments", query={"site": "daily", "url": "https://daily.example/"})
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag, Link, Retry-After"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
