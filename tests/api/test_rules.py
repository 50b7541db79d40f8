"""`GET /rules/<site>`: the house rules, for people and for programs."""

import re

from markupsafe import escape

from tests.api.conftest import World

PATH = "/rules/daily"


def test_people_get_a_page_with_every_rule(world: World) -> None:
    answer = world.anybody.get(PATH, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.content_type == "text/html; charset=utf-8"
    for reason in world.daily.reasons:
        assert str(escape(reason.rules["en"])) in answer.text
    assert len(re.findall("<h1>", answer.text)) == 1
    assert "<script" not in answer.text


def test_programs_get_json_when_they_ask_for_it(world: World) -> None:
    answer = world.anybody.get(PATH, headers={"Accept": "application/json"})
    assert answer.content_type == "application/json"
    told = answer.get_json()
    assert (told["site"], told["name"], told["language"]) == ("daily", "The Daily", "en")
    assert told["rules"] == [{"code": one.code, "rule": one.rules["en"]} for one in world.daily.reasons]


def test_who_asks_for_nothing_or_for_something_else_gets_the_page(world: World) -> None:
    for accept in ("", "*/*", "image/png", "application/json;q=0.1, text/html"):
        answer = world.anybody.get(PATH, headers={"Accept": accept})
        assert answer.mimetype == "text/html", accept


def test_caches_are_told_what_the_answer_depends_on(world: World) -> None:
    answer = world.anybody.get(PATH)
    assert {word.strip() for word in answer.headers["Vary"].split(",")} >= {"Accept", "Accept-Language"}
    again = world.anybody.get(PATH, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Accept" in again.headers["Vary"]


def test_the_rules_of_an_unknown_site_are_a_page_that_says_so(world: World) -> None:
    assert world.app.test_client(use_cookies=False).get("/rules/nobody").status_code == 404
