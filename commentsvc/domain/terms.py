"""The terms that a comment is found by: words of any script folded, and facts such as an e-mail's parts.

A word is letters and digits with their marks. Scripts that write without spaces between words (Chinese, Japanese, Thai,
Khmer …) give each two neighbouring letters as a term; Korean too, whose particles cling to the word. What is looked for
goes the same way, so only what both become has to be equal.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.folding import is_word_character, plain
from commentsvc.domain.thread import ThreadId

PAGE_TERMS = 48
"""Words of a page's title and address by which its comments are found."""

_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_UNSPACED}]+)")
_LINK = re.compile(r"(?:https?://|\bwww\.)\w", re.IGNORECASE)
_REMEMBERED = 20_000
"""Characters whose folding is kept: more than any site's readers write with."""


class _Folding(dict[int, str]):
    """What each character becomes, for `str.translate`: found out when it is first met."""

    def __missing__(self, code: int) -> str:
        kept = "".join(c if is_word_character(c) else " " for c in unicodedata.normalize("NFC", plain(chr(code))))
        if len(self) < _REMEMBERED:
            self[code] = kept
        return kept


_FOLDING = _Folding()


def words(text: str) -> list[str]:
    """The words of a text in their order, folded; a run of letters of a script without spaces is one."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDING)
    if not folded.isascii():
        folded = _RUN.sub(r" \1 ", unicodedata.normalize("NFC", folded))
    return folded.split()


def places(text: str, wanted: Iterable[Sequence[str]]) -> list[tuple[int, int]]:
    """Where in a text these runs of words stand, as offsets (first, past the last), in their order."""
    folded, at = "", list[int]()
    for place, c in enumerate(text):
        kept = _FOLDING[ord(c)]
        folded += kept
        at += [place] * len(kept)
    at.append(len(text))
    found: set[tuple[int, int]] = set()
    for phrase in wanted:
        for match in _phrase(tuple(phrase)).finditer(folded):
            first, last = match.span()
            found.add((at[first], _past(text, at[last - 1])))
    return sorted(found)


@lru_cache(maxsize=256)
def _phrase(words: tuple[str, ...]) -> re.Pattern[str]:
    """Words that stand together and whole; a run of a script without spaces may go on."""
    before = "" if is_unspaced(words[0]) else f"(?<![^ {_UNSPACED}])"
    after = "" if is_unspaced(words[-1]) else f"(?![^ {_UNSPACED}])"
    gap = " *" if any(map(is_unspaced, words)) else " +"
    return re.compile(before + gap.join(map(re.escape, words)) + after)


def _past(text: str, last: int) -> int:
    """The place behind a letter and the marks on it, which fold to nothing."""
    end = last + 1
    while end < len(text) and not _FOLDING[ord(text[end])]:
        end += 1
    return end


def is_unspaced(word: str) -> bool:
    """Whether a word of `words` is a run of a script without spaces: what is looked for may stand inside it."""
    return not word.isascii() and _RUN.match(word) is not None


def terms_of(word: str) -> Iterator[str]:
    """The terms of one word of `words`; none for a single letter of a script without spaces."""
    if is_unspaced(word):
        yield from (word[at : at + 2] for at in range(len(word) - 1))
    else:
        yield word


def of_body(body: Body, thread: ThreadId) -> set[str]:
    """Everything by which a comment is found."""
    found = of_words([*words(body.text), *words(body.name)])
    found.update(of_address(body.email))
    found.update(of_page(word for part in page_parts(body) for word in words(part))[:PAGE_TERMS])
    found.add(of_thread(thread))
    if has_link(body.text):
        found.add(LINK)
    return found


def of_comment(comment: Comment) -> set[str]:
    """Everything by which a comment is found, whatever is decided or undone about an edit of it."""
    texts = [comment.body, comment.edit.body if comment.edit else None, comment.shelved]
    return set().union(*(of_body(text, comment.thread) for text in texts if text))


def of_words(all: Iterable[str]) -> set[str]:
    """The terms of words in a text or name."""
    return {term for word in all for term in terms_of(word)}


LINK = ":link"
"""The term of a text with a link. No word has a colon."""


def of_thread(thread: ThreadId) -> str:
    """The term of everything in one thread."""
    return f":r{thread}"


def of_address(address: str) -> set[str]:
    """The terms of an e-mail address, or of the part of one that is known: what is before the @, and the host."""
    return {f":e{part}" for part in address.casefold().split("@", 1) if part}


def page_parts(body: Body) -> tuple[str, str]:
    """What names a comment's article: its title, and what stands in its address behind the host."""
    return body.title, unquote(body.url.partition("://")[2].partition("/")[2])


def of_page(words: Iterable[str]) -> list[str]:
    """The terms of words in an article's title or address, each once."""
    return list(dict.fromkeys(f":p{term}" for word in words for term in terms_of(word)))


def has_link(text: str) -> bool:
    """Whether there is an address of the web in a text."""
    return _LINK.search(text) is not None
