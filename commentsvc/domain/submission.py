"""The one judge of what a reader sent, used by the form and by the API alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from commentsvc.domain.ids import CommentId, comment_id
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import FIELD_MAX_LENGTH, Field, FieldKind, Site
from commentsvc.domain.text import has_controls, has_tricks, is_visible, normalised
from commentsvc.domain.thread import TITLE_MAX

NAME_MAX = 80
EMAIL_MAX = 254
TEXT_MIN = 2
SUBMISSION_MAX = 100
TICKED = "yes"
"""How a ticked checkbox is stored."""

Values = Mapping[str, Sequence[str]]
"""What was sent: every value of every field, so that a field sent twice can be told."""

Problems = dict[str, Code]


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What a reader sent, judged and normalised; the code is judged apart, after everything else."""

    name: str
    email: str
    text: str
    fields: Mapping[str, str]
    parent: CommentId | None
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What an author may write anew of a comment, judged and normalised; who sent it, to what, stays."""

    name: str
    text: str
    fields: Mapping[str, str]


def check(site: Site, values: Values, *, text_max: int) -> Submission | Problems:
    """The submission, or every problem at once by field name; an empty `code` is a problem too."""
    one = _single(values)
    email, parent, title = one.get("email", "").strip(), one.get("parent", ""), one.get("title", "")
    judged = {
        "email": judged_email(email, required=site.email_required),
        "code": None if one.get("code", "").strip() else Code.REQUIRED,
        "parent": Code.UNKNOWN_PARENT if parent and comment_id(parent) is None else None,
        "title": _title(title),
    }
    problems = _problems(values, _of_words(site, one, text_max) | judged)
    if problems:
        return problems
    words = _words(site, one)
    return Submission(
        name=words.name,
        email=email,
        text=words.text,
        fields=words.fields,
        parent=comment_id(parent),
        title=title,
    )


def check_words(site: Site, values: Values, *, text_max: int) -> Words | Problems:
    """What is sent in the place of what was sent, judged by the same rules, or every problem at once by field name."""
    one = _single(values)
    return _problems(values, _of_words(site, one, text_max)) or _words(site, one)


def _single(values: Values) -> dict[str, str]:
    return {name: normalised(sent[0]) if sent else "" for name, sent in values.items()}


def _problems(values: Values, judged: Mapping[str, Code | None]) -> Problems:
    repeated: Problems = {name: Code.REPEATED for name, sent in values.items() if len(sent) > 1}
    return {name: problem for name, problem in judged.items() if problem} | repeated


def _of_words(site: Site, one: Mapping[str, str], text_max: int) -> dict[str, Code | None]:
    declared = {field.key: _declared(field, one.get(field.key, "").strip()) for field in site.fields}
    name = judged_line(one.get("name", "").strip(), longest=NAME_MAX, required=True)
    return {"name": name, "text": judged_text(one.get("text", ""), text_max), **declared}


def _words(site: Site, one: Mapping[str, str]) -> Words:
    fields = {field.key: value for field in site.fields if (value := one.get(field.key, "").strip())}
    return Words(name=one.get("name", "").strip(), text=one.get("text", ""), fields=fields)


def judged_line(value: str, *, longest: int, required: bool) -> Code | None:
    """What is wrong with a line of text, such as a name; None for nothing."""
    if not value:
        return Code.REQUIRED if required else None
    if len(value) > longest:
        return Code.TOO_LONG
    if has_controls(value, lines=False) or has_tricks(value) or not is_visible(value):
        return Code.INVALID_CHARACTERS
    return None


def judged_email(value: str, *, required: bool) -> Code | None:
    """What is wrong with an e-mail address; None for nothing."""
    if not value:
        return Code.REQUIRED if required else None
    if len(value.encode("utf-8", "replace")) > EMAIL_MAX:
        return Code.TOO_LONG
    if has_controls(value, lines=False) or has_tricks(value):
        return Code.INVALID_CHARACTERS
    try:
        # Whether mail arrives is not asked: that would be a network call, and an oracle for who exists.
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return Code.INVALID_EMAIL
    return None


def judged_text(value: str, longest: int) -> Code | None:
    """What is wrong with a text of several lines that must not be empty; None for nothing."""
    if not value.strip():
        return Code.REQUIRED
    if len(value) > longest:
        return Code.TOO_LONG
    if has_controls(value, lines=True):
        return Code.INVALID_CHARACTERS
    return None if is_visible(value, characters=TEXT_MIN) else Code.TOO_SHORT


def _title(value: str) -> Code | None:
    if len(value) > TITLE_MAX:
        return Code.TOO_LONG
    return Code.INVALID_CHARACTERS if has_controls(value, lines=False) else None


def _declared(field: Field, value: str) -> Code | None:
    if not value:
        return Code.REQUIRED if field.required else None
    if field.kind is FieldKind.CHECKBOX:
        return None if value == TICKED else Code.INVALID_CHOICE
    if field.kind is FieldKind.CHOICE:
        return None if any(choice.value == value for choice in field.choices) else Code.INVALID_CHOICE
    return judged_line(value, longest=FIELD_MAX_LENGTH, required=field.required)
