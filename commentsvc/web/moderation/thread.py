"""An article's comments: as readers see them, with those that wait in their places; open or closed."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.comment import MAX_DEPTH, Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.thread import Article, thread_id
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card, card
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here
from commentsvc.web.moderation.door import sheet as sheet_of
from commentsvc.web.moderation.marks import marked
from commentsvc.web.moderation.way import Notice, Way, notice, way
from commentsvc.web.parts import service

PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A comment in its place in the conversation; `next` is what is looked at when it has been decided."""

    card: Card
    depth: int
    next: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadPage:
    """Some of an article's conversation. `counts` is (status, its name, number)."""

    id: str
    title: Markup
    url: str
    open: bool
    held: bool
    counts: tuple[tuple[Status, str, int], ...]
    posts: tuple[Post, ...]
    reasons: tuple[tuple[str, str], ...]
    notice: Notice | None
    way: Way
    more: str
    first: str
    log: str


@blueprint.get("/<site>/threads/<string(length=26):thread>")
@asks(Right.READ)
def talk(site: str, thread: str) -> Response:
    """The article's comments in the order of the conversation."""
    id = thread_id(thread)
    if id is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    after = request.args.get("after", "")
    found = granted(service().threads.talk(actor(), here(), id, cursor=after, limit=PAGE))
    shown = found.thread
    ids = [item.comment.id for item in found.items]
    page = ThreadPage(
        id=id,
        title=marked(shown.title or shown.url or shown.key),
        url=shown.url if shown.url.startswith(("https://", "http://")) else "",
        open=shown.open,
        held=shown.held,
        counts=tuple(
            (status, words.status_name(status), shown.counts.get(status, 0))
            for status in (Status.APPROVED, Status.PENDING, Status.REJECTED, Status.SPAM)
        ),
        posts=tuple(
            Post(card=card(here(), item, lease=item.lease), depth=_depth(item.comment), next=following)
            for item, following in zip(found.items, [*ids[1:], "end"], strict=False)
        ),
        reasons=words.reasons(here()),
        notice=notice(),
        way=Way(list="thread", page=_address(id, after=after)),
        more=_address(id, after=found.next_cursor) if found.next_cursor else "",
        first=_address(id) if after else "",
        log=url_for("moderation.log", site=site, article=id),
    )
    return sheet_of("moderation/thread.html", page)


@blueprint.post("/<site>/threads/<string(length=26):thread>")
@asks(Right.DECIDE)
def switch(site: str, thread: str) -> BaseResponse:
    """Opens or closes the article, or has all on it held; asking twice changes nothing more."""
    id = thread_id(thread)
    if id is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    wish = _wish()
    granted(service().threads.set_open(actor(), here(), id, open=wish != "close", hold=wish == "hold"))
    return way().back("", switched=id)


@blueprint.post("/comments/<string(length=30):comment>/thread")
@asks(Right.DECIDE)
def set_thread(comment: str) -> BaseResponse:
    """Opens or closes the article that this comment is on, or has all on it held; asking twice changes nothing more."""
    wish = _wish()
    item = granted(service().moderation.item(actor(), comment))
    thread = item.thread
    article = Article(id=thread.id, key=thread.key, url=thread.url)
    hold = wish == "hold"
    granted(service().moderation.open_thread(actor(), here(), article, open=wish != "close", hold=hold))
    return way().back(comment, thread=comment)


def _wish() -> str:
    wish = request.form.get("thread", "")
    if wish not in ("open", "hold", "close"):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    return wish


def _depth(comment: Comment) -> int:
    return min(comment.depth, MAX_DEPTH)


def _address(thread: str, *, after: str = "") -> str:
    names: dict[str, Any] = {"after": after} if after else {}
    return url_for("moderation.talk", site=here().key, thread=thread, **names)
