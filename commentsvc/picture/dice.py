"""Seeded dice in the place where the captcha package rolls unseeded ones."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import captcha.audio
import captcha.image

Item = TypeVar("Item")

_BLOCK_WORDS = 128
_BLOCK = struct.Struct(f"<{_BLOCK_WORDS}Q")


def _words(seed: bytes) -> Iterator[int]:
    """Return an endless run of 64-bit numbers that depends on `seed` alone.

    SHAKE-256 in counter mode: what it yields is fixed by a standard (FIPS 202), not by a Python version, and one
    picture does not tell the dice of another.
    """
    block = 0
    while True:
        yield from _BLOCK.unpack(hashlib.shake_256(block.to_bytes(8, "little") + seed).digest(_BLOCK.size))
        block += 1


_rolling: ContextVar[Iterator[int]] = ContextVar("commentsvc.picture.dice")


class Dice:
    """The part of the `secrets` module that the captcha package uses, rolled from the seed of the current thread.

    Outside `seeded` every roll raises LookupError: a picture that nobody could draw again must not be drawn at all.
    """

    def randbits(self, bits: int) -> int:
        """Return a number of at most `bits` (≤ 64) bits."""
        return next(_rolling.get()) >> (64 - bits)

    def randbelow(self, limit: int) -> int:
        """Return a number in `[0, limit)`; no bias that a picture could show."""
        return next(_rolling.get()) % limit

    def choice(self, items: Sequence[Item]) -> Item:
        """Return one of `items`."""
        return items[self.randbelow(len(items))]

    def between(self, low: float, high: float) -> float:
        """Return a fraction in `[low, high)`."""
        return low + self.randbits(32) / 2**32 * (high - low)

    def noise(self, length: int) -> bytes:
        """Return `length` random bytes at the price of one roll."""
        return hashlib.shake_256(next(_rolling.get()).to_bytes(8, "little")).digest(length)


DICE = Dice()

# The trap: the package rolls with the `secrets` module, which cannot be seeded, so two requests for one ticket would
# get two pictures (many views of one code are a gift to a robot, and nothing could be cached). Its modules look
# `secrets` up by name at each roll: putting other dice under that name is the only seam it leaves. The name is
# shared by all threads, so it is set once, here, and the seed lives in a context variable, of which each thread has
# its own; swapping the module around each call would let two threads roll each other's dice.
captcha.image.secrets = DICE  # type: ignore[assignment, attr-defined]  # it offers no other way in
captcha.audio.secrets = DICE  # type: ignore[assignment, attr-defined]


@contextmanager
def seeded(seed: bytes) -> Iterator[Dice]:
    """Yield the dice; until the block ends, all rolls of this thread follow from `seed`."""
    token = _rolling.set(_words(seed))
    try:
        yield DICE
    finally:
        _rolling.reset(token)
