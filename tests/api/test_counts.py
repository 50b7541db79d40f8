"""`GET` and `POST /api/v1/counts`: the numbers beside headlines."""

from typing import Any

import pytest

from commentsvc.domain.decision import Verb
from tests.api.conftest import URL, World

PATH = "/api/v1/counts"


def test_only_approved_comments_count(world: World) -> None:
    world.publish()
    world.publish()
    world.submit("Waits.")
    world.decide(world.submit("Bad.").id, Verb.SPAM)
    other = URL + "/other"
    expected = {"counts": {URL + "?utm_source=x": 2, other: 0}}
    assert world.anybody.post(PATH, {"site": "daily", "urls": list(expected["counts"])}).get_json() == expected
    asked = world.anybody.get(PATH, query={"site": "daily", "url": list(expected["counts"])})
    assert asked.get_json() == expected


def test_the_count_follows_every_change_of_status(world: World) -> None:
    def count() -> int:
        counts: dict[str, int] = world.anybody.get(PATH, query={"site": "daily", "url": URL}).get_json()["counts"]
        return counts[URL]

    receipt = world.submit()
    assert count() == 0
    made = world.decide(receipt.id, Verb.APPROVE)
    assert count() == 1
    world.decide(receipt.id, Verb.REJECT, version=made.version, reason="insult")
    assert count() == 0
    world.decide(receipt.id, Verb.APPROVE, version=made.version + 1)
    assert count() == 1
    world.parts.service.receipts.withdraw(receipt.token)
    assert count() == 0


def test_addresses_that_are_none_of_the_sites_count_nothing(world: World) -> None:
    odd = ["https://evil.example/", "", "javascript:1", "x" * 3000, "https://daily.example:99999/", "\x00"]
    answer = world.anybody.post(PATH, {"site": "daily", "urls": odd})
    assert answer.get_json()["counts"] == dict.fromkeys(odd, 0)


def test_two_hundred_are_counted_in_one_round_trip_and_more_are_refused(world: World) -> None:
    urls = [f"{URL}/{number}" for number in range(200)]
    world.anybody.post(PATH, {"site": "daily", "urls": []})
    world.client.trips = 0
    assert len(world.anybody.post(PATH, {"site": "daily", "urls": urls}).get_json()["counts"]) == 200
    assert world.client.trips == 1
    for answer in (
        world.anybody.post(PATH, {"site": "daily", "urls": [*urls, URL]}),
        world.anybody.get(PATH, query={"site": "daily", "url": [*urls, URL]}),
    ):
        assert answer.status_code == 422
        assert list(answer.get_json()["fields"].values()) == ["too_long"]


def test_what_has_not_changed_is_answered_with_304(world: World) -> None:
    query = {"site": "daily", "url": URL}
    tag = world.anybody.get(PATH, query=query).headers["ETag"]
    assert world.anybody.get(PATH, query=query, headers={"If-None-Match": tag}).status_code == 304
    world.publish()
    assert world.anybody.get(PATH, query=query, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"urls": []}, {"site": "required"}),
        ({"site": "daily"}, {"urls": "required"}),
        ({"site": "daily", "urls": URL}, {"urls": "invalid_type"}),
        ({"site": "daily", "urls": [URL, 5]}, {"urls[1]": "invalid_type"}),
        ({"site": "daily", "urls": [], "more": 1}, {"more": "unknown_field"}),
    ],
)
def test_what_is_not_a_question_is_refused(world: World, body: Any, fields: dict[str, str]) -> None:
    answer = world.anybody.post(PATH, body)
    assert (answer.status_code, answer.get_json()["fields"]) == (422, fields)


def test_an_unknown_site_is_404(world: World) -> None:
    assert world.anybody.post(PATH, {"site": "nobody", "urls": []}).get_json()["code"] == "unknown_site"
    assert world.anybody.get(PATH, query={"site": "nobody", "url": URL}).get_json()["code"] == "unknown_site"
