"""What the pages of administration have in common: problems beside their fields, numbers, words in many languages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from babel import Locale
from flask import request

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Labels
from commentsvc.web.catalogue import current, gettext, languages

Problems = defaultdict[str, str]
"""Field → what is wrong with it, in words; `form` is about the whole."""


def problems(codes: Mapping[str, Code] | None = None, said: Mapping[str, str] | None = None) -> Problems:
    """These problems in words: what is `said`, else the code's own sentence."""
    found: Problems = defaultdict(str)
    for field, code in (codes or {}).items():
        found[field] = (said or {}).get(field) or gettext(Refused(code=code).sentence)
    return found


def number_of(name: str) -> int:
    """A number that a form carries; 0 for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """A language in which something can be said; the site's own and English are `main`, the others one looks for."""

    code: str
    name: str
    main: bool


def tongues(first: str) -> tuple[Tongue, ...]:
    """Every language of readers' pages: the site's own first, then English, then the others by name."""
    order = sorted(languages(), key=lambda code: (code != first, code != "en", _name(code)))
    return tuple(Tongue(code=code, name=_name(code), main=code in (first, "en")) for code in order)


def labels_of(prefix: str) -> dict[str, str]:
    """What a form says in each language under `<prefix>.<language>`, without those in which it says nothing."""
    said = {code: " ".join(request.form.get(f"{prefix}.{code}", "").split()) for code in languages()}
    return {code: text for code, text in said.items() if text}


def kept(before: Labels, typed: Labels) -> dict[str, str]:
    """What was typed, with what there was in languages that the form does not show."""
    return {code: text for code, text in before.items() if code not in languages()} | dict(typed)


class Listed(Protocol):
    """One of the things that a form has in a row: where it stands in the form, where it is wished, whether it goes."""

    @property
    def at(self) -> int:
        """Its number in the form."""

    @property
    def place(self) -> str:
        """Its place in the order, as typed."""

    @property
    def drop(self) -> bool:
        """Whether it is to be taken out."""


T = TypeVar("T", bound=Listed)


def staying(things: Sequence[T]) -> list[T]:
    """Those that are not taken out, in the order wished; one without a place that is a number keeps its own."""
    return sorted((one for one in things if not one.drop), key=lambda one: (_place(one.place) or one.at + 1, one.at))


def _place(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def beside(codes: Mapping[str, Code], stay: Sequence[Listed]) -> dict[str, Code]:
    """What is wrong, by the fields of the form, where `codes` count those that stay: `0.labels` is of the first."""
    found = {}
    for key, code in codes.items():
        at, _, part = key.partition(".")
        found[f"{stay[int(at)].at}.{part}" if at else "form"] = code
    return found


def overtaken(now: str) -> Problems:
    """What somebody is told about a form who was not the first; `now` says how things stand."""
    found = problems()
    found["form"] = f"{meanwhile()} {now}"
    return found


def meanwhile() -> str:
    """What somebody is told who was not the first to change something."""
    return gettext(
        "Somebody else has changed this since you opened it. Yours is below, not saved: look again, and send it if it "
        "shall hold."
    )


def now_is(value: str) -> str:
    """What something is by now, beside the field in which somebody typed something else."""
    return gettext("It is now: %(value)s") % {"value": value or "–"}


def _name(code: str) -> str:
    return Locale.parse(code).get_display_name(current()) or code
