"""The words that a site puts in the place of ours, as an operator writes them: a table for each language.

[de]
"Write a comment" = "Mitreden"
"Comments (%(num)s)" = "Leserstimmen (%(num)s)"
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from commentsvc.domain.site import Labels
from commentsvc.service.sites import BadSite
from commentsvc.service.words import FALLBACK, catalogue, messages

Words = Mapping[str, Labels]


def from_file(path: Path) -> Words:
    """The words of a TOML file; BadSite says what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(document, dict[str, dict[str, str]])
    except OSError as error:
        raise BadSite(f"{path} cannot be read ({error.strerror})") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSite(f"{path} is not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise BadSite(f'{path} needs a table for each language, such as [de], with "our words" = "yours"') from error


def lines(wanted: Iterable[str], own: Words) -> Iterator[str]:
    """What pages say in these languages, as such a file: the site's own words, and all others as comments."""
    for language in dict.fromkeys((*wanted, *own)):
        yield f"[{language}]"
        yield from _entries(language, own.get(language, {}))
        yield ""


def _entries(language: str, said: Labels) -> Iterator[str]:
    for message in messages():
        ours = message if language == FALLBACK else _translated(language, message)
        if message in said:
            yield f"{_quoted(message)} = {_quoted(said[message])}"
        elif ours:
            yield f"# {_quoted(message)} = {_quoted(ours)}"


def _translated(language: str, message: str) -> str:
    found = catalogue(language).get(message)
    string = (found.string if found else None) or ""
    return string if isinstance(string, str) else string[-1]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
