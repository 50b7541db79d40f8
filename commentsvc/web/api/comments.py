"""Reading comments: a page of a thread, one comment. Only approved ones, ever."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlencode

from flask import Response, request
from msgspec import Meta, Struct

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article
from commentsvc.ready import depends
from commentsvc.service import Page, Sort
from commentsvc.service.reading import PAGE_MAX
from commentsvc.web.api import shapes
from commentsvc.web.api.answers import cacheable, json_answer
from commentsvc.web.api.routes import CACHEABLE, operation
from commentsvc.web.parts import service, settings

SHAPE = 2
"""Part of every entity tag: raised when the answer of an unchanged thread changes its shape."""


class Order(StrEnum):
    """The orders of a page; `best`, by likes, is `oldest` on a site without them."""

    OLDEST = Sort.OLDEST
    NEWEST = Sort.NEWEST
    BEST = Sort.BEST


class CommentsQuery(Struct, frozen=True, kw_only=True):
    """Which article: by its `url`, or by the publisher's own `thread` key; and which part of its comments."""

    site: str
    url: str = ""
    thread: str = ""
    sort: Order = Order.OLDEST
    limit: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 50
    cursor: str = ""


class CommentsPage(Struct, frozen=True, kw_only=True):
    """Some of a thread's approved comments; `next_cursor` leads to those that follow."""

    thread: shapes.Thread
    comments: list[shapes.Comment]
    next_cursor: str | None


@operation(
    "GET",
    "/api/v1/comments",
    answer=CommentsPage,
    headers=CACHEABLE | {"Link": 'The next page, `rel="next"`, where there is one.'},
    refusals=(Code.UNKNOWN_SITE, Code.ORIGIN_NOT_ALLOWED, Code.INVALID_URL, Code.INVALID_CURSOR),
)
def list_comments(query: CommentsQuery) -> Any:
    """A page of an article's approved comments.

    An article that nobody has commented on is an open thread without comments, not an error.
    """
    found = asked_article(query.site, query.url, query.thread)
    if isinstance(found, Refused):
        return found
    site, article = found
    depends(request.environ, site.key, article.id)
    tag = _tag(site, article, query)
    page = service().reading.page(
        site,
        article,
        sort=Sort(query.sort),
        limit=query.limit,
        cursor=query.cursor,
        known=_known_revision(tag),
    )
    if isinstance(page, Refused):
        return page
    return _answer(site, page, query, tag)


@operation("GET", "/api/v1/comments/<id>", answer=shapes.Comment, headers=CACHEABLE, refusals=(Code.NOT_FOUND,))
def get_comment(id: str) -> Any:
    """One approved comment; `not_found` for any other."""
    found = service().reading.comment(id)
    if isinstance(found, Refused):
        return found
    depends(request.environ, found.site.key, found.comment.thread)
    return cacheable(json_answer(shapes.comment(found.site, found.comment)), found.site)


def asked_article(site_key: str, url: str, thread: str) -> tuple[Site, Article] | Refused:
    """The site and the article that are meant by an address, by a publisher's key, or by both."""
    site = service().sites.get(site_key)
    if isinstance(site, Refused):
        return site
    if thread and not url:
        url = site.origins[0]  # the key alone names the thread; its comments know their addresses
    return service().sites.article(site_key, url, thread)


def _tag(site: Site, article: Article, query: CommentsQuery) -> str:
    """What makes two answers of one revision different."""
    what = (SHAPE, site.key, site.version, article.id, query.url and article.url, query.sort, query.limit, query.cursor)
    return hashlib.sha256(repr(what).encode()).hexdigest()[:24]


def _known_revision(tag: str) -> int | None:
    """The revision that the caller has of this very answer; a proxy may have made its tag a weak one."""
    for known in request.if_none_match.as_set(include_weak=True):
        revision, _, of = (known or "").partition("-")  # werkzeug reads an empty tag as None
        if of == tag and revision.isascii() and revision.isdecimal() and len(revision) < 19:
            return int(revision)
    return None


def _answer(site: Site, page: Page, query: CommentsQuery, tag: str) -> Response:
    if page.comments is None:
        response = Response(status=304)  # made below; nothing was read but the revision
    else:
        last = page.comments[-1].id if page.more else None
        response = json_answer(
            CommentsPage(
                thread=shapes.thread(page.thread, site=site, by_key=not query.url),
                comments=[shapes.comment(site, one) for one in page.comments],
                next_cursor=last,
            )
        )
        if last:
            response.headers["Link"] = f'<{_address(query, last)}>; rel="next"'
    return cacheable(response, site, etag=f"{page.thread.revision}-{tag}")


def _address(query: CommentsQuery, cursor: str) -> str:
    said = {"site": query.site, "url": query.url, "thread": query.thread, "sort": query.sort, "limit": query.limit}
    words = urlencode({name: value for name, value in said.items() if value} | {"cursor": cursor})
    return f"{settings().public_url}/api/v1/comments?{words}"
