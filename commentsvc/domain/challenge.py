"""One confirmation code: a signed ticket, and the answer that only this installation can derive from it.

A ticket is `base64url(version 1 | expires_ms 6 | nonce 12 | binding 8 | mac 16)`, 43 bytes, 58 characters. `binding`
is a digest of the site and thread, so a ticket of one thread is worth nothing in another; the answer is a keyed hash of
the ticket's signed part. Nothing is stored until a ticket is used.
"""

import base64
import binascii
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from commentsvc.domain.refusal import Code

ALPHABET = "234679FHKMRTUWXY"
"""Sixteen characters that neither look nor sound alike; sixteen, so that four bits of hash are one, without bias."""

LENGTH = 5
TICKET_MAX = 80
NONCE_BYTES = 12
_VERSION = 1
_BODY = 1 + 6 + NONCE_BYTES + 8
_MAC = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A ticket whose signature holds. `nonce` (24 hex digits) names its one use; `seed` is private."""

    text: str
    nonce: str
    expires_ms: int
    binding: bytes
    answer: str
    seed: bytes

    def expired(self, now_ms: int) -> bool:
        """Whether the ticket is past its time."""
        return now_ms >= self.expires_ms


def new_ticket(secret: str, *, site: str, thread: str, expires_ms: int, nonce: bytes) -> str:
    """A signed ticket for one form of one thread; `nonce` is 12 random bytes."""
    body = bytes([_VERSION]) + expires_ms.to_bytes(6, "big") + nonce + _binding(site, thread)
    return base64.urlsafe_b64encode(body + _keyed(secret, b"ticket", body)[:_MAC]).decode().rstrip("=")


def read_ticket(secrets: Sequence[str], text: str) -> Ticket | None:
    """The ticket that `text` is, if any of `secrets` signed it; None for everything else, forged or garbled."""
    if len(text) > TICKET_MAX or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _BODY + _MAC or raw[0] != _VERSION:
        return None
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        return None  # one ticket has one spelling: spare bits in the last character must not make a second
    body, mac = raw[:_BODY], raw[_BODY:]
    for secret in secrets:
        if hmac.compare_digest(_keyed(secret, b"ticket", body)[:_MAC], mac):
            return _ticket(secret, text, body)
    return None


def bound_to(ticket: Ticket, *, site: str, thread: str) -> bool:
    """Whether the ticket was made for this thread of this site."""
    return hmac.compare_digest(ticket.binding, _binding(site, thread))


def judge(ticket: Ticket, typed: str) -> bool:
    """Whether `typed` is the ticket's answer, in constant time; case and spaces are forgiven."""
    return hmac.compare_digest(ticket.answer.encode(), folded(typed).encode("utf-8", "replace"))


def folded(typed: str) -> str:
    """What was typed, as it is compared: upper case, without spaces and hyphens, any script's digits as 0–9.

    Full-width letters of an East Asian keyboard count; look-alikes of other scripts (a Cyrillic К) do not.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFKC", typed[:40]).upper():
        if character.isspace() or character == "-":
            continue
        digit = unicodedata.decimal(character, None)
        kept.append(character if digit is None else str(digit))
    return "".join(kept)


def state(ticket: Ticket | None, *, site: str, thread: str, now_ms: int) -> Code | None:
    """Why the ticket cannot be used here, or None if it can (its one use is the store's to record)."""
    if ticket is None or not bound_to(ticket, site=site, thread=thread):
        return Code.INVALID_CHALLENGE
    return Code.EXPIRED_CODE if ticket.expired(now_ms) else None


def _ticket(secret: str, text: str, body: bytes) -> Ticket:
    digest = _keyed(secret, b"answer", body)
    return Ticket(
        text=text,
        nonce=body[7 : 7 + NONCE_BYTES].hex(),
        expires_ms=int.from_bytes(body[1:7], "big"),
        binding=body[7 + NONCE_BYTES : _BODY],
        answer="".join(ALPHABET[byte & 15] for byte in digest[:LENGTH]),
        seed=_keyed(secret, b"picture", body),
    )


def _binding(site: str, thread: str) -> bytes:
    return hashlib.sha256(f"{site}\n{thread}".encode()).digest()[:8]


def _keyed(secret: str, purpose: bytes, body: bytes) -> bytes:
    return hmac.digest(secret.encode(), purpose + b"\n" + body, "sha256")
