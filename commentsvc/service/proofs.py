"""What makes a private link private: 130 bits of keyed hash, derived and not stored."""

import hmac
from collections.abc import Sequence

from commentsvc.domain.ids import encode


class Proofs:
    """The proofs of one purpose: one for receipts opens nothing else. The first secret proves, all of them hold."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        self._secrets = tuple(secrets)
        self._purpose = purpose.encode() + b"\n"

    def of(self, what: str) -> str:
        """The proof of `what`, 26 characters; the same every time."""
        return self._made(self._secrets[0], what)

    def hold(self, what: str, sent: str) -> bool:
        """Whether `sent` is a proof of `what`, in a time that does not tell how much of it is right."""
        given = sent.encode("utf-8", "replace")
        return any(hmac.compare_digest(self._made(secret, what).encode(), given) for secret in self._secrets)

    def _made(self, secret: str, what: str) -> str:
        digest = hmac.digest(secret.encode(), self._purpose + what.encode(), "sha256")
        return encode(int.from_bytes(digest[:17], "big") >> 6)
