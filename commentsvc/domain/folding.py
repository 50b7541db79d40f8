"""Texts folded so that a word is found however it is written, with the way back to where it stands in the original.

Case, accents, vowel marks, full-width and other shapes of letters, invisible characters and elongations fall away;
digits and signs become the letters they stand for, and letters of one script posing as another's become those. A
word that is looked for is folded the same way, so only what both become has to be equal.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from commentsvc.domain import lookalikes
from commentsvc.domain.lookalikes import ARMENIAN, CYRILLIC, GREEK, LATIN

DOTLESS = "ı"

_TURKISH = re.compile("[ıİğĞşŞ]")
_SPACES = re.compile(r"\s")
_LONG = re.compile(r"(.)\1+", re.DOTALL)
_SIGNED = re.compile("(?<![a-z])[a-z]*[0-9@$!|€£][a-z0-9@$!|€£]*")
_SIGNED_CYRILLIC = re.compile("(?<![\u0400-\u052f])[\u0400-\u052f]*[0346@][\u0400-\u052f0346@]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    LATIN: re.compile("[a-z]"),
    CYRILLIC: re.compile("[\u0400-\u052f]"),
    GREEK: re.compile("[\u0370-\u03ff]"),
    ARMENIAN: re.compile("[\u0531-\u0587]"),
}
# Single letters with something between each two of them: "i d i o t", "i.d.i.o.t".
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){2,}[^\W_](?![^\W_])")
# Marks that a letter is the same letter without. Others, such as vowel signs of India, are letters of their own.
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE2F))
_VOWELS = ((0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x08CA, 0x08FF))
_KEPT = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One way to read a text: `text` is folded and has each run of equal letters once, `runs` says how long it was.

    `spaced` says that the letters stood apart in the original.
    """

    text: str
    runs: Sequence[int]
    firsts: Sequence[int]
    places: Sequence[int]
    original: str
    spaced: bool = False

    def start(self, at: int) -> int:
        """Where in the original a letter of `text` begins."""
        return self.places[self.firsts[at]]

    def end(self, at: int) -> int:
        """Where in the original a letter of `text` ends, with its elongation and the marks on it."""
        end = self.places[self.firsts[at] + self.runs[at] - 1] + 1
        while end < len(self.original) and not self.original[end].isascii() and _is_mark(self.original[end]):
            end += 1
        return end

    def accent(self, at: int) -> str:
        """What a letter of `text` has lost: its accents, or the dot that the Turkish ı never had."""
        return _accent(self.original[self.start(at)])


def fold(text: str) -> tuple[Line, ...]:
    """The ways to read a text: as it stands, and where a 1 may be an l, scripts are mixed or letters spaced out, so."""
    base, places, original = _letters(text)
    readings: list[str] = []
    for one in (base,) if base.isascii() else _of_one_script(base):
        readings.append(_read_signs(one, also_l=False))
        if "1" in one or "|" in one:
            readings.append(_read_signs(one, also_l=True))
    lines = [_line(read, places, original) for read in dict.fromkeys(readings)]
    for match in _SPACED.finditer(readings[0]):
        at = [i for i in range(match.start(), match.end()) if readings[0][i].isalnum()]
        joined = "".join([readings[0][i] for i in at])
        lines.append(_line(joined, [places[i] for i in at], original, spaced=True))
    return tuple(lines)


def plain(c: str) -> str:
    """What one character is read as by itself: no sign is taken for a letter, no letter for another script's."""
    if c in ("İ", DOTLESS):
        return "i"
    if c.isspace():
        return " "
    return "".join([_plain(part) for part in _taken_apart(c) if not _within(part, _ACCENTS) and not _is_unseen(part)])


def is_word_character(c: str) -> bool:
    """Whether a word goes on with this character of a folded text."""
    return c.isalnum() or unicodedata.category(c)[0] == "M"


def _letters(text: str) -> tuple[str, Sequence[int], str]:
    """The text in folded letters, where each stands, and the text that this is about."""
    if text.isascii():
        return _SPACES.sub(" ", text.lower()), range(len(text)), text
    if _TURKISH.search(text):
        text = text.replace("I", DOTLESS)
    if len(_folded) > _KEPT:
        _folded.clear()
    letters = [_folded[c] for c in text]
    base = "".join(letters)
    if len(base) == len(text) and all(letters):
        return base, range(len(text)), text
    return base, [at for at, folded in enumerate(letters) for _ in folded], text


class _Folded(dict[str, str]):
    """What each character is read as: letters, usually one; nothing for what is not seen."""

    def __missing__(self, c: str) -> str:
        self[c] = read = plain(c)
        return read


_folded = _Folded()


@lru_cache(maxsize=4096)
def _accent(c: str) -> str:
    if c == DOTLESS or c in lookalikes.AS_PLAIN_LATIN:
        return c.casefold()
    return "" if c == "İ" else "".join([part for part in _taken_apart(c) if _within(part, _ACCENTS)])


