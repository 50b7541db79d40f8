"""The only way into the console: nothing under `/moderation` is reached by who is not signed in, or not of the site."""

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import comment_id, decision_id, place
from commentsvc.domain.moderator import Actor, Moderator, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.web import sessions
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import service

T = TypeVar("T")

blueprint = Blueprint("moderation", __name__, url_prefix="/moderation")
blueprint.after_request(sessions.unframed)
sessions.refuse_in_words(blueprint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What stands around every page: who sits there, at which site, and how much there is."""

    me: Moderator
    admin: bool
    site: Site | None
    sites: tuple[Site, ...]
    counts: dict[Status, int]
    tongues: list[tuple[str, str]]


@blueprint.before_request
def lock() -> BaseResponse | None:
    """Lets a request in: signed in, from a page of ours if it changes anything, and for a site of this moderator's."""
    sessions.speak()
    moderator = sessions.signed_in()
    if moderator is None:
        return sessions.sign_in_first()
    if request.method == "POST":
        sessions.protect()
    g.site = _site(moderator.actor, request.view_args or {})
    return None


def me() -> Moderator:
    """The moderator who asks."""
    moderator = sessions.signed_in()
    if moderator is None:
        raise Refusal(Refused(code=Code.FORBIDDEN))
    return moderator


def actor() -> Actor:
    """The moderator who asks, as somebody who decides."""
    return me().actor


def here() -> Site:
    """The site that the address names."""
    return cast(Site, g.site)


def names() -> dict[str, str]:
    """What each moderator is called, by sign-in name; read once a request."""
    if "moderator_names" not in g:
        g.moderator_names = {one.id: one.name for one in service().sign_ins.moderators()}
    return cast(dict[str, str], g.moderator_names)


def sheet(template: str, page: object, status: int = 200) -> Response:
    """A page of the console, with the desk around it."""
    html = render_template(template, page=page, desk=_desk())
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def granted(found: T | Refused) -> T:
    """What was found; a refusal becomes a page in words."""
    if isinstance(found, Refused):
        raise Refusal(found)
    return found


def _desk() -> Desk:
    moderator, site = me(), g.site
    counts = service().moderation.counts(moderator.actor, site) if site else {}
    return Desk(
        me=moderator,
        admin=moderator.role is Role.ADMIN,
        site=site,
        sites=tuple(service().moderation.sites(moderator.actor)),
        counts={} if isinstance(counts, Refused) else dict(counts),
        tongues=sessions.tongues(),
    )


def _site(who: Actor, named: dict[str, Any]) -> Site | None:
    """The site an address is about, None for an address about none.

    What is another site's looks like what does not exist: neither addresses nor ids tell anything.
    """
    if not named.keys() & {"site", "comment", "decision"}:
        return None
    site = _by_key(named["site"]) if "site" in named else _by_id(named.get("comment") or named["decision"])
    if site is None or not who.may_decide(site.key):
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return site


def _by_key(key: str) -> Site | None:
    found = service().sites.get(key)
    return None if isinstance(found, Refused) else found


def _by_id(text: str) -> Site | None:
    id = comment_id(text) or decision_id(text)
    return service().sites.by_number(place(id).site_number) if id else None
