"""Thousands of words looked for in one pass over a text (Aho and Corasick 1975), however they are written."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commentsvc.domain.folding import DOTLESS, Line, fold, is_word_character
from commentsvc.domain.rules import Word

LOOKS_MAX = 2_000
"""How many places of a text are looked at more closely: more are only in texts made to take time."""

LOOSE_FROM = 5
"""From so many letters on a word is found with one of them doubled, or without an accent of its own."""

# What Arabic writes together with a word: "the", "and the", "with the", "for the" and more, folded.
_ARTICLES = frozenset(["ال", "وال", "فال", "بال", "كال", "وبال", "وكال", "فبال", "ل", "ول", "فل"])
# Scripts without spaces between words: every place is the edge of one.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A word of the list at its place in the original text."""

    word: int
    start: int
    end: int


class Wordlist:
    """Words made ready once for looking through many texts."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._next: list[dict[str, int]] = [{}]
        self._ends: list[list[tuple[int, Line]]] = [[]]
        for at, word in enumerate(words):
            for line in fold(word.text.strip()):
                if not line.spaced and any(map(is_word_character, line.text)):
                    self._add(at, line)
        self._fail, self._shorter = self._links()

    def found(self, text: str, *, now_ms: int) -> Iterator[Found]:
        """Where words that have not expired stand, each place once, in the order in which they end."""
        seen: set[tuple[int, int, int]] = set()
        for line in fold(text):
            for word, start, end in self._in_line(line, now_ms):
                place = (word, line.start(start) + _may_have_article(line, start), line.end(end - 1))
                if place not in seen:
                    seen.add(place)
                    yield Found(word=word, start=place[1], end=place[2])

    def _in_line(self, line: Line, now_ms: int) -> Iterator[tuple[int, int, int]]:
        """(word, start, end) in the folded text, for what stands there by every rule of writing."""
        state, looks = 0, 0
        following, fail, ends, shorter = self._next, self._fail, self._ends, self._shorter
        for at, c in enumerate(line.text):
            while state and c not in following[state]:
                state = fail[state]
            state = following[state].get(c, 0)
            hit = state if ends[state] else shorter[state]
            while hit:
                for word, wanted in ends[hit]:
                    looks += 1
                    start = at + 1 - len(wanted.text)
                    if self._stands(self._words[word], wanted, line, start, now_ms):
                        yield word, start, at + 1
                hit = shorter[hit]
            if looks > LOOKS_MAX:
                return

    def _stands(self, word: Word, wanted: Line, line: Line, start: int, now_ms: int) -> bool:
        if not word.holds(now_ms) or not _same(wanted, line, start):
            return False
        if word.fragment:
            return True
        if line.spaced:
            return len(wanted.text) >= 4 or len(wanted.text) == len(line.text)
        return _is_whole(line.text, start, start + len(wanted.text))

    def _add(self, word: int, line: Line) -> None:
        state = 0
        for c in line.text:
            if c not in self._next[state]:
                self._next[state][c] = len(self._next)
                self._next.append({})
                self._ends.append([])
            state = self._next[state][c]
        self._ends[state].append((word, line))

    def _links(self) -> tuple[list[int], list[int]]:
        """For each state the longest proper suffix that is a state too, and the longest that is a word."""
        fail, shorter = [0] * len(self._next), [0] * len(self._next)
        line = deque(self._next[0].values())
        while line:
            state = line.popleft()
            for c, after in self._next[state].items():
                back = fail[state]
                while back and c not in self._next[back]:
                    back = fail[back]
                fail[after] = self._next[back].get(c, 0)
                shorter[after] = fail[after] if self._ends[fail[after]] else shorter[fail[after]]
                line.append(after)
        return fail, shorter


def _same(wanted: Line, line: Line, start: int) -> bool:
    """Whether elongations and accents agree: `loooser` is loser, but good is not god and Niger no slur."""
    loose = len(wanted.text) >= LOOSE_FROM
    for at, run in enumerate(wanted.runs):
        there = line.runs[start + at]
        # Three in a row are an elongation in any language, two may be another word.
        if there < run or (there > run and not (loose or there > 2 or (at == 0 and _may_have_article(line, start)))):
            return False
        if there > run and wanted.text[at].isdigit():
            return False
        if loose:
            continue
        accent, has = wanted.accent(at), line.accent(start + at)
        if accent != has and (accent or has == DOTLESS):
            return False
    return True


def _is_whole(text: str, start: int, end: int) -> bool:
    return _is_edge(text, end - 1, end) and (_is_edge(text, start, start - 1) or _has_article(text, start, end - start))


def _is_edge(text: str, inside: int, outside: int) -> bool:
    if not 0 <= outside < len(text) or not is_word_character(text[outside]) or not text[inside].isalnum():
        return True
    if outside > inside and not text[outside].isalnum():  # a vowel sign or voicing mark: it is another syllable
        return False
    return any(first <= ord(text[inside]) <= last for first, last in _UNSPACED)


def _may_have_article(line: Line, start: int) -> bool:
    """Whether the article's last letter and the word's first are one elongation by now: اللعين."""
    return line.text[start] == "ل" and line.runs[start] == 2 and line.text[start - 1 : start] == "ا"


def _has_article(text: str, start: int, length: int) -> bool:
    """Whether an Arabic word is only preceded by what Arabic writes together with it."""
    if not "\u0620" <= text[start] <= "\u06ff":
        return False
    first = start
    while first and start - first <= 4 and is_word_character(text[first - 1]):
        first -= 1
    written = text[first:start]
    joined = length >= 4 and written in ("و", "ف")
    return joined or written in _ARTICLES or (text[start] == "ل" and f"{written}ل" in _ARTICLES)
