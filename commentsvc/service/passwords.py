"""Passwords as argon2id."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from commentsvc.domain.moderator import PASSWORD_MAX, PASSWORD_MIN
from commentsvc.domain.refusal import Code


class Passwords:
    """Hashed, and compared in a time that does not tell whether there was anything to compare with."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    def hashed(self, password: str) -> str:
        """What is stored of a password that was judged."""
        return self._hasher.hash(password)

    def matches(self, password_hash: str, password: str) -> bool:
        """Whether this is the password; '' is nobody's."""
        try:
            return self._hasher.verify(password_hash or _nobodys_hash(), password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False


def wrong_with(password: str) -> Code | None:
    """Why this cannot be a password, or None."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return Code.TOO_LONG if len(password) > PASSWORD_MAX else Code.TOO_SHORT
    return None


@cache
def _nobodys_hash() -> str:
    """What an unknown name's password is compared with, so that it takes as long as a known one's."""
    return PasswordHasher().hash(secrets.token_hex(16))
