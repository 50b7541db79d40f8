"""An author without an account: a key, what it was made of, and what moderators have laid on it."""

import re
from dataclasses import dataclass
from enum import StrEnum

AUTHOR_KEY = re.compile(r"[en][0-9a-f]{20}", re.ASCII)
HOUR_MS = 3_600_000
RESTRICTED_MAX_MS = 30 * 24 * HOUR_MS


class KeyKind(StrEnum):
    """What an author's key was made of. One network is perhaps many people: a school, a mobile carrier."""

    EMAIL = "email"
    NETWORK = "network"


def kind_of(author_key: str) -> KeyKind:
    """What this key was made of."""
    return KeyKind.EMAIL if author_key.startswith("e") else KeyKind.NETWORK


@dataclass(frozen=True, kw_only=True, slots=True)
class Restriction:
    """What is laid on an author: no comments until a time, or with `until_ms` 0 every comment held, without an end."""

    until_ms: int = 0

    @property
    def holds(self) -> bool:
        """Whether comments are taken, and all held."""
        return self.until_ms == 0

    def in_force(self, now_ms: int) -> bool:
        """Whether it has not ended."""
        return self.holds or now_ms < self.until_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What a moderator wrote down about an author, for colleagues."""

    id: str
    by: str
    at_ms: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Imposed:
    """Who laid what on an author, and why; with no `restriction` it was lifted."""

    id: str
    author: str
    by: str
    at_ms: int
    restriction: Restriction | None
    note: str = ""
