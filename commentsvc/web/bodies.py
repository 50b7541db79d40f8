"""The body of a reader's form: every value of every field, however broken it is, and nothing beyond the limits."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import RESERVED_FIELDS

FORM_TYPE = "application/x-www-form-urlencoded"
HARD_MAX = 1 << 20
"""What lies beyond is not kept; up to it, what was typed is shown again although it is too much."""

DRAIN_MAX = 16 << 20
DRAIN_S = 5
"""A browser that may not send to the end shows its own error page instead of ours; beyond these bounds it has to."""

FIELDS_MAX = 100
_CHUNK = 64 * 1024
_TYPED_FIRST = ("text", "name", "email")
_NOT_TYPED = RESERVED_FIELDS - set(_TYPED_FIRST)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A form as it was sent: all values of each field, and how many bytes it took."""

    values: Mapping[str, Sequence[str]]
    size: int

    def one(self, name: str) -> str:
        """The first value of a field, or nothing."""
        return next(iter(self.values.get(name, ())), "")


def read_form() -> Sent | Refused:
    """The form in the request's body; what was typed is put aside to be shown again (`g.typed`)."""
    raw, is_whole = _read()
    if request.mimetype != FORM_TYPE:
        found = _foreign(raw)
        _keep(found, is_whole and sum(map(len, found.values())) < FIELDS_MAX)
        return Refused(code=Code.UNSUPPORTED_TYPE)
    if not is_whole:
        _keep(_cut(raw), is_whole)
        return Refused(code=Code.TOO_LARGE)
    try:
        values = _fields(raw, errors="strict")
    except ValueError:  # no UTF-8, or more fields than any form has
        _keep(_lenient(raw), raw.count(b"&") < FIELDS_MAX)
        return Refused(code=Code.INVALID_REQUEST)
    _keep(values, is_whole)
    return Sent(values=values, size=len(raw))


def read_any_form() -> Sent:
    """A small form of ours in either of the ways in which forms are sent; what cannot be read is not there."""
    raw, _ = _read()
    return Sent(values=_lenient(raw) if request.mimetype == FORM_TYPE else _foreign(raw), size=len(raw))


def _read() -> tuple[bytes, bool]:
    """The body up to `HARD_MAX`, and whether that is all of it; a longer one is read on and thrown away."""
    # A limit there refuses a body before anything of it is read, and None would mean the application's own.
    request.max_content_length = sys.maxsize
    stream = request.stream
    raw, past = bytearray(), 0
    while len(raw) < HARD_MAX and (chunk := stream.read(min(_CHUNK, HARD_MAX - len(raw)))):
        raw += chunk
    end = time.monotonic() + DRAIN_S
    while len(raw) == HARD_MAX and past < DRAIN_MAX and time.monotonic() < end and (chunk := stream.read(_CHUNK)):
        past += len(chunk)
    return bytes(raw), past == 0


def _fields(raw: bytes, *, errors: str) -> dict[str, list[str]]:
    pairs = parse_qsl(
        raw.decode("utf-8", errors), keep_blank_values=True, errors=errors, max_num_fields=FIELDS_MAX, separator="&"
    )
    return _gathered(pairs)


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _lenient(raw: bytes) -> dict[str, list[str]]:
    """The first fields of a form, with U+FFFD for what is no UTF-8."""
    return _fields(b"&".join(raw.split(b"&", FIELDS_MAX)[:FIELDS_MAX]), errors="replace")


def _cut(raw: bytes) -> dict[str, list[str]]:
    """The fields of a form whose end is missing, up to its last whole character."""
    escape = raw.rfind(b"%", -2)
    values = _lenient(raw if escape < 0 else raw[:escape])
    for texts in values.values():
        texts[-1] = texts[-1].removesuffix("\ufffd")
    return values


def _foreign(raw: bytes) -> dict[str, list[str]]:
    """What can be read of a body that is not sent as our forms are."""
    if request.mimetype == "multipart/form-data":
        return _gathered(_parts(raw, request.mimetype_params.get("boundary", "")))
    if request.mimetype == "text/plain":
        return {"text": [raw.decode("utf-8", "replace")]}
    return _cut(raw) if request.mimetype == "" else {}


def _parts(raw: bytes, boundary: str) -> Iterator[tuple[str, str]]:
    """The fields of a multipart body, without its files, as far as it can be read."""
    decoder = MultipartDecoder(boundary.encode("utf-8", "replace"), max_parts=FIELDS_MAX)
    name, value = None, b""
    try:
        decoder.receive_data(raw)
        while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field):
                name, value = event.name, b""
            elif isinstance(event, File):
                name = None
            elif isinstance(event, Data) and name is not None:
                value += event.data
                if not event.more_data:
                    yield name, value.decode("utf-8", "replace")
                    name = None
    except (ValueError, RequestEntityTooLarge):  # broken, or more parts than any form has
        pass
    if name is not None and value:
        yield name, value.decode("utf-8", "replace").removesuffix("\ufffd")


def _keep(values: Mapping[str, Sequence[str]], is_whole: bool) -> None:
    names = [name for name in dict.fromkeys((*_TYPED_FIRST, *values)) if name not in _NOT_TYPED]
    g.typed = [(name, value) for name in names for value in dict.fromkeys(values.get(name, ())) if value]
    g.typed_whole = is_whole
