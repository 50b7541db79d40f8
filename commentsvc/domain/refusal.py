"""Every reason why something is not accepted: one word, one sentence, one HTTP status each.

A refusal is an expected outcome and travels as a value; faults are exceptions. Sentences are message ids of the
catalogues in `commentsvc/locale/`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """The stable words that programs may rely on."""

    # of a field
    REQUIRED = "required"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    INVALID_EMAIL = "invalid_email"
    INVALID_CHARACTERS = "invalid_characters"
    INVALID_CHOICE = "invalid_choice"
    INVALID_DATE = "invalid_date"
    INVALID_TYPE = "invalid_type"
    INVALID_COLOUR = "invalid_colour"
    LOW_CONTRAST = "low_contrast"
    REPEATED = "repeated"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_PARENT = "unknown_parent"
    WRONG_CODE = "wrong_code"
    EXPIRED_CODE = "expired_code"
    USED_CODE = "used_code"
    INVALID_CHALLENGE = "invalid_challenge"
    # of a request
    INVALID_FIELDS = "invalid_fields"
    INVALID_REQUEST = "invalid_request"
    INVALID_JSON = "invalid_json"
    INVALID_URL = "invalid_url"
    INVALID_CURSOR = "invalid_cursor"
    UNKNOWN_SITE = "unknown_site"
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    THREAD_CLOSED = "thread_closed"
    RESTRICTED = "restricted"
    KEY_REUSED = "key_reused"
    EXPIRED = "expired"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    TOO_MANY = "too_many"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_LETTERS = "too_many_letters"
    LETTERS_ENDED = "letters_ended"
    BUSY = "busy"
    STORE_DOWN = "store_down"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    SIGNED_OUT = "signed_out"
    NOT_YOURS_TO_OVERRULE = "not_yours_to_overrule"
    NOT_YOURS_TO_JUDGE = "not_yours_to_judge"
    SIGN_IN_FAILED = "sign_in_failed"
    CODE_FAILED = "code_failed"
    FACTOR_NEEDED = "factor_needed"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  # the word, not one
    TAKEN = "taken"
    LAST_ADMIN = "last_admin"
    IN_USE = "in_use"
    STALE = "stale"
    NOT_EDITABLE = "not_editable"
    NOT_ALLOWED_NOW = "not_allowed_now"
    UNKNOWN_REASON = "unknown_reason"
    NO_WORDS = "no_words"
    NOTHING_TO_UNDO = "nothing_to_undo"
    FORM_EXPIRED = "form_expired"
    FAULT = "fault"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """What a code means to people: an English sentence (a message id) and the HTTP status it travels with."""

    status: int
    sentence: str


REASONS: Mapping[Code, Reason] = {
    Code.REQUIRED: Reason(status=422, sentence="Please fill in this field."),
    Code.TOO_SHORT: Reason(status=422, sentence="This is too short."),
    Code.TOO_LONG: Reason(status=422, sentence="This is too long."),
    Code.INVALID_EMAIL: Reason(status=422, sentence="This does not look like an e-mail address."),
    Code.INVALID_CHARACTERS: Reason(
        status=422, sentence="This contains invisible or control characters. Please type it again."
    ),
    Code.INVALID_CHOICE: Reason(status=422, sentence="Please choose one of the list."),
    Code.INVALID_DATE: Reason(status=422, sentence="Write the date as year-month-day, e.g. 2026-11-26."),
    Code.INVALID_TYPE: Reason(status=422, sentence="This must be text."),
    Code.REPEATED: Reason(status=422, sentence="This field was sent more than once."),
    Code.INVALID_COLOUR: Reason(status=422, sentence="Write a colour with six digits, e.g. #1f5c66."),
    Code.LOW_CONTRAST: Reason(status=422, sentence="This colour cannot be told well enough from the one behind it."),
    Code.UNKNOWN_FIELD: Reason(status=422, sentence="This site has no such field."),
    Code.UNKNOWN_PARENT: Reason(status=422, sentence="The comment you reply to is no longer there."),
    Code.WRONG_CODE: Reason(status=422, sentence="That was not the code. Here is a new one; your text is kept."),
    Code.EXPIRED_CODE: Reason(status=422, sentence="The code has expired. Here is a new one; your text is kept."),
    Code.USED_CODE: Reason(status=422, sentence="That code was used already. Here is a new one; your text is kept."),
    Code.INVALID_CHALLENGE: Reason(
        status=422, sentence="The code does not belong to this form. Here is a new one; your text is kept."
    ),
    Code.INVALID_FIELDS: Reason(status=422, sentence="Some fields need another look."),
    Code.INVALID_REQUEST: Reason(status=400, sentence="The request is not well formed."),
    Code.INVALID_JSON: Reason(status=400, sentence="The body is not valid JSON."),
    Code.INVALID_URL: Reason(status=422, sentence="The article's address is not a usable http or https URL."),
    Code.INVALID_CURSOR: Reason(status=422, sentence="The cursor is not one that this list gave out."),
    Code.UNKNOWN_SITE: Reason(status=404, sentence="There is no such site here. Create it with `commentsvc site add`."),
    Code.ORIGIN_NOT_ALLOWED: Reason(
        status=403,
        sentence="The article's address is not on one of the site's origins. "
        "Its owner can add it: `commentsvc site set KEY --add-origin URL`.",
    ),
    Code.NOT_FOUND: Reason(status=404, sentence="There is nothing here."),
    Code.METHOD_NOT_ALLOWED: Reason(status=405, sentence="This address does not take that method."),
    Code.RESTRICTED: Reason(
        status=403, sentence="The moderators have paused your comments here. Your text is kept below for later."
    ),
    Code.THREAD_CLOSED: Reason(
        status=409, sentence="Comments on this article are closed. Your text is kept below so that you can copy it."
    ),
    Code.KEY_REUSED: Reason(status=409, sentence="This Idempotency-Key was used for a different submission."),
    Code.EXPIRED: Reason(status=410, sentence="This has expired."),
    Code.TOO_LARGE: Reason(status=413, sentence="That is more than this form can take. Please shorten it."),
    Code.UNSUPPORTED_TYPE: Reason(status=415, sentence="Send the body as application/json."),
    Code.TOO_MANY: Reason(
        status=429, sentence="Too many in a short time. Please wait a little and send it again; your text is kept."
    ),
    Code.TOO_MANY_ROWS: Reason(status=422, sentence="That is more than one file can hold. Please narrow the dates."),
    Code.TOO_MANY_LETTERS: Reason(
        status=429, sentence="Too many e-mails of this kind were asked for today. This page tells you the same."
    ),
    Code.LETTERS_ENDED: Reason(
        status=409, sentence="E-mails about this comment were ended by a link in one of them. That cannot be reversed."
    ),
    Code.BUSY: Reason(status=503, sentence="We are busy just now. Please try again in a moment."),
    Code.STORE_DOWN: Reason(
        status=503,
        sentence="We could not save this just now. Your text is kept below: please send it again in a moment.",
    ),
    Code.UNAUTHENTICATED: Reason(status=401, sentence="Send a valid token as `Authorization: Bearer …`."),
    Code.FORBIDDEN: Reason(status=403, sentence="You may not do this here."),
    Code.SIGNED_OUT: Reason(status=403, sentence="You are signed out. Nothing was changed."),
    Code.NOT_YOURS_TO_OVERRULE: Reason(
        status=403, sentence="A colleague decided this. A lead or an admin can overrule it."
    ),
    Code.NOT_YOURS_TO_JUDGE: Reason(
        status=403, sentence="An appeal is judged by a person who did not make the first decision."
    ),
    Code.SIGN_IN_FAILED: Reason(
        status=422, sentence="Name and password do not belong together, or too many tries: wait a little."
    ),
    Code.CODE_FAILED: Reason(
        status=422, sentence="This code is not right, was used already, or there were too many tries: wait a little."
    ),
    Code.FACTOR_NEEDED: Reason(
        status=403, sentence="Your role needs a second factor. Set it up on the page of your account."
    ),
    Code.WRONG_PASSWORD: Reason(
        status=422, sentence="This is not your password, or there were too many tries: wait a little."
    ),
    Code.TAKEN: Reason(status=422, sentence="There is one of this name already."),
    Code.IN_USE: Reason(status=422, sentence="A rule suggests this reason. Change the rule first."),
    Code.LAST_ADMIN: Reason(status=422, sentence="Somebody must be left who can administer. Make another admin first."),
    Code.STALE: Reason(status=409, sentence="Somebody decided this in the meantime."),
    Code.NOT_EDITABLE: Reason(
        status=409, sentence="This comment can no longer be changed. Your text is kept below so that you can copy it."
    ),
    Code.NOT_ALLOWED_NOW: Reason(
        status=409, sentence="This decision is not possible from the comment's present status."
    ),
    Code.UNKNOWN_REASON: Reason(status=422, sentence="Choose one of the site's reasons."),
    Code.NO_WORDS: Reason(status=422, sentence="Write what the author shall read, or choose a reason."),
    Code.NOTHING_TO_UNDO: Reason(status=409, sentence="There is nothing of yours to undo."),
    Code.FORM_EXPIRED: Reason(status=400, sentence="This page was open for too long. Please try again."),
    Code.FAULT: Reason(status=500, sentence="Something went wrong on our side. It has been noted."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """A refusal with what its receiver needs to mend it.

    `fields` maps a field's name to its own code; `retry_after_s` is whole seconds; `until_ms` is when it ends, if that
    is known.
    """

    code: Code
    fields: Mapping[str, Code] = field(default_factory=dict)
    retry_after_s: int | None = None
    until_ms: int = 0

    @property
    def status(self) -> int:
        """The HTTP status this refusal travels with."""
        return REASONS[self.code].status

    @property
    def sentence(self) -> str:
        """The English sentence (message id) for people."""
        return REASONS[self.code].sentence
