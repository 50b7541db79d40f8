"""The reasons of a site by program: the house rules follow from them."""

from typing import Any

import pytest

from commentsvc.domain.moderator import Scope
from tests.api.conftest import World

REASON = {"code": "shouting", "labels": {"en": "Shouting"}, "rules": {"en": "Do not shout.", "ar": "لا تصرخ."}}


def test_reasons_are_replaced_as_a_whole_and_readers_see_the_new_ones(world: World) -> None:
    program = world.program(Scope.ADMIN)
    assert program.get("/api/v1/reasons").get_json()["reasons"][0]["code"] == "insult"
    answer = program.patch("/api/v1/reasons", {"reasons": [REASON]})
    assert answer.get_json() == {"reasons": [REASON], "version": 2}
    page = world.anybody.get("/rules/daily")
    assert "Do not shout." in page.text
    assert "Criticise" not in page.text


@pytest.mark.parametrize(
    ("reasons", "fields"),
    [
        ([], {"reasons": "too_short"}),
        ([REASON, REASON], {"reasons[1].code": "repeated"}),
        ([REASON | {"code": "Shouting!"}], {"reasons[0].code": "invalid_characters"}),
        ([REASON | {"code": "x\n"}], {"reasons[0].code": "invalid_characters"}),
        ([REASON | {"labels": {"en\n": "Shouting"}}], {"body": "invalid_characters"}),
        ([REASON | {"labels": {}}], {"reasons[0].labels": "too_short"}),
        ([REASON | {"rules": {"en": "a\u0000b"}}], {"reasons[0].rules": "invalid_characters"}),
        ([REASON | {"x": 1}], {"reasons[0].x": "unknown_field"}),
    ],
)
def test_what_reasons_cannot_be_is_refused(world: World, reasons: Any, fields: dict[str, str]) -> None:
    answer = world.program(Scope.ADMIN).patch("/api/v1/reasons", {"reasons": reasons})
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)
