"""Writing: a confirmation code, then a submission, judged by the same rules as the form."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from flask import request
from msgspec import Meta, Struct

from commentsvc.domain.decision import Status
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import EMAIL_MAX, NAME_MAX, SUBMISSION_MAX, TEXT_MIN, check
from commentsvc.domain.text import has_controls
from commentsvc.domain.thread import KEY_MAX, TITLE_MAX, URL_MAX, Article
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.web import errors
from commentsvc.web.api import shapes
from commentsvc.web.api.comments import asked_article
from commentsvc.web.api.routes import operation
from commentsvc.web.catalogue import current
from commentsvc.web.network import network_of
from commentsvc.web.parts import service, settings

SPENT = frozenset({Code.WRONG_CODE, Code.EXPIRED_CODE, Code.USED_CODE, Code.INVALID_CHALLENGE})
"""What is said of a code that cannot be tried again: a new one comes with the refusal."""

OF_THE_ARTICLE = (Code.UNKNOWN_SITE, Code.ORIGIN_NOT_ALLOWED, Code.INVALID_URL)
OF_AN_ADDRESS = frozenset({"site", "url", "thread"})
IDEMPOTENCY_KEY = "Idempotency-Key"


def _text(longest: int, shortest: int = 0) -> Meta:
    """Bounds for the document only: the domain judges, all fields at once."""
    return Meta(extra_json_schema={"maxLength": longest} | ({"minLength": shortest} if shortest else {}))


class ChallengeWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which article a code is wanted: a code of one thread is worth nothing in another."""

    site: str
    url: str = ""
    thread: str = ""


class Submission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comment on its way in. `challenge` and `code` prove a person; `fields` are those that the site declares.

    How long `text` may be is the installation's setting, 5,000 characters unless it says otherwise. `email` is
    required unless the site says otherwise, and is never shown.
    """

    site: str
    url: Annotated[str, _text(URL_MAX)]
    name: Annotated[str, _text(NAME_MAX, 1)]
    text: Annotated[str, _text(100_000, TEXT_MIN)]
    challenge: str
    code: str
    email: Annotated[str, _text(EMAIL_MAX)] = ""
    title: Annotated[str, _text(TITLE_MAX)] | None = ""
    parent: str | None = None
    thread: Annotated[str, _text(KEY_MAX)] | None = ""
    fields: dict[str, str] | None = {}


_MEMBERS = {field.name: field.type for field in msgspec.structs.fields(Submission) if field.name != "fields"}


class Acknowledged(Struct, frozen=True, kw_only=True):
    """The comment is on disk and waits for a moderator. `receipt` is its author's private page: give it to nobody else.

    There the author sees where the comment stands and can take it back.
    """

    id: str
    status: Status
    receipt: shapes.Address


@operation("POST", "/api/v1/challenges", answer=shapes.Challenge, refusals=OF_THE_ARTICLE)
def open_challenge(body: ChallengeWish) -> Any:
    """A new confirmation code for one submission; nothing is stored."""
    found = asked_article(body.site, body.url, body.thread)
    return found if isinstance(found, Refused) else shapes.challenge(service().challenges.open(*found))


@operation(
    "POST",
    "/api/v1/comments",
    answer=Acknowledged,
    status=202,
    judged_as=Submission,
    refusals=(*OF_THE_ARTICLE, Code.THREAD_CLOSED, Code.RESTRICTED, Code.KEY_REUSED, Code.TOO_MANY),
)
def submit_comment(body: dict[str, Any]) -> Any:
    """Hands in a comment. It is public only after a moderator approved it.

    All problems are named at once in `fields`. Where the code was at fault a new one comes in `challenge`; while only
    other fields are at fault the same code stays good. With an `Idempotency-Key` (or simply with the same code) the
    same submission sent again gets the same answer, and nothing is posted twice.
    """
    wrong = _wrong_members(body)
    found = asked_article(_word(body, "site"), _word(body, "url"), _word(body, "thread"))
    if isinstance(found, Refused):
        return Refused(code=Code.INVALID_FIELDS, fields=wrong) if OF_AN_ADDRESS & set(wrong) else found
    site, article = found
    once = request.headers.get(IDEMPOTENCY_KEY, "")
    outcome = _judged(site, article, body, once, wrong)
    if isinstance(outcome, Receipt):
        receipt = f"{settings().public_url}/receipts/{outcome.token}"
        return Acknowledged(id=outcome.id, status=Status.PENDING, receipt=receipt)
    if outcome.fields.get("code") in SPENT:
        return errors.problem(outcome, challenge=shapes.challenge(service().challenges.open(site, article)))
    return outcome


def _judged(
    site: Site, article: Article, body: Mapping[str, Any], once: str, wrong: dict[str, Code]
) -> Receipt | Refused:
    wrong = wrong | _wrong_key(once) | _unknown_fields(site, body)
    values = _values(body)
    if wrong:
        judged = check(site, values, text_max=service().submissions.limits.text_max)
        others = judged if isinstance(judged, dict) else {}
        return Refused(code=Code.INVALID_FIELDS, fields=others | wrong)
    return service().submissions.submit(
        Attempt(
            site=site,
            article=article,
            values=values,
            challenge=_word(body, "challenge"),
            once=once,
            network=network_of(request),
            language=current(),
        )
    )


def _values(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields as the form would have sent them; the site's own last, whose keys are never those of ours."""
    ours = {name: [_word(body, name)] for name in ("name", "email", "text", "code", "parent", "title")}
    own = body.get("fields")
    more = {key: [value] for key, value in own.items() if isinstance(value, str)} if isinstance(own, dict) else {}
    return more | ours


def _word(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _wrong_members(body: Mapping[str, Any]) -> dict[str, Code]:
    """Members that a submission has not, that are not of their type, or without which no article is meant.

    Whether other fields may be missing is for the site to say.
    """
    wrong = {name: Code.UNKNOWN_FIELD for name in body if name not in _MEMBERS and name != "fields"}
    wrong |= {name: Code.REQUIRED for name in ("site", "url") if body.get(name, "") == ""}
    for name, kind in _MEMBERS.items():
        try:
            if name in body:
                msgspec.convert(body[name], kind)
        except msgspec.ValidationError:
            wrong[name] = Code.INVALID_TYPE
    return wrong


def _unknown_fields(site: Site, body: Mapping[str, Any]) -> dict[str, Code]:
    own = body.get("fields")
    if own is None:
        return {}
    if not isinstance(own, dict):
        return {"fields": Code.INVALID_TYPE}
    declared = {field.key for field in site.fields}
    unknown = {key: Code.UNKNOWN_FIELD for key in own if key not in declared}
    return {key: Code.INVALID_TYPE for key, value in own.items() if not isinstance(value, str)} | unknown


def _wrong_key(once: str) -> dict[str, Code]:
    if len(once) > SUBMISSION_MAX:
        return {IDEMPOTENCY_KEY: Code.TOO_LONG}
    return {IDEMPOTENCY_KEY: Code.INVALID_CHARACTERS} if has_controls(once, lines=False) else {}
