"""The webhooks of a site, administered by program."""

from typing import Annotated, Any

from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType

from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Webhook
from commentsvc.domain.webhook import EVENTS
from commentsvc.service.sites import BadSite
from commentsvc.web import errors
from commentsvc.web.api import shapes
from commentsvc.web.api.bearer import site_of
from commentsvc.web.api.routes import operation
from commentsvc.web.parts import service

Event = Annotated[str, Meta(extra_json_schema={"enum": list(EVENTS)})]


class Hook(Struct, frozen=True, kw_only=True):
    """A webhook. No `events` means all of them; `secret` signs deliveries and is told once, when it is made."""

    id: str
    url: shapes.Address
    events: list[Event]
    secret: str | UnsetType = UNSET


class Hooks(Struct, frozen=True, kw_only=True):
    """The site's webhooks in the order in which they were added."""

    webhooks: list[Hook]


class NewHook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address that is to hear of events."""

    url: shapes.Address
    events: list[Event] = []


@operation("GET", "/api/v1/webhooks", answer=Hooks, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE,))
def list_webhooks(token: Token) -> Any:
    """The webhooks of the token's site, without their secrets."""
    site = site_of(token)
    if isinstance(site, Refused):
        return site
    return Hooks(webhooks=[_hook(one) for one in service().webhooks.list(site.key)])


@operation(
    "POST", "/api/v1/webhooks", answer=Hook, status=201, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE, Code.STALE)
)
def add_webhook(token: Token, body: NewHook) -> Any:
    """A new webhook, with its secret."""
    site = site_of(token)
    if isinstance(site, Refused):
        return site
    wrong = {f"events[{at}]": Code.INVALID_CHOICE for at, one in enumerate(body.events) if one not in EVENTS}
    if wrong:
        return Refused(code=Code.INVALID_FIELDS, fields=wrong)
    try:
        added = service().webhooks.add(site.key, body.url, body.events, by=token.actor.id)
    except BadSite as error:
        if error.fields:
            return errors.problem(Refused(code=Code.INVALID_FIELDS, fields=error.fields), detail=str(error))
        # As many as there may be, or somebody changed the site just now.
        return errors.problem(Refused(code=Code.STALE), detail=str(error))
    return _hook(added, secret=added.secret)


@operation(
    "DELETE",
    "/api/v1/webhooks/<id>",
    answer=None,
    status=204,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.NOT_FOUND, Code.STALE),
)
def remove_webhook(token: Token, id: str) -> Any:
    """Ends a webhook: it hears of nothing any more, not even of what already waited for it."""
    site = site_of(token)
    if isinstance(site, Refused):
        return site
    if all(one.id != id for one in service().webhooks.list(site.key)):
        return Refused(code=Code.NOT_FOUND)
    try:
        service().webhooks.remove(site.key, id, by=token.actor.id)
    except BadSite as error:
        return errors.problem(Refused(code=Code.STALE), detail=str(error))
    return Response(status=204)


def _hook(webhook: Webhook, *, secret: str | UnsetType = UNSET) -> Hook:
    return Hook(id=webhook.id, url=webhook.url, events=list(webhook.events), secret=secret)
