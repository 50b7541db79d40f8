"""`GET/POST/DELETE webhooks`: who hears of the token's site."""

from typing import Any

import pytest

from commentsvc.domain.moderator import Scope
from tests.api.conftest import World

PATH = "/api/v1/webhooks"
HOOK = "https://hooks.example/comments"


def test_a_webhook_tells_its_secret_once(world: World) -> None:
    program = world.program(Scope.ADMIN)
    added = program.post(PATH, {"url": HOOK, "events": ["comment.approved"]})
    assert added.status_code == 201
    assert added.get_json()["secret"].startswith("whsec_")
    listed = program.get(PATH)
    known = {name: value for name, value in added.get_json().items() if name != "secret"}
    assert listed.get_json() == {"webhooks": [known]}
    assert added.get_json()["secret"] not in listed.text + program.get("/api/v1/sites/daily").text
    assert world.program(Scope.ADMIN, "weekly").get(PATH).get_json() == {"webhooks": []}


def test_a_removed_webhook_is_gone_and_another_sites_stays(world: World) -> None:
    program, stranger = world.program(Scope.ADMIN), world.program(Scope.ADMIN, "weekly")
    id = program.post(PATH, {"url": HOOK}).get_json()["id"]
    assert stranger.delete(f"{PATH}/{id}").status_code == 404
    assert program.delete(f"{PATH}/{id}").status_code == 204
    assert program.delete(f"{PATH}/{id}").status_code == 404
    assert program.get(PATH).get_json() == {"webhooks": []}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"url": "required"}),
        ({"url": "ftp://hooks.example/"}, {"url": "invalid_url"}),
        ({"url": "http://169.254.169.254/"}, {"url": "invalid_url"}),
        ({"url": "http://127.0.0.1"}, {"url": "invalid_url"}),
        ({"url": "http://2130706433/"}, {"url": "invalid_url"}),
        ({"url": "http://localhost:8080/"}, {"url": "invalid_url"}),
        ({"url": "http://[::ffff:10.0.0.1]/"}, {"url": "invalid_url"}),
        ({"url": "http://[fe80::1]/"}, {"url": "invalid_url"}),
        ({"url": "https://hooks.example:22/"}, {"url": "invalid_url"}),
        ({"url": HOOK, "events": ["comment.read"]}, {"events[0]": "invalid_choice"}),
        ({"url": HOOK, "secret": "mine"}, {"secret": "unknown_field"}),
    ],
)
def test_what_cannot_hear_is_refused(world: World, body: Any, fields: dict[str, str]) -> None:
    answer = world.program(Scope.ADMIN).post(PATH, body)
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)


def test_there_is_an_end_to_webhooks(world: World) -> None:
    program = world.program(Scope.ADMIN)
    statuses = [program.post(PATH, {"url": f"{HOOK}/{number}"}).status_code for number in range(11)]
    assert statuses == [201] * 10 + [409]
