"""A site and its house rules, administered by program with a token of the scope `admin` for that very site."""

from typing import Annotated, Any

from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import REASON_CODE, Field, RejectReason, Site, SlashPolicy
from commentsvc.domain.text import has_controls
from commentsvc.service.sites import BadSite
from commentsvc.service.words import NAME_MAX
from commentsvc.web import errors
from commentsvc.web.api.bearer import site_of
from commentsvc.web.api.patterns import whole
from commentsvc.web.api.routes import operation
from commentsvc.web.parts import service

Seen = Annotated[int, Meta(ge=1)] | UnsetType
LanguageCode = Annotated[str, whole("[a-z]{2,3}")]
Sentence = Annotated[str, Meta(min_length=1, max_length=500)]
Words = Annotated[dict[LanguageCode, Sentence], Meta(min_length=1)]
OwnWords = dict[LanguageCode, dict[str, str]]


class SiteRecord(Struct, frozen=True, kw_only=True):
    """A site as its administrator sees it; `version` rises with every change."""

    key: str
    name: str
    origins: list[str]
    language: str
    email_required: bool
    slash: SlashPolicy
    open: bool
    cache_seconds: int
    fields: list[Field]
    words: OwnWords
    version: int


class SiteChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; with `version`, only if nobody changed the site since it was seen.

    `words` replaces all of the site's own words: by language, then by what our pages say in English.
    """

    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)] | UnsetType = UNSET
    origins: Annotated[list[str], Meta(min_length=1, max_length=50)] | UnsetType = UNSET
    language: str | UnsetType = UNSET
    email_required: bool | UnsetType = UNSET
    slash: SlashPolicy | UnsetType = UNSET
    open: bool | UnsetType = UNSET
    cache_seconds: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    words: OwnWords | UnsetType = UNSET
    version: Seen = UNSET


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason to reject for: `labels` for moderators, `rules` for readers, each by language."""

    code: Annotated[str, whole(REASON_CODE)]
    labels: Words
    rules: Words


class Rules(Struct, frozen=True, kw_only=True):
    """The house rules of a site in the order in which they are shown; `version` is the site's."""

    rules: list[Rule]
    version: int


class RuleChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules anew; with `version`, only if nobody changed the site since it was seen."""

    rules: Annotated[list[Rule], Meta(min_length=1, max_length=50)]
    version: Seen = UNSET


@operation("GET", "/api/v1/sites/<key>", answer=SiteRecord, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE,))
def get_site(token: Token, key: str) -> Any:
    """The token's site."""
    site = site_of(token, key)
    return site if isinstance(site, Refused) else _record(site)


@operation(
    "PATCH",
    "/api/v1/sites/<key>",
    answer=SiteRecord,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.STALE),
)
def change_site(token: Token, key: str, body: SiteChanges) -> Any:
    """Changes what is named and nothing else; threads and their addresses stay as they are."""
    site = site_of(token, key)
    if isinstance(site, Refused):
        return site
    changes = {name: value for name, value in asdict(body).items() if value is not UNSET and name != "version"}
    changed = _changed(site.key, changes, body.version)
    return changed if isinstance(changed, Response) else _record(changed)


@operation("GET", "/api/v1/rules", answer=Rules, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE,))
def get_rules(token: Token) -> Any:
    """The reasons that moderators of the token's site reject for, and what readers are told of them."""
    site = site_of(token)
    return site if isinstance(site, Refused) else _rules(site)


@operation(
    "PATCH",
    "/api/v1/rules",
    answer=Rules,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.STALE),
)
def change_rules(token: Token, body: RuleChanges) -> Any:
    """Replaces the site's rules; a reason that is taken out stays in the log of what was rejected for it."""
    site = site_of(token)
    if isinstance(site, Refused):
        return site
    wrong = _wrong_rules(body.rules)
    if wrong:
        return Refused(code=Code.INVALID_FIELDS, fields=wrong)
    reasons = tuple(RejectReason(code=one.code, labels=one.labels, rules=one.rules) for one in body.rules)
    changed = _changed(site.key, {"reasons": reasons}, body.version)
    return changed if isinstance(changed, Response) else _rules(changed)


def _changed(key: str, changes: dict[str, Any], seen: int | UnsetType) -> Site | Response:
    try:
        return service().sites.change(key, changes, seen=None if seen is UNSET else seen)
    except BadSite as error:
        if error.fields:
            return errors.problem(Refused(code=Code.INVALID_FIELDS, fields=error.fields), detail=str(error))
        return errors.problem(Refused(code=Code.STALE), detail=str(error))


def _wrong_rules(rules: list[Rule]) -> dict[str, Code]:
    wrong: dict[str, Code] = {}
    for at, rule in enumerate(rules):
        if any(rule.code == earlier.code for earlier in rules[:at]):
            wrong[f"rules[{at}].code"] = Code.REPEATED
        for name, words in (("labels", rule.labels), ("rules", rule.rules)):
            if any(has_controls(said, lines=False) for said in words.values()):
                wrong[f"rules[{at}].{name}"] = Code.INVALID_CHARACTERS
    return wrong


def _record(site: Site) -> SiteRecord:
    return SiteRecord(
        key=site.key,
        name=site.name,
        origins=list(site.origins),
        language=site.language,
        email_required=site.email_required,
        slash=site.slash,
        open=site.open,
        cache_seconds=site.cache_seconds,
        fields=list(site.fields),
        words={language: dict(said) for language, said in site.words.items()},
        version=site.version,
    )


def _rules(site: Site) -> Rules:
    rules = [Rule(code=one.code, labels=dict(one.labels), rules=dict(one.rules)) for one in site.reasons]
    return Rules(rules=rules, version=site.version)
