"""Moderators sign in, stay signed in by the clock, and are out at once; an attacker cannot shut their door."""

from dataclasses import replace

import pytest

from commentsvc.domain.moderator import RIGHTS, Moderator, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import Service
from commentsvc.service.moderators import BadPerson, Moderators
from commentsvc.service.sign_ins import HOUR_MS, SignedIn, SignIns
from commentsvc.service.tries import TRIES_ACCOUNT, TRIES_NETWORK, TRIES_PAIR
from commentsvc.store import keys
from commentsvc.store.people import People
from commentsvc.store.sessions import Session, Sessions
from tests.store.people import MO, Newsroom, everything

PASSWORD = "correct horse battery"
OFFICE, HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1", "203.0.113.1"
REFUSED = Refused(code=Code.SIGN_IN_FAILED)


@pytest.fixture
def sign_ins(daily: Newsroom) -> SignIns:
    """The Daily's door; Mo has a key."""
    service = daily.under().service
    service.moderators.add(id="mo", name="Mo", password=PASSWORD, role=Role.MODERATOR, sites=["daily"])
    return service.sign_ins


@pytest.fixture
def moderators(sign_ins: SignIns, daily: Newsroom) -> Moderators:
    """The Daily's people: Mo."""
    return daily.under().service.moderators


def service(daily: Newsroom) -> Service:
    return daily.under().service


def entered(sign_ins: SignIns, *, network: str = OFFICE, name: str = "mo") -> SignedIn:
    found = sign_ins.sign_in(name, PASSWORD, network=network)
    assert isinstance(found, SignedIn), found
    return found


def attacked(sign_ins: SignIns, times: int, *, network: str, name: str = "mo") -> None:
    for number in range(times):
        assert sign_ins.sign_in(name, f"guess {number}", network=network) == REFUSED


def test_the_right_password_opens_a_session(sign_ins: SignIns) -> None:
    session = entered(sign_ins)
    assert (session.moderator.id, session.moderator.name) == ("mo", "Mo")
    found = sign_ins.signed_in(session.cookie)
    assert found == session.moderator
    assert found.actor == replace(MO, rights=RIGHTS[Role.MODERATOR])


def test_names_are_typed_in_any_case(sign_ins: SignIns) -> None:
    assert entered(sign_ins, name=" MO ").moderator.id == "mo"


@pytest.mark.parametrize("name", ["mo", "max", "", "mo\0", "m*", "x" * 10_000, "\ud800", "mo:sessions", "{m.mo}"])
@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 10_000, "\ud800"])
def test_everything_else_gets_one_and_the_same_refusal(sign_ins: SignIns, name: str, password: str) -> None:
    assert sign_ins.sign_in(name, password, network=OFFICE) == REFUSED


def test_neither_password_nor_session_is_in_the_store(sign_ins: SignIns, daily: Newsroom) -> None:
    cookie = entered(sign_ins).cookie
    store = repr(everything(daily.client))
    assert PASSWORD not in store
    assert cookie.partition(".")[2] not in store
    assert OFFICE not in store
    assert "$argon2id$" in store


def test_a_forged_cookie_is_nobody(sign_ins: SignIns) -> None:
    cookie = entered(sign_ins).cookie
    secret = cookie.partition(".")[2]
    assert len(secret) >= 43
    for forged in ("", ".", "mo", "mo.", f".{secret}", f"max.{secret}", cookie + "x", cookie[:-1], "\ud800.\ud800"):
        assert sign_ins.signed_in(forged) is None


def test_an_idle_session_ends_and_a_used_one_goes_on(sign_ins: SignIns, daily: Newsroom) -> None:
    used, idle = entered(sign_ins).cookie, entered(sign_ins).cookie
    for _ in range(4):
        daily.clock.advance(ms=11 * HOUR_MS)
        assert sign_ins.signed_in(used)
    assert sign_ins.signed_in(idle) is None
    daily.clock.advance(ms=12 * HOUR_MS)
    assert sign_ins.signed_in(used) is None


