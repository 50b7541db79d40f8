"""What may be written when a site or a person is named, and the words that a site puts in the place of ours."""

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from commentsvc.domain.text import has_controls, has_tricks

NAME_MAX = 80
FALLBACK = "en"
WORDS_MAX, WORD_MAX = 300, 500
"""How many messages a site may say in its own words, and the characters of each."""

_PLACES = re.compile(r"%\(\w+\)s")
_CONSOLE = re.compile(r'^"X-Console: yes\\n"$', re.MULTILINE)


@cache
def languages() -> tuple[str, ...]:
    """Every language there is a catalogue for, English first."""
    files = (resources.files("commentsvc") / "locale").iterdir()
    return FALLBACK, *sorted(file.name.removesuffix(".po") for file in files if file.name.endswith(".po"))


@cache
def console_languages() -> tuple[str, ...]:
    """Those in which moderators have every word too; a page is in one language and never in a mixture."""
    return FALLBACK, *(one for one in languages()[1:] if _CONSOLE.search(_po(one).decode()))


@cache
def catalogue(language: str) -> Catalog:
    """The `.po` file of a language that is not English."""
    return read_po(io.BytesIO(_po(language)), locale=language)


@cache
def messages() -> Mapping[str, str]:
    """Every message that a catalogue translates, by its English words, or by the singular of them; the longer form."""
    found: dict[str, str] = {}
    for language in languages()[1:]:
        for one in catalogue(language):
            short, long = (one.id, one.id) if isinstance(one.id, str) else (one.id[0], one.id[-1])
            found.setdefault(short, long)
    found.pop("", None)
    return found


def wrong_words(words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """A sentence for each thing that is wrong with the words of a site (`Site.words`)."""
    if sum(map(len, words.values())) > WORDS_MAX:
        yield f"a site may put {WORDS_MAX} messages into its own words, all languages together"
    for language in words.keys() - set(languages()):
        yield f"pages do not speak {language!r}: choose one of {', '.join(languages())}"
    for said in words.values():
        for message, text in said.items():
            if message not in messages():
                yield f"no page says {message!r}: `commentsvc site words` lists what they say"
            elif not 1 <= len(text) <= WORD_MAX or not is_plain_line(text):
                yield f"{message!r} needs 1 to {WORD_MAX} plain characters on one line"
            elif _places(text) != _places(messages()[message]) or "%" in _PLACES.sub("", text):
                places = " ".join(sorted(_places(messages()[message]))) or "no places"
                yield f"{message!r} needs exactly {places}, and no other %"


def is_plain_line(text: str) -> bool:
    """Whether it is one line that hides nothing: no controls, no overrides, no invisible letters."""
    return not has_controls(text, lines=False) and not has_tricks(text)


def _places(message: str) -> set[str]:
    return set(_PLACES.findall(message))


def _po(language: str) -> bytes:
    return (resources.files("commentsvc") / "locale" / f"{language}.po").read_bytes()
