"""What a site may declare: fields of its form, and reasons with house rules. Problems are named by `<place>.<part>`."""

from collections.abc import Callable, Iterator, Sequence

from commentsvc.domain.decision import OWN_WORDS
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import (
    FIELD_KEY,
    FIELD_MAX_LENGTH,
    REASON_CODE,
    RESERVED_FIELDS,
    Choice,
    Field,
    FieldKind,
    Labels,
    RejectReason,
)
from commentsvc.domain.text import has_controls, has_tricks

FIELDS_MAX = 20
REASONS_MAX = 50
CHOICES_MAX = 300
LABEL_MAX = 80
RULE_MAX = 500

Problem = tuple[str, Code]


def wrong_fields(fields: Sequence[Field]) -> dict[str, Code]:
    """What is wrong with these fields, by place: `0.key`, `0.labels`, `0.choices`; '' is about all of them."""
    found = {f"{at}.{part}": code for at, field in enumerate(fields) for part, code in _of_field(field, fields[:at])}
    return {"": Code.TOO_LONG, **found} if len(fields) > FIELDS_MAX else found


def wrong_reasons(reasons: Sequence[RejectReason]) -> dict[str, Code]:
    """What is wrong with these reasons, by place: `0.code`, `0.labels`, `0.rules`; '' is about all of them."""
    found = {f"{at}.{part}": code for at, one in enumerate(reasons) for part, code in _of_reason(one, reasons[:at])}
    if not reasons:
        return {"": Code.REQUIRED}
    return {"": Code.TOO_LONG, **found} if len(reasons) > REASONS_MAX else found


def _of_field(field: Field, earlier: Sequence[Field]) -> Iterator[Problem]:
    if not FIELD_KEY.fullmatch(field.key):
        yield "key", Code.INVALID_CHARACTERS
    elif field.key in RESERVED_FIELDS:
        yield "key", Code.TAKEN
    elif any(field.key == one.key for one in earlier):
        yield "key", Code.REPEATED
    yield from (("labels", code) for code in _of_labels(field.labels, LABEL_MAX))
    if (field.kind is FieldKind.CHOICE) != bool(field.choices):
        yield "choices", Code.REQUIRED if field.kind is FieldKind.CHOICE else Code.INVALID_CHOICE
    yield from (("choices", code) for code in _of_choices(field.choices))


def _of_choices(choices: Sequence[Choice]) -> Iterator[Code]:
    values = [choice.value for choice in choices]
    if len(set(values)) < len(values):
        yield Code.REPEATED
    if len(choices) > CHOICES_MAX or any(len(value) > FIELD_MAX_LENGTH for value in values):
        yield Code.TOO_LONG
    if not all(map(_is_plain, values)):
        yield Code.INVALID_CHARACTERS
    for choice in choices:
        yield from _of_labels(choice.labels, FIELD_MAX_LENGTH)


def _of_reason(reason: RejectReason, earlier: Sequence[RejectReason]) -> Iterator[Problem]:
    if not REASON_CODE.fullmatch(reason.code):
        yield "code", Code.INVALID_CHARACTERS
    elif reason.code == OWN_WORDS:
        yield "code", Code.TAKEN
    elif any(reason.code == one.code for one in earlier):
        yield "code", Code.REPEATED
    yield from (("labels", code) for code in _of_labels(reason.labels, LABEL_MAX))
    yield from (("rules", code) for code in _of_labels(reason.rules, RULE_MAX))


def _of_labels(labels: Labels, longest: int) -> Iterator[Code]:
    if not any(text.strip() for text in labels.values()):
        yield Code.REQUIRED
    if any(len(text) > longest for text in labels.values()):
        yield Code.TOO_LONG
    plain: Callable[[str], bool] = _is_plain
    if not all(map(plain, labels.values())):
        yield Code.INVALID_CHARACTERS


def _is_plain(text: str) -> bool:
    return not has_controls(text, lines=False) and not has_tricks(text)
