"""`GET/POST/PATCH moderators`: who may decide on the token's site."""

from typing import Any

import pytest

from commentsvc.domain.moderator import Role, Scope
from commentsvc.service.sign_ins import SignedIn
from tests.api.conftest import World

PATH = "/api/v1/moderators"
MAX = {"id": "max", "name": "Max", "password": "correct horse battery"}


def test_a_moderator_is_added_for_this_site_alone_and_can_sign_in(world: World) -> None:
    program = world.program(Scope.ADMIN)
    answer = program.post(PATH, MAX)
    assert (answer.status_code, answer.get_json()) == (
        201,
        {"id": "max", "name": "Max", "role": "moderator", "disabled": False},
    )
    assert program.get(PATH).get_json() == {"moderators": [answer.get_json()]}
    assert world.program(Scope.ADMIN, "weekly").get(PATH).get_json() == {"moderators": []}
    signed_in = world.parts.service.sign_ins.sign_in("max", str(MAX["password"]), network="192.0.2.1")
    assert isinstance(signed_in, SignedIn)
    assert (signed_in.moderator.role, signed_in.moderator.sites) == (Role.MODERATOR, ("daily",))


def test_a_disabled_moderator_is_out_at_once(world: World) -> None:
    program = world.program(Scope.ADMIN)
    program.post(PATH, MAX)
    signed_in = world.parts.service.sign_ins.sign_in("max", str(MAX["password"]), network="192.0.2.1")
    assert isinstance(signed_in, SignedIn)
    assert program.patch(f"{PATH}/max", {"disabled": True}).get_json()["disabled"] is True
    assert world.parts.service.sign_ins.signed_in(signed_in.cookie) is None


def test_nobody_of_other_sites_can_be_seen_or_shut_out(world: World) -> None:
    add = world.parts.service.moderators.add
    add(id="both", name="", password="correct horse", role=Role.MODERATOR, sites=["daily", "weekly"])
    add(id="other", name="", password="correct horse", role=Role.MODERATOR, sites=["weekly"])
    add(id="root", name="", password="correct horse", role=Role.ADMIN, sites=["daily"])
    program = world.program(Scope.ADMIN)
    assert [one["id"] for one in program.get(PATH).get_json()["moderators"]] == ["both"]
    assert program.patch(f"{PATH}/both", {"disabled": True}).status_code == 403
    for id in ("other", "root", "nobody"):
        assert program.patch(f"{PATH}/{id}", {"disabled": True}).status_code == 404
    assert not any(one.disabled for one in world.parts.service.moderators.all())


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"password": "short"}, {"password": "too_short"}),
        ({"id": "newm\n"}, {"id": "invalid_characters"}),
        ({"id": "Max Power"}, {"id": "invalid_characters"}),
        ({"name": "a\u0000"}, {"name": "invalid_characters"}),
        ({"role": "admin"}, {"role": "invalid_choice"}),
        ({"sites": ["weekly"]}, {"sites": "unknown_field"}),
        ({"id": "mo"}, {"id": "invalid_choice"}),
        ({"id": "author"}, {"id": "invalid_choice"}),
    ],
)
def test_what_a_moderator_cannot_be_is_refused(world: World, changes: dict[str, Any], fields: dict[str, str]) -> None:
    world.parts.service.moderators.add(id="mo", name="", password="correct horse", role=Role.MODERATOR, sites=[])
    answer = world.program(Scope.ADMIN).post(PATH, MAX | changes)
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)


def test_only_disabling_is_possible_so_far(world: World) -> None:
    program = world.program(Scope.ADMIN)
    program.post(PATH, MAX)
    answer = program.patch(f"{PATH}/max", {"disabled": False})
    assert (answer.status_code, answer.get_json()["fields"]) == (422, {"disabled": "invalid_choice"})
