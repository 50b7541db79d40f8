"""The body of a reader's form: every value of every field, however broken it is, and nothing beyond the limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import BUILT_IN_FIELDS

FORM_TYPE = "application/x-www-form-urlencoded"
HARD_MAX = 1 << 20
"""Beyond this a body is not read at all; up to it, what was typed is kept although it is too much."""

FIELDS_MAX = 100
_TYPED_FIRST = ("text", "name", "email")
_NOT_TYPED = BUILT_IN_FIELDS - set(_TYPED_FIRST) | {"again", "withdraw"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A form as it was sent: all values of each field, and how many bytes it took."""

    values: Mapping[str, Sequence[str]]
    size: int

    def one(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next(iter(self.values.get(name, ())), "")


def read_form() -> Sent | Refused:
    """The form in the request's body; what was typed is put aside for error pages (`g.typed`)."""
    if request.mimetype != FORM_TYPE:
        return Refused(code=Code.UNSUPPORTED_TYPE)
    request.max_content_length = HARD_MAX
    try:
        raw = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return Refused(code=Code.TOO_LARGE)
    values = _parsed(raw)
    return values if isinstance(values, Refused) else Sent(values=values, size=len(raw))


def _parsed(raw: bytes) -> dict[str, list[str]] | Refused:
    try:
        values = _fields(raw, errors="strict")
    except UnicodeDecodeError:
        _keep(_fields(raw, errors="replace"))
        return Refused(code=Code.INVALID_REQUEST)
    except ValueError:  # more fields than any form has
        return Refused(code=Code.INVALID_REQUEST)
    _keep(values)
    return values


def _fields(raw: bytes, *, errors: str) -> dict[str, list[str]]:
    pairs = parse_qsl(
        raw.decode("utf-8", errors), keep_blank_values=True, errors=errors, max_num_fields=FIELDS_MAX, separator="&"
    )
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _keep(values: Mapping[str, Sequence[str]]) -> None:
    names = dict.fromkeys((*_TYPED_FIRST, *values))
    g.typed = [(name, values[name][0]) for name in names if name not in _NOT_TYPED and values.get(name, [""])[0]]
