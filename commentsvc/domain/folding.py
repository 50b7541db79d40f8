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
from commentsvc.domain.lookalikes import CYRILLIC, GREEK, LATIN

DOTLESS = "ı"

_TURKISH = re.compile("[ıİğĞşŞ]")
_SPACES = re.compile(r"\s")
_SIGNED = re.compile("[a-z0-9@$!|€£]+")
_SIGNED_CYRILLIC = re.compile("[\u0400-\u052f0346@]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {LATIN: re.compile("[a-z]"), CYRILLIC: re.compile("[\u0400-\u052f]"), GREEK: re.compile("[\u0370-\u03ff]")}
# Single letters with something between each two of them: "i d i o t", "i.d.i.o.t".
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){2,}[^\W_](?![^\W_])")
# Marks that a letter is the same letter without. Others, such as vowel signs of India, are letters of their own.
_ACCENTS = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE2F))
_VOWELS = ((0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED), (0x08CA, 0x08FF))


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A folded text without elongations: `text` has each run of equal letters once, and `runs` says how long it was.

    `marks` are the accents that letters lost. `starts` and `ends` are offsets in the original, of each letter of
    `text`. `spaced` says that the letters stood apart in the original.
    """

    text: str
    runs: Sequence[int]
    marks: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    spaced: bool = False


def fold(text: str) -> tuple[Line, ...]:
    """The ways to read a text: as it stands, and where a 1 may be an l, scripts are mixed or letters spaced out, so."""
    base, marks, starts, ends = _ascii(text) if text.isascii() else _letters(text)
    readings: list[str] = []
    for one in (base,) if base.isascii() else _of_one_script(base):
        readings.append(_read_signs(one, also_l=False))
        if "1" in one or "|" in one:
            readings.append(_read_signs(one, also_l=True))
    lines = [_squeezed(read, marks, starts, ends) for read in dict.fromkeys(readings)]
    for match in _SPACED.finditer(readings[0]):
        at = [i for i in range(match.start(), match.end()) if readings[0][i].isalnum()]
        joined = "".join(readings[0][i] for i in at)
        parts = ([marks[i] for i in at], [starts[i] for i in at], [ends[i] for i in at])
        lines.append(_squeezed(joined, *parts, spaced=True))
    return tuple(lines)


def is_word_character(c: str) -> bool:
    """Whether a word goes on with this character of a folded text."""
    return c.isalnum() or unicodedata.category(c)[0] == "M"


_Letters = tuple[str, Sequence[str], Sequence[int], Sequence[int]]


def _ascii(text: str) -> _Letters:
    return _SPACES.sub(" ", text.lower()), [""] * len(text), range(len(text)), range(1, len(text) + 1)


def _letters(text: str) -> _Letters:
    """The letters of a text, one character each, with their accents and where they stand."""
    turkish = _TURKISH.search(text) is not None
    base: list[str] = []
    marks: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, c in enumerate(text):
        folded = _folded(DOTLESS if c == "I" and turkish else c)
        for letter, mark in folded:
            base.append(letter)
            marks.append(mark)
            starts.append(at)
            ends.append(at + 1)
        if not folded and ends and _is_mark(c):
            ends[-1] = at + 1
    return "".join(base), marks, starts, ends


@lru_cache(maxsize=4096)
def _folded(c: str) -> tuple[tuple[str, str], ...]:
    """What one character is read as: letters with their accents, usually one; none for what is not seen."""
    if c in ("İ", DOTLESS):
        return (("i", "" if c == "İ" else DOTLESS),)
    if c.isspace():
        return ((" ", ""),)
    letters: list[tuple[str, str]] = []
    for part in _taken_apart(c):
        if _within(part, _ACCENTS):
            if letters:
                letters[-1] = (letters[-1][0], letters[-1][1] + part)
        elif not _is_unseen(part):
            letters += _plain(part)
    return tuple(letters)


def _taken_apart(c: str) -> str:
    apart = unicodedata.normalize("NFKD", c)
    if "\u1100" <= apart[0] <= "\u11ff":  # a Korean syllable is a sign, its parts are not letters that are typed
        return unicodedata.normalize("NFKC", c)
    return unicodedata.normalize("NFKD", apart.casefold())


def _plain(letter: str) -> list[tuple[str, str]]:
    decimal = unicodedata.decimal(letter, None)
    if decimal is not None:
        return [(str(decimal), "")]
    if letter in lookalikes.AS_PLAIN_LATIN:
        return [(plain, "-") for plain in lookalikes.AS_PLAIN_LATIN[letter]]
    plain = lookalikes.AS_ARABIC.get(letter, lookalikes.squared_letter(letter) or letter)
    return [(one, "") for one in plain]


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
    first, other = (
        _LETTERS.sub(lambda match, at=at: _in_one_script(match[0], main)[at], base)  # type: ignore[misc]
        for at in (0, -1)
    )
    return (first, other) if first != other else (first,)


def _in_one_script(word: str, main: str) -> tuple[str, ...]:
    """How a word may be read, the likeliest first; itself where its letters are of one script."""
    counts = {script: len(pattern.findall(word)) for script, pattern in _SCRIPTS.items()}
    present = [script for script, count in counts.items() if count]
    if not present or present == [main] or sum(counts.values()) < len(word):
        return (word,)
    if len(present) == 1:  # a whole word of another script: only where the text's own can stand for all of it
        return ((_read_in(word, LATIN) if main == LATIN else "") or word,)
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
        if word.isalpha() or not _SCRIPTS[LATIN].search(word):
            return word
        return "".join(_sign(word, at, also_l=also_l) for at in range(len(word)))

    def in_cyrillic(match: re.Match[str]) -> str:
        word = match[0]
        if word.isalpha() or not _SCRIPTS[CYRILLIC].search(word):
            return word
        return "".join(lookalikes.SIGNS_AS_CYRILLIC.get(c, c) for c in word)

    read = _SIGNED.sub(in_latin, base)
    return read if read.isascii() else _SIGNED_CYRILLIC.sub(in_cyrillic, read)


def _sign(word: str, at: int, *, also_l: bool) -> str:
    c, following = word[at], word[at + 1 : at + 2]
    if c in "!|€£" and not (following.isalnum() and (at or c in "€£")):
        return c  # an exclamation mark after a word is one
    if also_l and c in lookalikes.ALSO_L:
        return "l"
    return lookalikes.SIGNS_AS_LATIN.get(c, c)


def _squeezed(
    base: str, marks: Sequence[str], starts: Sequence[int], ends: Sequence[int], *, spaced: bool = False
) -> Line:
    firsts: list[int] = []
    runs: list[int] = []
    before = ""
    for at, c in enumerate(base):
        if c == before:
            runs[-1] += 1
        else:
            firsts.append(at)
            runs.append(1)
            before = c
    return Line(
        text="".join([base[at] for at in firsts]),
        runs=runs,
        marks=[marks[at] for at in firsts],
        starts=[starts[at] for at in firsts],
        ends=[ends[at + run - 1] for at, run in zip(firsts, runs, strict=True)],
        spaced=spaced,
    )
