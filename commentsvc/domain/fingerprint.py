"""Near-identical texts: a few short names under which they find each other, and how alike two of them are.

The names are bands of minhashes over pairs of words (Broder 1997), so texts that share most of their pairs share a band
with high probability, at a cost that does not depend on how many texts there are: half of them at a similarity of 0.4,
80 % at 0.6, 98 % at 0.8. Who finds a text by a band asks `similarity` before believing it.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection
from itertools import pairwise
from zlib import crc32

NEAR = 0.6
"""From this similarity on two texts are the same with changes."""

TEXT_BANDS = 4
HOST_BANDS = 2
ROWS = 2
CHARACTERS_MAX = 5_000

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
# Writings that put no space between words: each sign is a word there.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNDERSCORES = str.maketrans("_", " ")
# Points of the circle of 32-bit hashes, fixed for ever: the names in the store were made with them.
_POINTS = tuple(0x9E3779B9 * (2 * at + 1) & 0xFFFFFFFF for at in range(TEXT_BANDS * ROWS))


def bands(text: str, hosts: Collection[str] = ()) -> tuple[str, ...]:
    """At most six names of nine characters: texts that are near-identical share one, most others share none.

    `hosts` are those that its links lead to, without the site's own: texts that advertise the same place share a name
    for each of the first two.
    """
    circle = sorted(_pairs(text))
    # The first hash after a point is a minhash: it is the same in two texts as often as they share pairs.
    least = [circle[bisect_left(circle, point) % len(circle)] for point in _POINTS]
    of_text = (f"{at}{crc32(b'%d %d' % tuple(least[at * ROWS : at * ROWS + ROWS])):08x}" for at in range(TEXT_BANDS))
    of_hosts = (f"h{crc32(host.encode('utf-8', 'replace')):08x}" for host in sorted(set(hosts))[:HOST_BANDS])
    return (*of_text, *of_hosts)


def similarity(one: str, other: str) -> float:
    """How alike two texts are, from 0 to 1: their common pairs of words among all they have (Jaccard).

    Case, accents, numbers and punctuation do not count.
    """
    if one == other:
        return 1.0
    a, b = set(_pairs(one)), set(_pairs(other))
    return len(a & b) / len(a | b)


def _pairs(text: str) -> Collection[int]:
    """The pairs of neighbouring words as numbers; at least one."""
    words = _words(text[:CHARACTERS_MAX])
    if len(words) < 2:
        return {crc32(" ".join(words).encode("utf-8", "replace"))}
    # A word's hash is the seed of the next one's: no pair has to be written down.
    hashed = [word.encode("utf-8", "replace") for word in words]
    return {crc32(second, crc32(first)) for first, second in pairwise(hashed)}


def _words(text: str) -> list[str]:
    """The words of a text, folded; its signs where it has no words, such as a row of emoji."""
    folded = text.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join([c for c in decomposed if not unicodedata.combining(c)])
        folded = _UNSPACED.sub(r" \g<0> ", folded)
    words = _WORD.findall(_DIGITS.sub("0", folded.translate(_UNDERSCORES)))
    return words or folded.split()
