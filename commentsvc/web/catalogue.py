"""The languages of every page: English in the code, each other language one `.po` file in `commentsvc/locale/`."""

import io
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from commentsvc.service.words import FALLBACK as FALLBACK
from commentsvc.service.words import languages as languages
from commentsvc.web.parts import settings

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


def current() -> str:
    """The language of the page being made, chosen when it is first asked for."""
    if not has_request_context():
        return FALLBACK
    if "language" not in g:
        g.language = _chosen()
    language: str = g.language
    return language


def _chosen() -> str:
    return chosen(request.args.get("lang", ""), request.environ, settings().default_language)


def chosen(asked: str, environ: Mapping[str, Any], default: str) -> str:
    """`asked` (`lang=`) if there is a catalogue, else the best of Accept-Language, else the installation's."""
    primary = asked[:20].replace("_", "-").partition("-")[0].lower()
    if primary in languages():
        return primary
    wish = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    best = _best(wish) if len(wish) <= HEADER_MAX else None
    return best or (default if default in languages() else FALLBACK)


@lru_cache(maxsize=512)
def _best(accepted: str) -> str | None:
    """Our best answer to an Accept-Language; browsers send a few hundred different ones."""
    return parse_accept_header(accepted, LanguageAccept).best_match(languages())


def gettext(message: str) -> str:
    """The message in the page's language."""
    return str(translations(current()).gettext(message))


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message in the page's language, in the form that the number takes there."""
    return str(translations(current()).ngettext(singular, plural, number))
