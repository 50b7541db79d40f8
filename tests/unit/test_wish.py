"""What may become of an author's wish, whom an address belongs to, and which mail server is spoken to how."""

import pytest

from commentsvc.domain.relay import Relay, relay, sender
from commentsvc.domain.wish import CONFIRM_MS, About, State, Wish, asked, confirmed, ended, mailbox, person

OUTCOME, BOTH = frozenset({About.OUTCOME}), frozenset(About)


def new(now_ms: int = 0) -> Wish:
    wish = asked(None, OUTCOME, "a1", now_ms=now_ms)
    assert wish is not None
    return wish


def test_a_new_wish_waits_for_its_address() -> None:
    assert (new().state, new().may_confirm(CONFIRM_MS - 1), new().may_confirm(CONFIRM_MS)) == (State.ASKED, True, False)


def test_what_to_tell_can_be_changed_without_asking_the_address_again() -> None:
    again = asked(new(), BOTH, "a1", now_ms=5)
    assert again is not None
    assert (again.about, again.at_ms) == (BOTH, 0)
    yes = confirmed(again, None, now_ms=6)
    assert yes is not None
    none = asked(yes, frozenset(), "a1", now_ms=7)
    assert none is not None
    assert (none.state, none.about) == (State.CONFIRMED, frozenset())


@pytest.mark.parametrize("state", State)
def test_another_address_is_asked_anew_whatever_the_first_one_said(state: State) -> None:
    before = Wish(state=state, about=BOTH, address="a1", at_ms=0)
    after = asked(before, OUTCOME, "b2", now_ms=9)
    assert after == Wish(state=State.ASKED, about=OUTCOME, address="b2", at_ms=9)


def test_what_its_address_has_ended_begins_for_nobody() -> None:
    assert asked(ended(new()), BOTH, "a1", now_ms=1) is None
    assert confirmed(ended(new()), None, now_ms=1) is None


def test_a_link_that_is_too_old_is_asked_for_anew() -> None:
    assert confirmed(new(), None, now_ms=CONFIRM_MS) is None
    assert asked(new(), OUTCOME, "a1", now_ms=CONFIRM_MS) == new(CONFIRM_MS)


@pytest.mark.parametrize(
    ("email", "whose"),
    [
        ("Alice@Daily.example", "alice@daily.example"),
        ("alice+news@daily.example", "alice@daily.example"),
        ("+x@daily.example", "+x@daily.example"),
    ],
)
def test_an_address_is_somebodys_however_it_is_written(email: str, whose: str) -> None:
    assert person(email) == whose


def test_a_letter_goes_where_every_server_can_bring_it() -> None:
    assert mailbox("alice@bücher.example") == "alice@xn--bcher-kva.example"
    assert mailbox("zoë@daily.example") is None
    assert mailbox("a@b\r\nBcc: c@daily.example") is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtps://m.example", Relay(scheme="smtps", host="m.example", port=465)),
        ("smtp://u:p%40s@m.example", Relay(scheme="smtp", host="m.example", port=587, user="u", password="p@s")),
        ("smtp+plain://[::1]:2525/", Relay(scheme="smtp+plain", host="::1", port=2525)),
        *((url, None) for url in ("smtp://", "http://m.example", "smtp://u@m.example", "smtp://m.example/x")),
        *((url, None) for url in ("smtp+plain://u:p@m.example", "smtp://m.example:0", "smtp://m.example:x")),
        *((url, None) for url in ("smtp://u:%0d%0aQUIT@m.example", "smtp://m exa.mple", "")),
    ],
)
def test_a_mail_server_is_told_by_its_url_and_no_password_goes_without_tls(url: str, found: Relay | None) -> None:
    assert relay(url) == found
    assert "p@s" not in repr(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("c@daily.example", ("", "c@daily.example")),
        ("Daily, the <c@daily.example>", None),
        ('"Daily, the" <c@daily.example>', ("Daily, the", "c@daily.example")),
        ("اليومية <c@daily.example>", ("اليومية", "c@daily.example")),
        *((text, None) for text in ("", "Daily", "c@", "c@daily.example\r\nBcc: x@daily.example")),
    ],
)
def test_letters_are_from_one_address(text: str, found: tuple[str, str] | None) -> None:
    assert sender(text) == found
