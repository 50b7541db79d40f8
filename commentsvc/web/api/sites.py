"""A site, administered by program with a token of the scope `admin` for that very site."""

from typing import Annotated, Any

from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Field, Site, SlashPolicy
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
    likes: bool
    fields: list[Field]
    words: OwnWords
    look: dict[str, str]
    version: int


class SiteChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; with `version`, only if nobody changed the site since it was seen.

    `words` replaces all of the site's own words: by language, then by what our pages say in English.
    `look` replaces all of its look: names as in docs/embedding.md, such as `light.accent`, with a value each.
    """

    name: Annotated[str, Meta(min_length=1, max_length=NAME_MAX)] | UnsetType = UNSET
    origins: Annotated[list[str], Meta(min_length=1, max_length=50)] | UnsetType = UNSET
    language: str | UnsetType = UNSET
    email_required: bool | UnsetType = UNSET
    slash: SlashPolicy | UnsetType = UNSET
    open: bool | UnsetType = UNSET
    cache_seconds: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    likes: bool | UnsetType = UNSET
    words: OwnWords | UnsetType = UNSET
    look: dict[str, str] | UnsetType = UNSET
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
    after = changed(token, changes, body.version)
    return after if isinstance(after, Response) else _record(after)


def changed(token: Token, changes: dict[str, Any], seen: int | UnsetType) -> Site | Response:
    """The site with these fields changed, or the answer that says why not."""
    try:
        return service().sites.change(token.site, changes, seen=None if seen is UNSET else seen, by=token.actor.id)
    except BadSite as error:
        if error.fields:
            return errors.problem(Refused(code=Code.INVALID_FIELDS, fields=error.fields), detail=str(error))
        return errors.problem(Refused(code=Code.STALE), detail=str(error))


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
        likes=site.likes,
        fields=list(site.fields),
        words={language: dict(said) for language, said in site.words.items()},
        look=dict(site.look),
        version=site.version,
    )
