"""Forms and codes that are asked for without end: what is turned away says so, and everything else goes on."""

import re
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
import redis
from flask import Flask
from werkzeug.test import Client, TestResponse

from commentsvc.web import create_app
from commentsvc.web.gate import Turn, TurnedAway, Turnstile
from tests import servers
from tests.web.conftest import ARTICLE, Reader, parts_on

FORM, CODE = f"/embed/daily?url={ARTICLE}", "/challenges/anything.webp"
OPEN = (FORM, f"/embed/daily/form?url={ARTICLE}", "/embed/daily/", CODE, "/challenges/anything.wav")
PAST = (f"/embed/daily/list?url={ARTICLE}", "/embed.js", "/api/v1/comments", "/moderation/", "/healthz", "/receipts/x")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a turn has as long as the test needs."""
    monkeypatch.setattr("commentsvc.web.gate.TURN_S", 30)


@pytest.mark.usefixtures("patient")
def test_a_full_lane_says_so_and_one_network_never_has_all_of_it() -> None:
    turnstile = Turnstile(at_once=1, places=5, percent=100)
    first = turnstile.enter("mallory")
    assert isinstance(first, Turn)
    assert first.seated
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(turnstile.enter, "mallory") for _ in range(3)]
        servers.wait_until(lambda: turnstile.inside == 4, what="mallory's places")
        assert turnstile.enter("mallory") == TurnedAway(status=429, retry_s=1)
        waiting.append(pool.submit(turnstile.enter, "alice"))
        servers.wait_until(lambda: turnstile.inside == 5, what="a full turnstile")
        assert turnstile.enter("bob") == TurnedAway(status=503, retry_s=1)
        assert not any(turn.done() for turn in waiting)
        turnstile.leave(first, used_ms=0)
        for finished in as_completed(waiting, timeout=30):
            turn = finished.result()
            assert isinstance(turn, Turn)
            assert turn.seated
            turnstile.leave(turn, used_ms=0)
    assert turnstile.inside == 0


def test_who_has_waited_long_enough_goes_in_as_those_before_only_wait_for_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("commentsvc.web.gate.TURN_S", 0)
    turnstile = Turnstile(at_once=1, places=2, percent=100)
    turns = [turnstile.enter(name) for name in ("alice", "bob", "carol")]
    assert turns == [
        Turn(network="alice", seated=True),
        Turn(network="bob", seated=False),
        TurnedAway(status=503, retry_s=1),
    ]
    for turn in turns:
        if isinstance(turn, Turn):
            turnstile.leave(turn, used_ms=0)
    again = [turnstile.enter(name) for name in ("alice", "bob")]
    assert [isinstance(turn, Turn) and turn.seated for turn in again] == [True, False]


def test_who_has_used_a_share_is_turned_away_only_while_the_budget_is_scarce() -> None:
    turnstile = Turnstile(at_once=9, places=9, percent=1)

    def uses(network: str, ms: float) -> TurnedAway | None:
        turn = turnstile.enter(network)
        if isinstance(turn, TurnedAway):
            return turn
        turnstile.leave(turn, used_ms=ms)
        return None

    assert uses("school", 499) is None
    assert uses("school", 2) is None
    mallory = uses("school", 1)
    assert mallory is not None
    assert mallory.status == 429
    assert uses("alice", 600) is None
    again = uses("alice", 1)
    assert again is not None
    assert (again.status, again.retry_s > 1) == (503, True)
    assert uses("bob", 1) is None, "who has asked for nothing yet is served on credit"
    assert uses("carol", 900) is None
    everybody = uses("dave", 1)
    assert everybody is not None
    assert everybody.status == 503, "and credit has an end"


@pytest.fixture
def spent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The application behind a gate whose turnstiles have no place for anybody."""
    return turning_away(app, monkeypatch, 503)


def turning_away(app: Flask, monkeypatch: pytest.MonkeyPatch, status: int) -> Client:
    monkeypatch.setattr(Turnstile, "enter", lambda self, network: TurnedAway(status=status, retry_s=1))
    return Client(app)


@pytest.mark.parametrize("path", OPEN)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_forms_and_codes_pass_the_gate_however_they_are_written(spent: Client, path: str, method: str) -> None:
    answer = spent.open(path, method=method)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert (method == "HEAD") == (answer.text == "")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", OPEN)
def test_a_method_in_lower_case_is_the_same_method(spent: Client, path: str) -> None:
    assert spent.open(path, environ_overrides={"REQUEST_METHOD": "get"}).status_code == 503


@pytest.mark.parametrize("path", PAST)
def test_nothing_else_passes_the_gate(spent: Client, path: str) -> None:
    assert spent.get(path).status_code != 503


def test_no_typed_word_is_ever_turned_away(spent: Client, alice: Reader) -> None:
    assert spent.post("/embed/daily", data=alice.form()).status_code == 303
    answer = spent.post("/embed/daily", data=alice.form(code="", text="My own words"))
    assert answer.status_code == 422
    assert "My own words" in answer.text


def test_a_page_that_is_turned_away_can_be_read_in_a_frame_and_comes_again_by_itself(spent: Client) -> None:
    answer = spent.get(FORM, headers={"Accept-Language": "ar"})
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert 'lang="ar" dir="rtl"' in answer.text
    again = re.search(r'<meta http-equiv="refresh" content="(\d+)">', answer.text)
    assert again is not None
    assert again[1] == answer.headers["Retry-After"]
    assert "<script" not in answer.text
    assert "<form" not in answer.text
    assert 'lang="en"' in spent.get(f"{FORM}&lang=en", headers={"Accept-Language": "ar"}).text


def test_a_crowd_that_is_turned_away_does_not_come_back_as_one(spent: Client) -> None:
    assert len({spent.get(FORM).headers["Retry-After"] for _ in range(12)}) > 1


def test_a_code_that_is_turned_away_says_so_in_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = turning_away(app, monkeypatch, 503).get(CODE)
    much = turning_away(app, monkeypatch, 429).get(CODE)
    assert (busy.content_type, busy.status_code, much.status_code) == ("text/plain; charset=utf-8", 503, 429)
    assert busy.text == "We are busy just now. Please try again in a moment."
    assert much.text == "Your network has asked for very much just now. Please try again in a moment."


def test_codes_beyond_the_budget_are_refused_to_who_wants_them_all_and_drawn_for_the_others(
    client: redis.Redis, clock: servers.FakeClock
) -> None:
    parts = parts_on(client, clock, codes_percent=1)
    site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    app = create_app(parts)
    reader = Reader(web=app.test_client(use_cookies=False), service=parts.service, site=site)

    def drawn(address: str) -> TestResponse:
        path = f"/challenges/{reader.ticket()}.webp"
        return app.test_client().get(path, environ_overrides={"REMOTE_ADDR": address})

    refused = drawn("192.0.2.66")
    for _ in range(2_000):
        if refused.status_code == 200:
            refused = drawn("192.0.2.66")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert drawn("192.0.2.1").status_code == 200
    assert reader.opens().status_code == 200


def test_a_form_says_what_to_do_when_its_picture_does_not_come(alice: Reader) -> None:
    assert "No picture? Ask for a new code in a moment; what you typed stays." in alice.opens().text
