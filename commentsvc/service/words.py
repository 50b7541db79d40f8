"""What may be written when a site or a person is named: a plain line, in a language that pages speak."""

from functools import cache
from importlib import resources

from commentsvc.domain.text import has_controls, has_tricks

NAME_MAX = 80
FALLBACK = "en"


@cache
def languages() -> tuple[str, ...]:
    """Every language there is a catalogue for, English first."""
    files = (resources.files("commentsvc") / "locale").iterdir()
    return FALLBACK, *sorted(file.name.removesuffix(".po") for file in files if file.name.endswith(".po"))


def is_plain_line(text: str) -> bool:
    """Whether it is one line that hides nothing: no controls, no overrides, no invisible letters."""
    return not has_controls(text, lines=False) and not has_tricks(text)
