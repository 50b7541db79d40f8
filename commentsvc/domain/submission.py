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


def check(site: Site, values: Values, *, text_max: int) -> Submission | Problems:
    """The submission, or every problem at once by field name; an empty `code` is a problem too."""
    problems: Problems = {name: Code.REPEATED for name, sent in values.items() if len(sent) > 1}
    one = {name: normalised(sent[0]) if sent else "" for name, sent in values.items()}

    def judged(name: str, problem: Code | None) -> None:
        if problem is not None:
            problems.setdefault(name, problem)

    name, email, text = one.get("name", "").strip(), one.get("email", "").strip(), one.get("text", "")
    parent, title = one.get("parent", ""), one.get("title", "")
    judged("name", judged_line(name, longest=NAME_MAX, required=True))
    judged("email", judged_email(email, required=site.email_required))
    judged("text", judged_text(text, text_max))
    judged("code", None if one.get("code", "").strip() else Code.REQUIRED)
    judged("parent", Code.UNKNOWN_PARENT if parent and comment_id(parent) is None else None)
    judged("title", _title(title))
    for declared in site.fields:
        judged(declared.key, _declared(declared, one.get(declared.key, "").strip()))
    if problems:
        return problems
    return Submission(
        name=name,
        email=email,
        text=text,
        fields={
            declared.key: one[declared.key].strip() for declared in site.fields if one.get(declared.key, "").strip()
        },
        parent=comment_id(parent),
        title=title,
    )


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
