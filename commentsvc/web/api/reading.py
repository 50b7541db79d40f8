"""What programs send, read strictly: a clear refusal for whatever is not exactly what was asked for."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_origin

import msgspec
from flask import request
from werkzeug.datastructures import MultiDict

from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import settings

T = TypeVar("T")

JSON_TYPE = "application/json"
_NAMED = re.compile(r"(?:missing required|contains unknown) field `(?P<name>.*)`", re.DOTALL)
_CODES = (
    ("missing required field", Code.REQUIRED),
    ("unknown field", Code.UNKNOWN_FIELD),
    ("Invalid enum value", Code.INVALID_CHOICE),
    ("of length <=", Code.TOO_LONG),
    ("of length >=", Code.TOO_SHORT),
    ("matching regex", Code.INVALID_CHARACTERS),
    ("Expected `int` ", Code.INVALID_CHOICE),
)


def body_as(kind: type[T]) -> T:
    """The request's body as `kind`."""
    try:
        return msgspec.convert(json_body(), kind)
    except msgspec.ValidationError as error:
        raise Refusal(_refused(str(error), other=Code.INVALID_TYPE)) from None


def query_as(kind: type[T], args: MultiDict[str, str]) -> T:
    """The request's query as `kind`; parameters that it does not know are left alone, as on any web address."""
    sent: dict[str, Any] = {}
    for name, many in _parameters(kind).items():  # type: ignore[arg-type]  # classes are hashable
        values = args.getlist(name)
        if many:
            sent[name] = values
        elif len(values) > 1:
            raise Refusal(Refused(code=Code.INVALID_FIELDS, fields={name: Code.REPEATED}))
        elif values:
            sent[name] = values[0]
    try:
        return msgspec.convert(sent, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal(_refused(str(error), other=Code.INVALID_CHOICE)) from None


def json_body() -> dict[str, Any]:
    """The request's body, a JSON object by RFC 8259 with each name once.

    Refuses another media type, more than the limit, and whatever is not JSON: NaN, bad UTF-8, half a surrogate pair,
    a name given twice, nesting without end.
    """
    if request.mimetype != JSON_TYPE:
        raise Refusal(Refused(code=Code.UNSUPPORTED_TYPE))
    request.max_content_length = settings().body_max_kib * 1024
    raw = request.get_data(cache=False)
    try:
        value = msgspec.json.decode(raw)
        json.loads(raw, object_pairs_hook=_each_once)  # msgspec is strict in everything but this
    except (ValueError, RecursionError):
        raise Refusal(Refused(code=Code.INVALID_JSON)) from None
    if not isinstance(value, dict):
        raise Refusal(Refused(code=Code.INVALID_JSON))
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name twice")
    return {}


@cache
def _parameters(kind: Any) -> dict[str, bool]:
    """A query's parameters, and whether each may be given many times."""
    return {field.encode_name: _is_list(field.type) for field in msgspec.structs.fields(kind)}


def _is_list(kind: Any) -> bool:
    origin = get_origin(kind)
    return origin is list or (hasattr(kind, "__metadata__") and get_origin(kind.__origin__) is list)


def _refused(message: str, *, other: Code) -> Refused:
    """The refusal for msgspec's sentence, e.g. "Expected `int`, got `str` - at `$.decisions[0].version`"."""
    what, _, path = message.partition(" - at `$")
    named = _NAMED.search(what)
    path = path.removesuffix("`").removeprefix(".")
    field = ".".join(part for part in (path, named["name"] if named else "") if part)
    code = next((code for words, code in _CODES if words in what), other)
    return Refused(code=Code.INVALID_FIELDS, fields={field or "body": code})
