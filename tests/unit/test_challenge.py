"""The confirmation code: only this installation can make a ticket, and only its own thread can use it."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.challenge import (
    ALPHABET,
    LENGTH,
    NONCE_BYTES,
    TICKET_MAX,
    Ticket,
    bound_to,
    folded,
    judge,
    new_ticket,
    read_ticket,
    state,
)
from commentsvc.domain.refusal import Code

SECRET = "s" * 32
OLDER = "o" * 32
OTHER = "x" * 32
EXPIRES_MS = 1_772_362_800_000


def text(secret: str = SECRET, *, site: str = "daily", thread: str = "T1", nonce: bytes = b"n" * NONCE_BYTES) -> str:
    return new_ticket(secret, site=site, thread=thread, expires_ms=EXPIRES_MS, nonce=nonce)


def read(ticket: str, *secrets: str) -> Ticket:
    found = read_ticket(secrets or (SECRET,), ticket)
    assert found is not None
    return found


def test_a_ticket_says_when_it_ends_and_what_its_one_use_is_called() -> None:
    ticket = read(text(nonce=bytes(range(12))))
    assert ticket.expires_ms == EXPIRES_MS
    assert ticket.nonce == bytes(range(12)).hex()
    assert not ticket.expired(EXPIRES_MS - 1)
    assert ticket.expired(EXPIRES_MS)


def test_a_ticket_fits_into_a_url_as_it_is() -> None:
    assert set(text()) <= set(string.ascii_letters + string.digits + "-_")
    assert len(text()) == 58 <= TICKET_MAX


def test_the_answer_is_five_characters_that_cannot_be_confused() -> None:
    answers = [read(text(nonce=bytes([n] * 12))).answer for n in range(256)]
    assert all(len(answer) == LENGTH and set(answer) <= set(ALPHABET) for answer in answers)
    assert len(set(answers)) > 250
    assert set("".join(answers)) == set(ALPHABET)
    assert not set("0O1IL5S8B") & set(ALPHABET)


def test_the_answer_is_the_same_every_time_and_not_in_the_ticket() -> None:
    ticket = read(text())
    assert read(text()).answer == ticket.answer
    assert ticket.answer.encode() not in base64.urlsafe_b64decode(ticket.text + "==")
    assert ticket.answer not in ticket.text


def test_another_installations_ticket_is_worth_nothing() -> None:
    assert read_ticket([SECRET], text(OTHER)) is None


def test_a_rotated_secret_still_reads_the_tickets_it_signed_with_their_old_answers() -> None:
    old = read(text(OLDER), OLDER)
    assert read(text(OLDER), SECRET, OLDER) == old
    assert read_ticket([SECRET], text(OLDER)) is None


def test_every_forged_bit_is_noticed() -> None:
    raw = base64.urlsafe_b64decode(text() + "==")
    for at in range(len(raw) * 8):
        forged = bytearray(raw)
        forged[at // 8] ^= 1 << at % 8
        assert read_ticket([SECRET], base64.urlsafe_b64encode(bytes(forged)).decode().rstrip("=")) is None


def test_a_ticket_has_one_spelling_so_its_one_use_cannot_be_doubled() -> None:
    ticket = text()
    alphabet = string.ascii_letters + string.digits + "-_"
    spellings = [ticket[:-1] + last for last in alphabet if last != ticket[-1]]
    spellings += [ticket + "=", ticket + "==", ticket + "\n", " " + ticket, ticket + " ", ticket + "A"]
    spellings += [ticket.replace("-", "+").replace("_", "/")] if set(ticket) & set("-_") else []
    assert [spelling for spelling in spellings if read_ticket([SECRET], spelling)] == []


@pytest.mark.parametrize("nonce", [b"\xff" * 12, b"\xfb\xef\xbe" * 4])
def test_the_other_base64_alphabet_is_no_second_spelling(nonce: bytes) -> None:
    ticket = text(nonce=nonce)
    assert set(ticket) & set("-_")
    assert read_ticket([SECRET], ticket.replace("-", "+").replace("_", "/")) is None


@given(st.text(max_size=100) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_garbage_is_no_ticket_and_no_fault(garbage: str) -> None:
    assert read_ticket([SECRET, OLDER], garbage) is None


def test_a_ticket_belongs_to_one_thread_of_one_site() -> None:
    ticket = read(text())
    assert bound_to(ticket, site="daily", thread="T1")
    assert not bound_to(ticket, site="daily", thread="T2")
    assert not bound_to(ticket, site="weekly", thread="T1")


def test_why_a_ticket_cannot_be_used() -> None:
    ticket = read(text())
    before, after = EXPIRES_MS - 1, EXPIRES_MS
    assert state(ticket, site="daily", thread="T1", now_ms=before) is None
    assert state(ticket, site="daily", thread="T1", now_ms=after) is Code.EXPIRED_CODE
    assert state(ticket, site="daily", thread="T2", now_ms=before) is Code.INVALID_CHALLENGE
    # An expired ticket of another thread tells no more than a forged one.
    assert state(ticket, site="daily", thread="T2", now_ms=after) is Code.INVALID_CHALLENGE
    assert state(None, site="daily", thread="T1", now_ms=before) is Code.INVALID_CHALLENGE


def test_case_spaces_and_hyphens_are_forgiven() -> None:
    ticket = read(text())
    right = ticket.answer
    spaced = " ".join(right)
    for typed in (right, right.lower(), f" {right}\n", spaced, f"{right[:2]}-{right[2:]}", "\u00a0" + spaced.lower()):
        assert judge(ticket, typed), typed


def test_an_east_asian_keyboard_can_type_the_code() -> None:
    ticket = read(text())
    wide = "".join(chr(ord(character) + 0xFEE0) for character in ticket.answer)
    assert judge(ticket, wide)


def test_everything_else_is_wrong_and_no_fault() -> None:
    ticket = read(text())
    right = ticket.answer
    for typed in ("", right[:-1], right + right[-1], right + "\0", right + "'--", "*", "?????", "\ud800", right * 20):
        assert not judge(ticket, typed), ascii(typed)


@given(st.text(max_size=60))
def test_a_guess_is_judged_by_what_it_folds_to(typed: str) -> None:
    ticket = read(text())
    assert judge(ticket, typed) == (folded(typed) == ticket.answer)


FOLDED = [
    ("K7PX", "K7PX", True),
    ("k 7 p x", "K7PX", True),
    ("\u06f4\u06f0\u06f7\u06f1\u06f8", "40718", True),
    ("\u0664\u0660\u0667\u0661\u0668", "40718", True),
    ("\u041a7\u0420X", "K7PX", False),
    ("%4B7PX", "K7PX", False),
    ("K7P?", "K7PX", False),
    ("four zero seven one eight", "40718", False),
]


@pytest.mark.parametrize(("typed", "expected", "same"), FOLDED)
def test_any_scripts_digits_count_and_look_alike_letters_do_not(typed: str, expected: str, same: bool) -> None:
    assert (folded(typed) == folded(expected)) is same