def _taken_apart(c: str) -> str:
    apart = unicodedata.normalize("NFKD", c)
    if "\u1100" <= apart[0] <= "\u11ff":  # a Korean syllable is a sign, its parts are not letters that are typed
        return unicodedata.normalize("NFKC", c)
    return unicodedata.normalize("NFKD", apart.casefold())


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    decimal = unicodedata.decimal(letter, None)
    if decimal is not None:
        return str(decimal)
    plain = lookalikes.AS_PLAIN_LATIN.get(letter, lookalikes.AS_ARABIC.get(letter))
    return (lookalikes.squared_letter(letter) or letter) if plain is None else plain


def _is_unseen(c: str) -> bool:
    return c in lookalikes.INVISIBLE or _within(c, _VOWELS) or unicodedata.category(c) in ("Cf", "Cc")


def _is_mark(c: str) -> bool:
    return unicodedata.category(c) in ("Mn", "Me")


def _within(c: str, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= ord(c) <= last for first, last in ranges)


def _of_one_script(base: str) -> tuple[str, ...]:
    """The text with look-alikes in the script they pose for: first as the whole text suggests, then otherwise."""
    counts = {script: len(pattern.findall(base)) for script, pattern in _SCRIPTS.items()}
    if sum(count > 0 for count in counts.values()) < 2:
        return (base,)
    main = max(counts, key=lambda script: counts[script])
    first = _LETTERS.sub(lambda match: _in_one_script(match[0], main)[0], base)
    other = _LETTERS.sub(lambda match: _in_one_script(match[0], main)[-1], base)
    return (first, other) if first != other else (first,)


@lru_cache(maxsize=4096)
def _in_one_script(word: str, main: str) -> tuple[str, ...]:
    """How a word may be read, the likeliest first; itself where its letters are of one script."""
    counts = {script: len(pattern.findall(word)) for script, pattern in _SCRIPTS.items()}
    present = [script for script, count in counts.items() if count]
    if not present or present == [main] or sum(counts.values()) < len(word):
        return (word,)
    if len(present) == 1:  # a whole word of another script: only where the text's own can stand for all of it
        return ((_read_in(word, LATIN) if main == LATIN else "") or word, word)
    likeliest = sorted(present, key=lambda script: (script == main, counts[script]), reverse=True)
    return tuple(read for script in likeliest if (read := _read_in(word, script))) or (word,)


def _read_in(word: str, script: str) -> str:
    """The word in this script, or nothing if one of its letters looks like none of it."""
    own = _SCRIPTS[script]
    others = [lookalikes.FROM_LATIN[script]] if script != LATIN else list(lookalikes.AS_LATIN.values())
    read: list[str] = []
    for c in word:
        stands_for = c if own.match(c) else next((table[c] for table in others if c in table), "")
        if not stands_for:
            return ""
        read.append(stands_for)
    return "".join(read)


def _read_signs(base: str, *, also_l: bool) -> str:
    """The text with digits and signs as the letters they stand for in words that have letters."""

    def in_latin(match: re.Match[str]) -> str:
        word = match[0]
        if not _SCRIPTS[LATIN].search(word):
            return word
        return "".join([_sign(word, at, also_l=also_l) for at in range(len(word))])

    def in_cyrillic(match: re.Match[str]) -> str:
        word = match[0]
        if not _SCRIPTS[CYRILLIC].search(word):
            return word
        return "".join([lookalikes.SIGNS_AS_CYRILLIC.get(c, c) for c in word])

    read = _SIGNED.sub(in_latin, base)
    return read if read.isascii() else _SIGNED_CYRILLIC.sub(in_cyrillic, read)


def _sign(word: str, at: int, *, also_l: bool) -> str:
    c, following = word[at], word[at + 1 : at + 2]
    if c in "!|€£" and not (following.isalnum() and (at or c in "€£")):
        return c  # an exclamation mark after a word is one
    if also_l and c in lookalikes.ALSO_L:
        return "l"
    return lookalikes.SIGNS_AS_LATIN.get(c, c)


def _line(base: str, places: Sequence[int], original: str, *, spaced: bool = False) -> Line:
    pieces: list[str] = []
    firsts: list[int] = []
    runs: list[int] = []
    done = 0
    for match in _LONG.finditer(base):
        first, last = match.span()
        pieces.append(base[done : first + 1])
        firsts += range(done, first + 1)
        runs += [1] * (first - done)
        runs.append(last - first)
        done = last
    pieces.append(base[done:])
    firsts += range(done, len(base))
    runs += [1] * (len(base) - done)
    text = "".join(pieces)
    return Line(text=text, runs=runs, firsts=firsts, places=places, original=original, spaced=spaced)
