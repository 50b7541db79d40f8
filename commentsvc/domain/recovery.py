"""Recovery codes: ten on paper, each good once, for the day on which the phone is gone.

80 random bits each, so that what is stored of them, a plain SHA-256, cannot be searched.
"""

import hashlib
import secrets

from commentsvc.domain.ids import CROCKFORD

HOW_MANY = 10
LENGTH = 16
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "_": "", ".": ""})


def new_codes() -> tuple[str, ...]:
    """Ten new codes such as `7k2m-94pq-x0ab-c3de`."""
    return tuple(_new() for _ in range(HOW_MANY))


def as_code(typed: str) -> str:
    """What was typed in the one form that is hashed, '' when it is no recovery code; case and dashes are forgiven."""
    text = "".join(typed[:60].upper().split()).translate(_FORGIVEN)
    return text if len(text) == LENGTH and not text.strip(CROCKFORD) else ""


def hashed(code: str) -> str:
    """What is stored of a code."""
    return hashlib.sha256(as_code(code).encode()).hexdigest()


def _new() -> str:
    text = "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH)).lower()
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))
