"""The code as a picture and as a sound."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from commentsvc.web import create_app
from tests import servers
from tests.web.conftest import Reader, dump, parts_on


@pytest.mark.parametrize(
    ("kind", "content_type", "begins"),
    [("webp", "image/webp", b"RIFF"), ("png", "image/png", b"\x89PNG"), ("wav", "audio/wav", b"RIFF")],
)
def test_a_code_is_the_same_every_time_and_in_no_cache(
    alice: Reader, client: redis.Redis, kind: str, content_type: str, begins: bytes
) -> None:
    before = dump(client)
    ticket = alice.ticket()
    answer, again = (alice.web.get(f"/challenges/{ticket}.{kind}") for _ in range(2))
    assert answer.status_code == 200
    assert answer.content_type == content_type
    assert answer.data.startswith(begins)
    assert answer.data == again.data
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert dump(client) == before


@pytest.mark.parametrize("kind", ["webp", "png", "wav"])
def test_an_expired_code_is_gone_and_a_forged_one_never_was(alice: Reader, clock: servers.FakeClock, kind: str) -> None:
    ticket = alice.ticket()
    forged = ticket[:-1] + ("A" if ticket[-1] != "A" else "Q")
    assert alice.web.get(f"/challenges/{forged}.{kind}").status_code == 404
    clock.advance(ms=60 * 60_000)
    answer = alice.web.get(f"/challenges/{ticket}.{kind}")
    assert answer.status_code == 410
    assert "This has expired." in answer.text


def test_players_may_ask_for_a_part_of_the_sound(alice: Reader) -> None:
    address = f"/challenges/{alice.ticket()}.wav"
    whole = alice.web.get(address)
    part = alice.web.get(address, headers={"Range": "bytes=0-3"})
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert (part.status_code, part.data) == (206, b"RIFF")


def test_more_sounds_than_a_process_may_speak_are_asked_to_come_back(
    client: redis.Redis, clock: servers.FakeClock
) -> None:
    parts = parts_on(client, clock, sounds_per_second=1)
    site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    app = create_app(parts)
    alice = Reader(web=app.test_client(use_cookies=False), service=parts.service, site=site)
    tickets = [alice.ticket() for _ in range(6)]

    def listen(ticket: str) -> tuple[int, str]:
        answer = app.test_client().get(f"/challenges/{ticket}.wav")
        return answer.status_code, answer.headers.get("Retry-After", "")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(listen, tickets))
    assert {status for status, _ in answers} == {200, 503}
    assert all(int(retry) >= 1 for status, retry in answers if status == 503)
    assert all(app.test_client().get(f"/challenges/{ticket}.webp").status_code == 200 for ticket in tickets)


def test_a_network_that_listens_to_everything_leaves_the_sound_to_others(
    client: redis.Redis, clock: servers.FakeClock
) -> None:
    parts = parts_on(client, clock, sounds_per_second=20)
    site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    app = create_app(parts)
    reader = Reader(web=app.test_client(use_cookies=False), service=parts.service, site=site)

    def listen(address: str) -> int:
        path = f"/challenges/{reader.ticket()}.wav"
        return app.test_client().get(path, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert 503 in [listen("192.0.2.66") for _ in range(12)]
    assert listen("192.0.2.1") == 200
