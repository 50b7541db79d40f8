"""Where comments that say nearly the same find each other: marks made of their bands, in a bounded number of buckets.

A key for each band would cost 900 bytes a comment; a mark among others of its bucket costs 25. A bucket keeps the
newest 64 (`submit.lua`), so a partition remembers some 260,000 marks, at five a comment the last 50,000 comments of a
week.
"""

from collections.abc import Sequence
from hashlib import blake2b

MARK_BYTES = 3
KEPT_MS = 7 * 24 * 3_600_000
"""What was said longer ago is no repeat."""


def marks(bands: Sequence[str]) -> list[tuple[str, bytes]]:
    """The bucket (one of 4,096) and the mark of each band."""
    digests = [blake2b(band.encode(), digest_size=2 + MARK_BYTES).digest() for band in bands]
    return [(digest[:2].hex()[:3], digest[2:]) for digest in digests]
