"""What readers subscribe to, and the rules they write under."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, render_template, request

from commentsvc.domain.comment import Comment
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.ready import depends
from commentsvc.service import Sort
from commentsvc.web.api.answers import json_answer, keeping
from commentsvc.web.catalogue import current, said, speak_for
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import service, settings

ATOM = "application/atom+xml; charset=utf-8"
ENTRIES = 50
MINTED = 2026
"""The year in which the scheme of our tag URIs began (RFC 4151); it never changes, or every reader sees all anew."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

blueprint = Blueprint("feeds", __name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A comment in a feed; times are RFC 3339."""

    id: str
    title: str
    name: str
    link: str
    published: str
    updated: str
    html: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed as the template wants it."""

    id: str
    title: str
    language: str
    address: str
    link: str
    updated: str
    entries: tuple[Entry, ...]


@blueprint.get("/feeds/<site>.atom")
def atom(site: str) -> Response:
    """The newest approved comments of a site, or of one article (`url=`), as Atom (RFC 4287)."""
    url = request.args.get("url", "")
    found = _site(site)
    feed = _of_article(found, url) if url else _of_site(found)
    return _kept(Response(render_template("feeds/atom.xml", feed=feed), content_type=ATOM), found)


@blueprint.get("/rules/<site>")
def rules(site: str) -> Response:
    """The house rules, made of the reasons that moderators use: a page, or JSON for who prefers that."""
    found = _site(site)
    speak_for(found)
    told = [{"code": one.code, "rule": said(one.rules)} for one in found.reasons]
    best = request.accept_mimetypes.best_match(("text/html", "application/json"), default="text/html")
    if best == "application/json":
        response = json_answer({"site": found.key, "name": found.name, "language": current(), "rules": told})
    else:
        html = render_template("rules/page.html", site=found, rules=told)
        response = Response(html, content_type="text/html; charset=utf-8")
    response.vary.update(("Accept", "Accept-Language"))
    return _kept(response, found)


def _site(key: str) -> Site:
    found = service().sites.get(key)
    if isinstance(found, Refused):
        raise Refusal(found)
    return found


def _of_site(site: Site) -> Feed:
    depends(request.environ, site.key, "*")
    return _feed(site, site.name, site.origins[0], "", service().reading.latest(site, limit=ENTRIES))


def _of_article(site: Site, url: str) -> Feed:
    found = service().sites.article(site.key, url)
    if isinstance(found, Refused):
        raise Refusal(found)
    article = found[1]
    depends(request.environ, site.key, article.id)
    page = service().reading.page(site, article, sort=Sort.NEWEST, limit=ENTRIES)
    if isinstance(page, Refused):
        raise Refusal(page)
    return _feed(site, page.thread.title or article.url, article.url, article.url, list(page.comments or ()))


def _feed(site: Site, title: str, link: str, url: str, comments: list[Comment]) -> Feed:
    address = f"{settings().public_url}/feeds/{site.key}.atom" + (f"?url={quote(url, safe='')}" if url else "")
    entries = tuple(_entry(one) for one in comments)
    return Feed(
        id=_tag(f"{site.key}/{url}"),
        title=_xml(title),
        language=site.language,
        address=address,
        link=link,
        # An empty feed needs a time too, and always the same one, or its entity tag would change.
        updated=max((one.updated for one in entries), default=rfc3339(0)),
        entries=entries,
    )


def _entry(comment: Comment) -> Entry:
    body = comment.body
    if body is None:
        raise ValueError(f"the approved comment {comment.id} has no body")
    return Entry(
        id=_tag(comment.id),
        title=_xml(f"{body.name}: {body.title or body.url}"),
        name=_xml(body.name),
        link=f"{body.url}#{comment.id}",
        published=rfc3339(body.created_ms),
        updated=rfc3339(body.edited_ms or body.created_ms),
        html=_xml(comment.html),
    )


def _tag(what: str) -> str:
    host = urlsplit(settings().public_url).hostname
    return f"tag:{host},{MINTED}:{quote(what)}"


def _xml(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold, however they got into an old import."""
    return _NOT_XML.sub("\ufffd", text)


def _kept(response: Response, site: Site) -> Response:
    response.headers["Cache-Control"] = keeping(site.cache_seconds)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.make_conditional(request)
    return response
