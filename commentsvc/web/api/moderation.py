"""Moderating by program: decisions, their undoing, and the log; all with a token, all for its own site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from commentsvc.domain.decision import Decision, Stale, Status, Verb
from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.bulk import Outcome
from commentsvc.service.moderation import Wanted
from commentsvc.web import errors
from commentsvc.web.api import shapes
from commentsvc.web.api.bearer import site_of
from commentsvc.web.api.routes import operation
from commentsvc.web.catalogue import gettext
from commentsvc.web.parts import service

AT_ONCE = 100
Moment = Annotated[datetime, Meta(tz=True)]


class Wishes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Decisions that are wanted; each is made or refused for itself."""

    decisions: Annotated[list[shapes.Wish], Meta(min_length=1, max_length=AT_ONCE)]


class Result(Struct, frozen=True, kw_only=True):
    """What became of one wish: `ok` with the decision's id, `stale` with what the comment is `now`, or `refused`."""

    id: str
    result: Literal["ok", "stale", "refused"]
    decision: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    now: shapes.Now | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    detail: str | UnsetType = UNSET
    fields: Mapping[str, Code] | UnsetType = UNSET


class Results(Struct, frozen=True, kw_only=True):
    """One result per wish, in the order of the wishes."""

    results: list[Result]


class Undone(Struct, frozen=True, kw_only=True):
    """The compensating decision: its id, and the comment's version after it."""

    decision: str
    version: int


class LogQuery(Struct, frozen=True, kw_only=True):
    """Whose log, and from when on."""

    site: str = ""
    since: shapes.Time = ""
    limit: shapes.Limit = 50
    cursor: str = ""


class LogRow(Struct, frozen=True, kw_only=True):
    """A decision, for ever. `version` is the comment's after it; an undo is a row of its own."""

    id: str
    comment: str
    decision: Verb
    before: Status
    after: Status
    by: str
    at: shapes.Time
    version: int
    reason: str | None
    note: str | None
    undo_of: str | None
    undone_by: str | None


class LogPage(Struct, frozen=True, kw_only=True):
    """Some decisions, newest first."""

    decisions: list[LogRow]
    next_cursor: str | None


@operation("POST", "/api/v1/decisions", answer=Results, scope=Scope.MODERATE)
def make_decisions(token: Token, body: Wishes) -> Any:
    """Makes up to 100 decisions, each for itself, in order.

    Each is made only if the comment is still at the `version` that was seen: otherwise nothing is changed, and the
    result says who decided what, and when. A decision sent again is not made twice and gets the same result.
    """
    site = site_of(token, "")
    if isinstance(site, Refused):
        return site
    wanted = [_wanted(wish) for wish in body.decisions]
    outcomes = service().bulks.decide_all(token.actor, site, wanted)
    if isinstance(outcomes, Refused):
        return outcomes
    return Results(results=[_result(wish.id, outcome) for wish, outcome in zip(wanted, outcomes, strict=True)])


@operation(
    "POST",
    "/api/v1/decisions/<id>/undo",
    answer=Undone,
    scope=Scope.MODERATE,
    refusals=(Code.NOT_FOUND, Code.STALE, Code.NOTHING_TO_UNDO, Code.NOT_ALLOWED_NOW),
)
def undo_decision(token: Token, id: str) -> Any:
    """Reverses a decision that this token made; `stale` if somebody decided about the comment since."""
    outcome = service().moderation.undo(token.actor, id)
    if isinstance(outcome, Refused):
        return outcome
    if isinstance(outcome, Stale):
        return errors.problem(Refused(code=Code.STALE), now=_now(outcome))
    return Undone(decision=outcome.id, version=outcome.version)


@operation(
    "GET", "/api/v1/decisions", answer=LogPage, scope=Scope.READ, refusals=(Code.UNKNOWN_SITE, Code.INVALID_CURSOR)
)
def list_decisions(token: Token, query: LogQuery) -> Any:
    """The decision log, newest first, back to `since`."""
    site = site_of(token, query.site)
    if isinstance(site, Refused):
        return site
    since_ms = _ms(query.since)
    if since_ms is None:
        return Refused(code=Code.INVALID_FIELDS, fields={"since": Code.INVALID_CHOICE})
    logged = service().moderation.log(token.actor, site, cursor=query.cursor, limit=query.limit)
    if isinstance(logged, Refused):
        return logged
    rows = [row for row in logged.decisions if row.at_ms >= since_ms]
    whole = len(rows) == len(logged.decisions)
    return LogPage(decisions=[_row(row) for row in rows], next_cursor=(logged.next_cursor or None) if whole else None)


def _ms(since: str) -> float | None:
    """An RFC 3339 time as UTC milliseconds; None for anything else, such as a time of nobody's zone."""
    try:
        return msgspec.convert(since, Moment).timestamp() * 1000 if since else 0
    except msgspec.ValidationError:
        return None


def _wanted(wish: shapes.Wish) -> Wanted:
    return Wanted(id=wish.id, version=wish.version, verb=Verb(wish.decision), reason=wish.reason, note=wish.note)


def _result(id: str, outcome: Outcome) -> Result:
    if isinstance(outcome, Refused):
        sentence = gettext(outcome.sentence)
        fields = outcome.fields or UNSET
        return Result(id=id, result="refused", code=outcome.code, detail=sentence, fields=fields)
    if isinstance(outcome, Stale):
        return Result(id=id, result="stale", now=_now(outcome))
    return Result(id=id, result="ok", decision=outcome.id, version=outcome.version)


def _now(stale: Stale) -> shapes.Now:
    at = rfc3339(stale.at_ms) if stale.at_ms else None
    return shapes.Now(version=stale.version, status=stale.status, by=stale.by or None, at=at)


def _row(row: Decision) -> LogRow:
    return LogRow(
        id=row.id,
        comment=row.comment,
        decision=row.verb,
        before=row.before,
        after=row.after,
        by=row.by,
        at=rfc3339(row.at_ms),
        version=row.version,
        reason=row.reason or None,
        note=row.note or None,
        undo_of=row.undo_of,
        undone_by=row.undone_by,
    )