def test_no_session_lives_longer_than_a_week_however_busy(sign_ins: SignIns, daily: Newsroom) -> None:
    cookie = entered(sign_ins).cookie
    for _ in range(7 * 24 - 1):
        daily.clock.advance(ms=HOUR_MS)
        assert sign_ins.signed_in(cookie)
    daily.clock.advance(ms=HOUR_MS)
    assert sign_ins.signed_in(cookie) is None


def test_a_session_that_is_used_all_the_time_is_not_written_all_the_time(sign_ins: SignIns, daily: Newsroom) -> None:
    cookie = entered(sign_ins).cookie
    before = everything(daily.client)
    daily.clock.advance(ms=4 * 60_000)
    assert sign_ins.signed_in(cookie)
    assert everything(daily.client) == before
    daily.clock.advance(ms=2 * 60_000)
    assert sign_ins.signed_in(cookie)
    assert everything(daily.client) != before


def test_signing_out_ends_this_session_only(sign_ins: SignIns) -> None:
    office, home = entered(sign_ins).cookie, entered(sign_ins, network=HOME).cookie
    sign_ins.sign_out(office)
    assert sign_ins.signed_in(office) is None
    assert sign_ins.signed_in(home)
    sign_ins.sign_out("nobody.at.all")
    sign_ins.sign_out("")


def test_a_disabled_moderator_is_out_everywhere_at_once_and_stays_out(
    sign_ins: SignIns, moderators: Moderators
) -> None:
    cookies = [entered(sign_ins).cookie, entered(sign_ins, network=HOME).cookie]
    gone = moderators.disable("MO")
    assert gone.disabled
    assert [sign_ins.signed_in(cookie) for cookie in cookies] == [None, None]
    assert sign_ins.sign_in("mo", PASSWORD, network=OFFICE) == REFUSED
    assert [one.disabled for one in moderators.all()] == [True]


def test_a_page_that_comes_late_does_not_bring_an_ended_session_back(sign_ins: SignIns, daily: Newsroom) -> None:
    store = Sessions(daily.client)
    before, after = Session(expires_ms=10, idle_ms=5), Session(expires_ms=10, idle_ms=9)
    assert store.open("mo", "hash", before, now_ms=0)
    assert store.renew("mo", "hash", before, after)
    service(daily).moderators.disable("mo")
    assert not store.renew("mo", "hash", after, before)
    assert store.seat("mo", "hash") is None


def test_the_broom_takes_ended_sessions_only(sign_ins: SignIns, daily: Newsroom) -> None:
    entered(sign_ins)
    daily.clock.advance(ms=6 * HOUR_MS)
    young = entered(sign_ins).cookie
    daily.clock.advance(ms=6 * HOUR_MS)
    assert sign_ins.sweep() == 1
    assert sign_ins.sweep() == 0
    assert sign_ins.signed_in(young)


def test_guessing_from_one_place_is_stopped_there(sign_ins: SignIns) -> None:
    attacked(sign_ins, TRIES_PAIR, network=ELSEWHERE)
    assert sign_ins.sign_in("mo", PASSWORD, network=ELSEWHERE) == REFUSED
    entered(sign_ins, network=OFFICE)


def test_a_few_mistakes_are_forgotten_after_the_right_password(sign_ins: SignIns) -> None:
    for _ in range(3):
        attacked(sign_ins, TRIES_PAIR - 1, network=OFFICE)
        entered(sign_ins, network=OFFICE)


def test_wrong_passwords_from_a_place_the_owner_uses_do_not_shut_the_owner_out(sign_ins: SignIns) -> None:
    entered(sign_ins, network=OFFICE)
    attacked(sign_ins, TRIES_NETWORK - 1, network=OFFICE)
    entered(sign_ins, network=OFFICE)


