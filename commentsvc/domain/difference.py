"""What is not the same in two texts, word by word: for people who have to judge a change."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS_MAX = 1_500
"""Words and gaps of one text, past what both begin and end with; longer ones are compared line by line."""

# Of scripts without spaces each letter is a word.
_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]|\w+|\s+|.", re.DOTALL
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of the newer text from `start` to `end`, before it what the older one had there and this has not.

    `added`: the older text does not have it.
    """

    removed: str
    start: int
    end: int
    added: bool


def pieces(old: str, new: str) -> Iterator[Piece]:
    """The newer text in pieces; what is joined is the newer text, without what was added the older one's words."""
    words = _WORD.findall(old), _WORD.findall(new)
    before, after = _alike_at_ends(*words)
    middles = [side[before : len(side) - after] for side in words]
    if max(map(len, middles)) > WORDS_MAX:
        middles = [_LINE.findall("".join(middle)) for middle in middles]
    at = sum(map(len, words[1][:before]))
    if at:
        yield Piece(removed="", start=0, end=at, added=False)
    for removed, kept, came in _steps(*middles):
        length = len("".join(came))
        yield Piece(removed="".join(removed), start=at, end=at + length, added=not kept)
        at += length
    if at < len(new):
        yield Piece(removed="", start=at, end=len(new), added=False)


def _alike_at_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many words both have at their beginning, and at their end beside those."""
    longest = min(len(old), len(new))
    before = next((at for at in range(longest) if old[at] != new[at]), longest)
    after = next((at for at in range(longest - before) if old[-1 - at] != new[-1 - at]), longest - before)
    return before, after


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], bool, Sequence[str]]]:
    """What went, whether what stands there was there before, and that."""
    if max(len(old), len(new)) > WORDS_MAX:
        yield old, False, new
        return
    gone: list[str] = []
    come: list[str] = []
    # A single gap between two changes is part of them: nobody reads word by word what is new as a whole.
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal" and (d == len(new) or "".join(new[c:d]).strip() or not (gone or come)):
            if gone or come:
                yield gone, False, come
                gone, come = [], []
            yield [], True, new[c:d]
        else:
            gone += old[a:b]
            come += new[c:d]
    if gone or come:
        yield gone, False, come
