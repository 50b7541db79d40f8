"""Small secrets that lie in the store sealed, so that a copy of the store alone opens none of them.

A secret of up to 32 bytes is XORed with HMAC-SHA-256 of a nonce under the installation's own secret, a pad that is used
once. The pad hides; it does not prove: whoever can write to the store is not kept from anything by this.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

NONCE_BYTES = 16
LONGEST = 32


def sealed(secret: bytes, keys: Sequence[str]) -> str:
    """The secret under the first of the installation's `keys`, as text."""
    if len(secret) > LONGEST:
        raise ValueError(f"more than {LONGEST} bytes cannot be sealed")
    nonce = secrets.token_bytes(NONCE_BYTES)
    return f"{_name(keys[0])}.{nonce.hex()}.{_mixed(secret, keys[0], nonce).hex()}"


def opened(text: str, keys: Sequence[str]) -> bytes | None:
    """The secret, if one of these keys sealed it; None when that key is gone."""
    name, nonce, hidden = text.split(".")
    key = next((key for key in keys if hmac.compare_digest(_name(key), name)), None)
    return None if key is None else _mixed(bytes.fromhex(hidden), key, bytes.fromhex(nonce))


def is_fresh(text: str, keys: Sequence[str]) -> bool:
    """Whether the first of these keys sealed it: after a rotation, it is time to seal it again."""
    return text.partition(".")[0] == _name(keys[0])


def _name(key: str) -> str:
    return hmac.digest(key.encode(), b"the name of this key", hashlib.sha256).hex()[:12]


def _mixed(text: bytes, key: str, nonce: bytes) -> bytes:
    pad = hmac.digest(key.encode(), b"a seal" + nonce, hashlib.sha256)
    return bytes(a ^ b for a, b in zip(text, pad, strict=False))
