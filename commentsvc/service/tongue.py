"""What is said outside of a page, in one language and in the words that a site puts in the place of ours."""

import io
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.messages.mofile import write_mo
from babel.support import NullTranslations, Translations

from commentsvc.domain.site import Labels, Site, in_language
from commentsvc.service import words
from commentsvc.service.words import FALLBACK


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory."""
    if language == FALLBACK or language not in words.languages():
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, words.catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return str(Locale.parse(language).text_direction)


class Tongue:
    """One language as one site speaks it; one that there is no catalogue for is English."""

    def __init__(self, site: Site, language: str) -> None:
        self.language = language if language in words.languages() else FALLBACK
        self._own: Mapping[str, str] = site.words.get(self.language, {})

    @property
    def is_rtl(self) -> bool:
        """Whether it is written from right to left."""
        return direction(self.language) == "rtl"

    def gettext(self, message: str) -> str:
        """The message, in the site's words where it has any."""
        return self._own.get(message) or str(translations(self.language).gettext(message))

    def said(self, labels: Labels) -> str:
        """A site's own text; what a catalogue can translate of its English, it does."""
        english = labels.get(FALLBACK, "")
        own = labels.get(self.language)
        return own or (self.gettext(english) if english else in_language(labels, self.language))
