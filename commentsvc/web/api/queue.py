"""The queue for programs: what waits, lane by lane, with all that is needed to judge it."""

from typing import Any

from msgspec import Struct

from commentsvc.domain.author import Restriction
from commentsvc.domain.case import Appeal, Reports
from commentsvc.domain.decision import Status
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import Hit, RuleKind, Where, suggested
from commentsvc.domain.site import Site
from commentsvc.service.moderation import Item
from commentsvc.web.api import shapes
from commentsvc.web.api.bearer import site_of
from commentsvc.web.api.routes import operation
from commentsvc.web.parts import service


class QueueQuery(Struct, frozen=True, kw_only=True):
    """Whose queue: the token's own site, named or not. `lane` asks for one part of it."""

    site: str = ""
    lane: Lane | None = None
    limit: shapes.Limit = 50
    cursor: str = ""


class Held(Struct, frozen=True, kw_only=True):
    """Who is looking at a comment, until when."""

    by: str
    until: shapes.Time


class RuleHit(Struct, frozen=True, kw_only=True):
    """A rule that a comment hit. `start` and `end` are where, in code points of the text or name; 0, 0 for no place.

    `what` is the kind of personal data that was found.
    """

    rule: str
    kind: RuleKind
    reason: str | None
    where: Where
    start: int
    end: int
    what: str | None


class Restricted(Struct, frozen=True, kw_only=True):
    """What is laid on an author: no comments `until` a time; null for one whose comments are all held."""

    until: shapes.Time | None


class Notice(Struct, frozen=True, kw_only=True):
    """A notice of illegal content, made in good faith: why, and who says so where that was told."""

    why: str
    name: str | None
    email: str | None


class Reported(Struct, frozen=True, kw_only=True):
    """What was reported about a published comment: how many networks did for each reason, and the written notices."""

    since: shapes.Time
    due: shapes.Time
    counts: dict[str, int]
    notices: list[Notice]


class Appealed(Struct, frozen=True, kw_only=True):
    """An appeal of the author's against a decision, for a person to judge who did not decide first."""

    at: shapes.Time
    due: shapes.Time
    decision: str
    text: str


class Published(Struct, frozen=True, kw_only=True):
    """What readers see while an edit of it waits."""

    name: str
    text: str
    fields: dict[str, str]


class QueueItem(Struct, frozen=True, kw_only=True):
    """A pending comment with all its fields, the private ones too, and what helps to judge it.

    In the lane `notices` are comments that were decided: published ones with `reports`, refused ones with an `appeal`.
    With `published` it is the edit of a comment that readers see: name, text and fields are the new ones, and nobody
    sees them yet. `edited` is when its author wrote it anew. `featured` can only be what is published.

    `version` goes back with the decision. It waits in `lane` because of `hits`. `author_history` counts all comments of
    the same author by status.
    """

    id: str
    version: int
    status: Status
    lane: Lane
    hits: list[RuleHit]
    suggested_reason: str | None
    parent: str | None
    name: str
    email: str
    text: str
    fields: dict[str, str]
    language: str
    created: shapes.Time
    edited: shapes.Time | None
    published: Published | None
    featured: bool
    url: shapes.Address
    thread: shapes.Thread
    author_history: dict[Status, int]
    author_restricted: Restricted | None
    held: Held | None
    reports: Reported | None
    appeal: Appealed | None


class QueuePage(Struct, frozen=True, kw_only=True):
    """Some of what waits, oldest first."""

    comments: list[QueueItem]
    next_cursor: str | None


@operation(
    "GET", "/api/v1/queue", answer=QueuePage, scope=Scope.READ, refusals=(Code.UNKNOWN_SITE, Code.INVALID_CURSOR)
)
def get_queue(token: Token, query: QueueQuery) -> Any:
    """What waits for a decision, oldest first; in the lane `notices`, what is due first comes first."""
    site = site_of(token, query.site)
    if isinstance(site, Refused):
        return site
    listed = service().moderation.listed(token.actor, site, lane=query.lane, cursor=query.cursor, limit=query.limit)
    if isinstance(listed, Refused):
        return listed
    return QueuePage(comments=[_item(site, item) for item in listed.items], next_cursor=listed.next_cursor or None)


def _item(site: Site, item: Item) -> QueueItem:
    edited = item.comment.edit is not None and not item.case.waits
    comment, old = item.comment.newest if edited else item.comment, item.comment.body
    body = comment.body
    if body is None or old is None:
        raise ValueError(f"the pending comment {comment.id} has no body")
    return QueueItem(
        id=comment.id,
        version=comment.version,
        status=comment.status,
        lane=Lane.NOTICES if item.case.waits else comment.lane,
        hits=[_hit(hit) for hit in comment.hits],
        suggested_reason=suggested(comment.hits) or None,
        parent=comment.parent,
        name=body.name,
        email=body.email,
        text=body.text,
        fields=dict(body.fields),
        language=body.language,
        created=rfc3339(body.created_ms),
        edited=rfc3339(body.edited_ms) if body.edited_ms else None,
        published=Published(name=old.name, text=old.text, fields=dict(old.fields)) if edited else None,
        featured=comment.featured,
        url=body.url,
        thread=shapes.thread(item.thread, site=site),
        author_history=dict(item.author),
        author_restricted=_restricted(item.restriction),
        held=Held(by=item.lease.holder, until=rfc3339(item.lease.until_ms)) if item.lease else None,
        reports=_reported(item.case.reports) if item.case.reports is item.case.waits else None,
        appeal=_appealed(item.case.appeal) if item.case.appeal is item.case.waits else None,
    )


def _reported(reports: Reports | None) -> Reported | None:
    if reports is None:
        return None
    notices = [Notice(why=one.why, name=one.name or None, email=one.email or None) for one in reports.statements]
    return Reported(
        since=rfc3339(reports.since_ms), due=rfc3339(reports.due_ms), counts=dict(reports.counts), notices=notices
    )


def _appealed(appeal: Appeal | None) -> Appealed | None:
    if appeal is None:
        return None
    return Appealed(at=rfc3339(appeal.at_ms), due=rfc3339(appeal.due_ms), decision=f"dec_{appeal.of}", text=appeal.text)


def _hit(hit: Hit) -> RuleHit:
    return RuleHit(
        rule=hit.rule,
        kind=hit.kind,
        reason=hit.reason or None,
        where=hit.where,
        start=hit.start,
        end=hit.end,
        what=hit.what or None,
    )


def _restricted(restriction: Restriction | None) -> Restricted | None:
    if restriction is None:
        return None
    return Restricted(until=None if restriction.holds else rfc3339(restriction.until_ms))
