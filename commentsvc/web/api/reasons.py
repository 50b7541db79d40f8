"""The reasons of a site, from which its house rules are made, administered by program."""

from typing import Annotated, Any

from flask import Response
from msgspec import UNSET, Meta, Struct

from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import REASON_CODE, RejectReason, Site
from commentsvc.domain.text import has_controls
from commentsvc.web.api.bearer import site_of
from commentsvc.web.api.patterns import whole
from commentsvc.web.api.routes import operation
from commentsvc.web.api.sites import Seen, Words, changed


class Reason(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason to reject for: `labels` for moderators, `rules` for readers, each by language."""

    code: Annotated[str, whole(REASON_CODE)]
    labels: Words
    rules: Words


class Reasons(Struct, frozen=True, kw_only=True):
    """The reasons of a site in the order in which they are shown; `version` is the site's."""

    reasons: list[Reason]
    version: int


class ReasonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All reasons anew; with `version`, only if nobody changed the site since it was seen."""

    reasons: Annotated[list[Reason], Meta(min_length=1, max_length=50)]
    version: Seen = UNSET


@operation("GET", "/api/v1/reasons", answer=Reasons, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE,))
def get_reasons(token: Token) -> Any:
    """The reasons that moderators of the token's site reject for, and what readers are told of them."""
    site = site_of(token)
    return site if isinstance(site, Refused) else _reasons(site)


@operation(
    "PATCH",
    "/api/v1/reasons",
    answer=Reasons,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.STALE),
)
def change_reasons(token: Token, body: ReasonChanges) -> Any:
    """Replaces the site's reasons, and with them its house rules.

    A reason that is taken out stays in the log of what was rejected for it.
    """
    site = site_of(token)
    if isinstance(site, Refused):
        return site
    wrong = _wrong_reasons(body.reasons)
    if wrong:
        return Refused(code=Code.INVALID_FIELDS, fields=wrong)
    reasons = tuple(RejectReason(code=one.code, labels=one.labels, rules=one.rules) for one in body.reasons)
    after = changed(token, {"reasons": reasons}, body.version)
    return after if isinstance(after, Response) else _reasons(after)


def _wrong_reasons(reasons: list[Reason]) -> dict[str, Code]:
    wrong: dict[str, Code] = {}
    for at, reason in enumerate(reasons):
        if any(reason.code == earlier.code for earlier in reasons[:at]):
            wrong[f"reasons[{at}].code"] = Code.REPEATED
        for name, words in (("labels", reason.labels), ("rules", reason.rules)):
            if any(has_controls(said, lines=False) for said in words.values()):
                wrong[f"reasons[{at}].{name}"] = Code.INVALID_CHARACTERS
    return wrong


def _reasons(site: Site) -> Reasons:
    reasons = [Reason(code=one.code, labels=dict(one.labels), rules=dict(one.rules)) for one in site.reasons]
    return Reasons(reasons=reasons, version=site.version)
