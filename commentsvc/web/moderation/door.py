"""The only way into the console: nothing under `/moderation` is reached by who is not signed in, or has no right to it.

Location decides. Each address says beside its route what it `asks` of whoever comes; one that asks nothing is closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import comment_id, decision_id, place
from commentsvc.domain.moderator import Actor, Moderator, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.web import sessions
from commentsvc.web.errors import Refusal, for_console_scripts
from commentsvc.web.parts import service

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., object])

ANYBODY = "anybody"
"""What an address asks that is everybody's who is signed in, such as the list of one's own sites."""

MYSELF = "myself"
"""What the pages of one's own account ask: they are open also to who must set up a second factor first."""

blueprint = Blueprint("moderation", __name__, url_prefix="/moderation")
blueprint.after_request(sessions.unframed)
sessions.refuse_in_words(blueprint)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What stands around every page: who sits there, at which site, and how much there is."""

    me: Moderator
    may: frozenset[Right]
    site: Site | None
    sites: tuple[Site, ...]
    counts: dict[Status, int]
    tongues: list[tuple[str, str]]


def asks(right: Right | str) -> Callable[[View], View]:
    """Says what an address asks of whoever comes: a right, on the site that the address names; or only ANYBODY.

    An address that names no site asks for the right on any site.
    """

    def noted(view: View) -> View:
        ASKED[view] = right
        return view

    return noted


ASKED: dict[Callable[..., object], Right | str] = {}
"""View → what it asks."""


@blueprint.before_request
def lock() -> BaseResponse | None:
    """Lets a request in: signed in, from a page of ours if it changes anything, and with what is asked."""
    sessions.speak()
    moderator = sessions.signed_in()
    if moderator is None:
        return sessions.sign_in_first()
    if request.method == "POST":
        sessions.protect()
    if lacks_factor() and asked_at(request.endpoint or "") != MYSELF:
        return _factor_first()
    g.site = _site(moderator.actor, request.view_args or {})
    _judge(moderator.actor, g.site)
    return None


def asked_at(endpoint: str) -> Right | str | None:
    """What an address asks; None for one that nobody may come to."""
    return ASKED.get(current_app.view_functions[endpoint])


def lacks_factor() -> bool:
    """Whether the role of who asks needs a second factor, and there is none yet."""
    seat = sessions.seat()
    return seat is not None and not seat.factor and seat.moderator.role in seat.policy.second_factor


def _factor_first() -> BaseResponse:
    """The way to where it is set up; words where that would lose what somebody did."""
    if request.method in ("GET", "HEAD") and not for_console_scripts():
        return redirect(url_for("moderation.factor"), 303)
    raise Refusal(Refused(code=Code.FACTOR_NEEDED))


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


def may(right: Right) -> bool:
    """Whether the moderator who asks has a right here: on the site that the address names, else on any."""
    site: Site | None = g.site
    return actor().may(right, site.key) if site else actor().may_somewhere(right)


def names() -> dict[str, str]:
    """What each moderator is called, by sign-in name; read once a request."""
    if "moderator_names" not in g:
        g.moderator_names = {one.id: one.name for one in service().moderators.all()}
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
        may=frozenset(right for right in Right if may(right)),
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
    if site is None or not who.may(Right.READ, site.key):
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return site


def _judge(who: Actor, site: Site | None) -> None:
    """Refuses whoever lacks what the address asks: in words on one's own site, elsewhere as if nothing were there."""
    right = asked_at(request.endpoint or "")
    if right in (ANYBODY, MYSELF):
        return
    if not isinstance(right, Right) or (site is None and not who.may_somewhere(right)):
        raise Refusal(Refused(code=Code.NOT_FOUND))
    if site is not None and not who.may(right, site.key):
        raise Refusal(Refused(code=Code.FORBIDDEN))


def _by_key(key: str) -> Site | None:
    found = service().sites.get(key)
    return None if isinstance(found, Refused) else found


def _by_id(text: str) -> Site | None:
    id = comment_id(text) or decision_id(text)
    return service().sites.by_number(place(id).site_number) if id else None