def test_trying_many_names_from_one_place_is_stopped_there(sign_ins: SignIns) -> None:
    for number in range(TRIES_NETWORK):
        attacked(sign_ins, 1, network=ELSEWHERE, name=f"guess{number}")
    assert sign_ins.sign_in("mo", PASSWORD, network=ELSEWHERE) == REFUSED
    entered(sign_ins, network=OFFICE)


def test_an_attack_from_everywhere_shuts_out_strangers_and_not_who_was_here_before(sign_ins: SignIns) -> None:
    entered(sign_ins, network=OFFICE)
    for number in range(TRIES_ACCOUNT):
        attacked(sign_ins, 1, network=f"10.0.{number}.1")
    assert sign_ins.sign_in("mo", PASSWORD, network=ELSEWHERE) == REFUSED
    entered(sign_ins, network=OFFICE)


def test_a_network_is_remembered_for_ninety_days(sign_ins: SignIns, daily: Newsroom) -> None:
    entered(sign_ins, network=OFFICE)
    daily.clock.advance(ms=90 * 24 * HOUR_MS)
    for number in range(TRIES_ACCOUNT):
        attacked(sign_ins, 1, network=f"10.0.{number}.1")
    assert sign_ins.sign_in("mo", PASSWORD, network=OFFICE) == REFUSED


def test_tries_are_counted_for_a_while_only(sign_ins: SignIns, daily: Newsroom) -> None:
    attacked(sign_ins, 1, network=ELSEWHERE)
    counters = list(daily.client.scan_iter(match=keys.tries("*")))
    assert len(counters) == 3
    assert all(0 < int(daily.client.pttl(key)) <= 15 * 60_000 for key in counters)


def test_whoever_is_locked_out_does_not_cost_a_hash(sign_ins: SignIns, monkeypatch: pytest.MonkeyPatch) -> None:
    attacked(sign_ins, TRIES_PAIR, network=ELSEWHERE)
    monkeypatch.setattr(sign_ins._passwords, "matches", lambda *_: pytest.fail("a password was hashed"))
    assert sign_ins.sign_in("mo", PASSWORD, network=ELSEWHERE) == REFUSED


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"id": "mo"}, "already"),
        ({"id": "author"}, "sign-in name"),
        ({"id": "token:x"}, "sign-in name"),
        ({"id": "a|b"}, "sign-in name"),
        ({"id": ""}, "sign-in name"),
        ({"password": "too short"}, "10 to 200"),
        ({"password": "x" * 201}, "10 to 200"),
    ],
)
def test_who_cannot_be_a_moderator_is_told_why(
    moderators: Moderators, daily: Newsroom, asked: dict[str, str], words: str
) -> None:
    before = everything(daily.client)
    given = {"id": "max", "name": "", "password": PASSWORD, **asked}
    with pytest.raises(BadPerson, match=words):
        moderators.add(**given, role=Role.MODERATOR, sites=[])
    assert everything(daily.client) == before


def test_moderators_are_listed_by_name(moderators: Moderators) -> None:
    moderators.add(id="Ana@daily.example", name="", password=PASSWORD, role=Role.ADMIN, sites=[])
    assert [(one.id, one.name, one.role) for one in moderators.all()] == [
        ("ana@daily.example", "ana@daily.example", Role.ADMIN),
        ("mo", "Mo", Role.MODERATOR),
    ]
    with pytest.raises(BadPerson, match="no moderator 'nobody'"):
        moderators.disable("nobody")


def test_of_two_who_change_a_moderator_at_once_the_second_is_told(sign_ins: SignIns, daily: Newsroom) -> None:
    store = People(daily.client)
    before = store.moderator("mo")
    assert isinstance(before, Moderator)
    assert store.put_moderator(before, replace(before, name="First"))
    assert not store.put_moderator(before, replace(before, name="Second"))
    assert not store.put_moderator(None, before)
