"""Rules tried by program on what was already decided."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import Hit, RuleKind, Where
from commentsvc.service.rehearsal import Rehearsal, Sample
from commentsvc.web.api.routes import operation
from commentsvc.web.api.rules import RuleChanges, fields_of
from commentsvc.web.parts import service


class Trial(RuleChanges, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule to be rehearsed: one of the site's by its `id`, changed or not, or one of a `kind`, yet to be made."""

    id: str = ""
    kind: RuleKind | UnsetType = UNSET


class Found(Struct, frozen=True, kw_only=True):
    """What a rule found: from where to where in the `text` or `name`; null where no part of it is to blame."""

    where: Where
    start: int | None
    end: int | None
    what: str | None


class Affected(Struct, frozen=True, kw_only=True):
    """A comment that the rule would have affected."""

    id: str
    status: Status
    found: list[Found]


class Rehearsed(Struct, frozen=True, kw_only=True):
    """What the rule would have done to the newest comments; `disagreed` is how often moderators decided otherwise.

    `by_status` counts what it would have affected; the first `samples` are those that moderators decided otherwise.
    `in_time` is false where there was no time for all of the last 1,000.
    """

    looked_at: int
    affected: int
    by_status: dict[Status, int]
    disagreed: int
    in_time: bool
    samples: list[Affected]


@operation(
    "POST",
    "/api/v1/rehearsals",
    answer=Rehearsed,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.NOT_FOUND),
)
def rehearse_rule(token: Token, body: Trial) -> Any:
    """What a rule would have done to the last 1,000 comments, and how often moderators decided otherwise.

    Nothing is changed. It takes up to two seconds.
    """
    site = service().rules.of(token.actor, token.site)
    if isinstance(site, Refused):
        return site
    base = site.rule(body.id) if body.id else body.kind
    if base is None:
        return Refused(code=Code.NOT_FOUND)
    if base is UNSET:
        return Refused(code=Code.INVALID_FIELDS, fields={"kind": Code.REQUIRED})
    draft = service().rules.drafted(token.actor, site, base, fields_of(body))
    found = service().rehearsals.rehearse(token.actor, site, draft)
    return found if isinstance(found, Refused) else _rehearsed(found)


def _rehearsed(found: Rehearsal) -> Rehearsed:
    return Rehearsed(
        looked_at=found.looked_at,
        affected=found.total,
        by_status=dict(found.affected),
        disagreed=found.disagreed,
        in_time=found.in_time,
        samples=[_affected(sample) for sample in found.samples],
    )


def _affected(sample: Sample) -> Affected:
    return Affected(id=sample.comment.id, status=sample.comment.status, found=[_found(hit) for hit in sample.hits])


def _found(hit: Hit) -> Found:
    placed = hit.end > hit.start
    return Found(
        where=hit.where,
        start=hit.start if placed else None,
        end=hit.end if placed else None,
        what=hit.what or None,
    )
