"""The languages of every page: English in the code, each other language one `.po` file in `commentsvc/locale/`."""

import io
from functools import cache
from importlib import resources

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Request, g, has_request_context
from werkzeug.datastructures import LanguageAccept

from commentsvc.service.words import FALLBACK as FALLBACK
from commentsvc.service.words import languages as languages

HEADER_MAX = 256
"""An Accept-Language longer than this is nobody's wish; parsing it would be Mallory's."""


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory."""
    if language == FALLBACK or language not in languages():
        return NullTranslations()
    source = resources.files("commentsvc") / "locale" / f"{language}.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return str(Locale.parse(language).text_direction)


def choose(request: Request, default: str) -> str:
    """The page's language: `lang=` if there is a catalogue, else the best of Accept-Language, else `default`."""
    primary = request.args.get("lang", "")[:20].replace("_", "-").partition("-")[0].lower()
    if primary in languages():
        return primary
    accepted = request.accept_languages
    if len(request.headers.get("Accept-Language", "")) > HEADER_MAX:
        accepted = LanguageAccept()
    return accepted.best_match(languages()) or (default if default in languages() else FALLBACK)


def current() -> str:
    """The language of the page being made."""
    return getattr(g, "language", FALLBACK) if has_request_context() else FALLBACK


def gettext(message: str) -> str:
    """The message in the page's language."""
    return str(translations(current()).gettext(message))


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message in the page's language, in the form that the number takes there."""
    return str(translations(current()).ngettext(singular, plural, number))
