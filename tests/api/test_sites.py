"""`GET/PATCH sites/<key>` and `GET/PATCH rules`: a site administers itself by program."""

from typing import Any

import pytest

from commentsvc.domain.moderator import Scope
from tests.api.conftest import World

SITE = "/api/v1/sites/daily"


def test_a_site_is_shown_without_its_secrets(world: World) -> None:
    answer = world.program(Scope.ADMIN, "weekly").get("/api/v1/sites/weekly")
    shown = answer.get_json()
    assert (shown["name"], shown["origins"], shown["cache_seconds"]) == ("Weekly", ["https://weekly.example"], 60)
    assert [field["key"] for field in shown["fields"]] == ["country", "phone"]
    assert world.weekly.salt not in answer.text


def test_what_is_named_is_changed_and_nothing_else(world: World) -> None:
    program = world.program(Scope.ADMIN)
    before = program.get(SITE).get_json()
    changes = {"name": "The Daily News", "origins": ["https://Daily.example:443/", "https://m.daily.example"]}
    after = program.patch(SITE, changes | {"cache_seconds": 30, "version": 1}).get_json()
    assert after == before | {
        "name": "The Daily News",
        "origins": ["https://daily.example", "https://m.daily.example"],
        "cache_seconds": 30,
        "version": 2,
    }
    assert program.get(SITE).get_json() == after


def test_a_look_is_kept_in_its_one_form(world: World) -> None:
    program = world.program(Scope.ADMIN)
    after = program.patch(SITE, {"look": {"light.accent": "#A22", "radius": "8px", "serif": ""}}).get_json()
    assert after["look"] == {"light.accent": "#aa2222", "radius": "8"}
    assert program.patch(SITE, {"look": {}}).get_json()["look"] == {}


def test_a_change_made_from_an_old_version_is_refused(world: World) -> None:
    program = world.program(Scope.ADMIN)
    assert program.patch(SITE, {"open": False, "version": 1}).status_code == 200
    answer = program.patch(SITE, {"open": True, "version": 1})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "stale")
    assert program.get(SITE).get_json()["open"] is False


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"open": "false"}, {"open": "invalid_type"}),
        ({"open": 0}, {"open": "invalid_type"}),
        ({"origins": []}, {"origins": "too_short"}),
        ({"origins": ["https://a.example", "daily.example"]}, {"origins[1]": "invalid_url"}),
        ({"origins": ["https://a.example/path"]}, {"origins[0]": "invalid_url"}),
        ({"language": "xx"}, {"language": "invalid_choice"}),
        ({"slash": "maybe"}, {"slash": "invalid_choice"}),
        ({"cache_seconds": -1}, {"cache_seconds": "invalid_choice"}),
        ({"name": ""}, {"name": "too_short"}),
        ({"name": "x\u202ey"}, {"name": "invalid_characters"}),
        ({"look": {"light.accent": "red"}}, {"look.light.accent": "invalid_colour"}),
        ({"look": {"dark.ink": "#333333"}}, {"look.dark.ink": "low_contrast"}),
        ({"look": {"shadow": "1"}}, {"look.shadow": "unknown_field"}),
        ({"key": "other"}, {"key": "unknown_field"}),
        ({"salt": "x"}, {"salt": "unknown_field"}),
        ({"partitions": 4}, {"partitions": "unknown_field"}),
    ],
)
def test_what_a_site_cannot_be_is_refused(world: World, changes: dict[str, Any], fields: dict[str, str]) -> None:
    program = world.program(Scope.ADMIN)
    answer = program.patch(SITE, changes)
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)
    assert program.get(SITE).get_json()["version"] == 1
