"""Codes of six digits that an authenticator app shows for half a minute each (RFC 6238, with SHA-1 as apps have it)."""

import base64
import hashlib
import hmac
import struct
import unicodedata
from urllib.parse import quote

SECRET_BYTES = 20
STEP_MS = 30_000
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be early or late."""


def code_at(secret: bytes, step: int) -> str:
    """The code of one step."""
    digest = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    at = digest[-1] & 15
    number: int = struct.unpack_from(">I", digest, at)[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_at(now_ms: int) -> int:
    """The step that a moment lies in."""
    return now_ms // STEP_MS


def matching_step(secret: bytes, typed: str, *, now_ms: int) -> int | None:
    """The step whose code was typed, None for none of those around now; whether it was used is not known here."""
    code, now = as_digits(typed), step_at(now_ms)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        # All are compared, so that the time it takes does not tell which one it was.
        if hmac.compare_digest(code_at(secret, step), code):
            found = step
    return found


def as_digits(typed: str) -> str:
    """What was typed in ASCII digits, whatever digits the keyboard has; '' when it is no code."""
    digits = [unicodedata.digit(c, -1) for c in typed[:40] if not c.isspace()]
    return "".join(map(str, digits)) if len(digits) == DIGITS and min(digits) >= 0 else ""


def spelt(secret: bytes) -> str:
    """The secret for who types it into the app: groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """The `otpauth:` address that a QR code brings into the app."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={spelt(secret).replace(' ', '')}&issuer={quote(issuer, safe='')}"
