"""Times in the language of a reader's page."""

from datetime import UTC, date, datetime
from functools import cache, lru_cache

from babel.dates import format_date, get_datetime_format

from commentsvc.web.catalogue import current, digits


def in_words(ms: int) -> str:
    """A time in the page's language, e.g. `1 March 2026, 10:00 UTC`."""
    return moment_in(datetime.fromtimestamp(ms // 1000, UTC), current())


def moment_in(at: datetime, language: str) -> str:
    """The same in a language that is known."""
    return f"{_both(language).format(_hour(at.hour * 60 + at.minute, language), _day(at.date(), language))} UTC"


# Babel takes 30 µs for each of these, and most comments of a page are of the same few days.
@lru_cache(maxsize=4096)
def _day(date: date, language: str) -> str:
    return digits(format_date(date, "long", locale=_WORLDLY.get(language, language)), language)


@lru_cache(maxsize=4096)
def _hour(minutes: int, language: str) -> str:
    return digits(f"{minutes // 60:02}:{minutes % 60:02}", language)


@cache
def _both(language: str) -> str:
    """How a language puts an hour {0} and a day {1} together."""
    return str(get_datetime_format("long", locale=_WORLDLY.get(language, language)))


_WORLDLY = {"en": "en_GB"}
"""`1 March 2026` is read everywhere, `March 1` only in one country; a script then shows local time in local manner."""
