"""The languages of every page: English in the code, each other language one `.po` file in `commentsvc/locale/`."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from flask import g, has_request_context, request
from markupsafe import escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from commentsvc.domain.site import Labels, Site, in_language
from commentsvc.service.tongue import direction as direction
from commentsvc.service.tongue import translations as translations
from commentsvc.service.words import FALLBACK as FALLBACK
from commentsvc.service.words import console_languages as console_languages
from commentsvc.service.words import languages as languages
from commentsvc.web.parts import settings

HEADER_MAX = 256
"""An Accept-Language longer than this is nobody's wish; parsing it would be Mallory's."""


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


def chosen(asked: str, environ: Mapping[str, Any], default: str, among: Sequence[str] | None = None) -> str:
    """`asked` (`lang=`) if there is a catalogue, else the best of Accept-Language, else the installation's."""
    known = tuple(among or languages())
    primary = asked[:20].replace("_", "-").partition("-")[0].lower()
    if primary in known:
        return primary
    wish = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    best = _best(wish, known) if len(wish) <= HEADER_MAX else None
    return best or (default if default in known else FALLBACK)


@lru_cache(maxsize=1024)
def _best(accepted: str, known: Sequence[str]) -> str | None:
    """Our best answer to an Accept-Language; browsers send a few hundred different ones."""
    return parse_accept_header(accepted, LanguageAccept).best_match(known)


def speak_for(site: Site) -> None:
    """From now on the page says what the site wants said in the place of our words."""
    g.words = site.words


def speak_as(language: str) -> None:
    """From now on the page is in the language that its reader wrote in, unless its address asks for another."""
    if "lang" not in request.args and language in languages():
        g.language = language


def said(labels: Labels) -> str:
    """A site's own text in the page's language; what a catalogue can translate of its English, it does."""
    english = labels.get(FALLBACK, "")
    return labels.get(current()) or (gettext(english) if english else in_language(labels, current()))


def number(value: int) -> str:
    """The number as the page's language writes it: 5,000 · 5.000 · ۵٬۰۰۰."""
    return _number(value, current())


@lru_cache(maxsize=4096)
def _number(value: int, language: str) -> str:
    return digits(format_decimal(value, locale=language, numbering_system="default"), language)


def digits(text: str, language: str) -> str:
    """The text with the digits that the language writes with; Babel knows their signs and leaves them as they are."""
    return text.translate(_EXTENDED_ARABIC) if Locale.parse(language).default_numbering_system == "arabext" else text


_EXTENDED_ARABIC = {ord(ascii): digit for ascii, digit in zip("0123456789", "۰۱۲۳۴۵۶۷۸۹", strict=True)}


def gettext(message: str) -> str:
    """The message in the page's language, in the site's words where it has any."""
    return _own(message) or str(translations(current()).gettext(message))


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message in the page's language, in the form that the number takes there; a site's words fit every number."""
    return _own(singular) or str(translations(current()).ngettext(singular, plural, number))


def template_gettext(message: str) -> str:
    """The same for Jinja, which takes a catalogue's words for HTML: a site's own words are text."""
    return str(escape(_own(message))) or str(translations(current()).gettext(message))


def template_ngettext(singular: str, plural: str, number: int) -> str:
    """The same for Jinja, in the form that the number takes."""
    return str(escape(_own(singular))) or str(translations(current()).ngettext(singular, plural, number))


def _own(message: str) -> str:
    own: Mapping[str, Labels] = g.get("words", {}) if has_request_context() else {}
    return own.get(current(), {}).get(message, "") if own else ""
