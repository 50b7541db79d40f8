"""`POST /api/v1/challenges`: a confirmation code for one submission."""

from commentsvc.domain.challenge import LENGTH
from tests.api.conftest import PUBLIC_URL, URL, World

PATH = "/api/v1/challenges"


def test_a_program_gets_a_code_with_an_image_a_sound_and_its_end(world: World) -> None:
    answer = world.anybody.post(PATH, {"site": "daily", "url": URL})
    assert answer.status_code == 200
    opened = answer.get_json()
    ticket = opened["challenge"]
    assert opened == {
        "challenge": ticket,
        "image": f"{PUBLIC_URL}/challenges/{ticket}.webp",
        "sound": f"{PUBLIC_URL}/challenges/{ticket}.wav",
        "expires": "2026-03-01T11:00:00.000Z",
        "length": LENGTH,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_showing_codes_stores_nothing(world: World) -> None:
    world.anybody.post(PATH, {"site": "daily", "url": URL})
    before = world.client.dbsize()
    for _ in range(20):
        assert world.anybody.post(PATH, {"site": "daily", "url": URL}).status_code == 200
    assert world.client.dbsize() == before


def test_a_code_for_no_article_is_refused(world: World) -> None:
    assert world.anybody.post(PATH, {"site": "nobody", "url": URL}).get_json()["code"] == "unknown_site"
    assert world.anybody.post(PATH, {"site": "daily", "url": "https://e.example/"}).get_json()["code"] == (
        "origin_not_allowed"
    )
    assert world.anybody.post(PATH, {"url": URL}).get_json()["fields"] == {"site": "required"}
    assert world.anybody.post(PATH, {"site": 1, "url": URL}).get_json()["fields"] == {"site": "invalid_type"}
    assert world.anybody.post(PATH, {"site": "daily", "uri": URL}).get_json()["fields"] == {"uri": "unknown_field"}


def test_there_is_nothing_to_get(world: World) -> None:
    answer = world.anybody.get(PATH)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
