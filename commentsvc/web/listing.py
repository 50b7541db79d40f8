"""The approved comments of a frame as HTML, made once per revision of their thread."""

import math
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from flask import render_template
from markupsafe import Markup, escape

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Field, FieldKind
from commentsvc.service import Page, Sort
from commentsvc.web.catalogue import current, gettext, languages, number, said
from commentsvc.web.frame import Frame
from commentsvc.web.moments import moment_in
from commentsvc.web.mould import Memory, Mould, gap
from commentsvc.web.parts import service, settings
from commentsvc.web.structured import data_block

PER_PAGE = 50
LINK = "link"
"""The gap for the frame's own address in the order of time, which every link inside a listing begins with."""

REPORT = "report"
"""The gap for the address of the form that reports a comment, but for the comment."""

LIKE = "like"
"""The gap for the address to which likes are sent."""

KEPT_BYTES = 16 << 20
KEPT_S = 3_600
SEEN = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One comment. `answers` says to whom it replies, and is about nobody where that comment is no longer public."""

    id: str
    name: str
    html: Markup
    language: str
    depth: int
    created: str
    created_words: str
    edited: Markup
    reply_words: str
    parent: str
    parent_link: Markup
    answers: str
    fields: tuple[tuple[str, str], ...]
    likes: str
    featured: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """A page of comments for its template; `link` begins every link, those to other pages are empty without any.

    `thread` is what a browser keeps the reader's last visit under, `previous` the first comment of a later page.
    """

    comments: tuple[Shown, ...]
    count: int
    open: bool
    newest: bool
    best: bool
    likes: bool
    like: Markup
    article: Markup
    link: Markup
    here: Markup
    report: Markup
    thread: str
    previous: str
    next: str
    data: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A page of comments, ready for every frame that shows it."""

    count: int
    open: bool
    revision: int
    mould: Mould

    def html(self, frame: Frame) -> Markup:
        """The comments with the links of this frame."""
        return self.mould.filled(link=frame.link(sort=""), report=frame.report, like=frame.like)


class _Words(NamedTuple):
    """What every comment of a page says, looked up once: the language, sentences about somebody, what is here."""

    language: str
    edited: Markup
    reply: str
    answers: str
    likes: str
    here: Markup
    shown: frozenset[CommentId]


_kept: Memory[Listing] = Memory(size=KEPT_BYTES, seconds=KEPT_S)
_seen: Memory[int] = Memory(size=SEEN, seconds=KEPT_S)
"""The last revision of each thread, however it was shown; 0 once a notice has said that there is another."""

_told = {"notices": 0, "missed_s": -math.inf}


def changed(site: str = "", thread: str = "") -> None:
    """Hears that a thread has a new public face; without one, that anything may have."""
    _told["notices"] += 1
    if thread:
        _seen.put((site, thread), 0, size=1)
    else:
        _told["missed_s"] = time.monotonic()


def listing(frame: Frame, *, cursor: str = "") -> Listing | Refused:
    """The comments after `cursor`; the store is asked each time whether what we remember is still so."""
    key = _key(frame, cursor)
    kept = _kept.get(key)
    page = _page(frame, cursor, kept.revision if kept else None)
    if isinstance(page, Refused):
        return page
    made = kept if kept and page.comments is None else _listing(frame, page, cursor)
    return _kept.put(key, made, size=made.mould.size)


def last_listing(frame: Frame, *, cursor: str = "") -> Listing | None:
    """The comments as they were proven right not long ago (`stale_seconds`), for while the store is away.

    None as well where another page has shown the thread as it was later, or a notice has told of a change: what was
    taken down must not come back.
    """
    within_s = min(settings().stale_seconds, time.monotonic() - _told["missed_s"])
    kept = _kept.get(_key(frame, cursor), within_s=within_s)
    return kept if kept and kept.revision == _seen.get(_thread(frame)) else None


def listing_unless(frame: Frame, *, cursor: str, known: int) -> Listing | Refused | None:
    """The comments after `cursor`; None when `known` is still the thread's revision."""
    page = _page(frame, cursor, known)
    if isinstance(page, Refused):
        return page
    return None if page.comments is None else _listing(frame, page, cursor)


def none_listed() -> Markup:
    """What stands in the place of comments that cannot be read just now."""
    return Markup(render_template("embed/list.html", rows=None))  # noqa: S704  # a template's own output


def _page(frame: Frame, cursor: str, known: int | None) -> Page | Refused:
    told = _told["notices"]
    page = service().reading.page(
        frame.site, frame.article, sort=frame.sort, limit=PER_PAGE, cursor=cursor, known=known
    )
    if isinstance(page, Page) and told == _told["notices"]:  # else a notice may be newer than what was read
        _seen.put(_thread(frame), page.thread.revision, size=1)
    return page


def _thread(frame: Frame) -> Hashable:
    return frame.site.key, frame.article.id


def _key(frame: Frame, cursor: str) -> Hashable:
    """Everything that the HTML depends on but the revision and the link."""
    site, article = frame.site, frame.article
    return site.salt, site.version, article.id, article.url, frame.sort, cursor, current(), frame.included


def _listing(frame: Frame, page: Page, cursor: str) -> Listing:
    rows = _rows(frame, page, cursor)
    mould = Mould(render_template("embed/list.html", rows=rows))
    return Listing(count=rows.count, open=rows.open, revision=page.thread.revision, mould=mould)


def _rows(frame: Frame, page: Page, cursor: str) -> Rows:
    comments = page.comments or ()
    link = Markup(gap(LINK))  # noqa: S704  # the gap is filled with an escaped link
    here = link if frame.sort is Sort.CONVERSATION else link + Markup("&amp;sort=%s") % frame.sort
    names, words = _names(frame, comments), _words(comments, here)
    return Rows(
        comments=tuple(_shown(frame, comment, comment.body, names, words) for comment in comments if comment.body),
        count=page.thread.counts[Status.APPROVED],
        open=page.thread.open and frame.site.open,
        newest=frame.newest,
        best=frame.best,
        likes=frame.site.likes,
        like=Markup(gap(LIKE)),  # noqa: S704  # filled with an escaped link too
        article=escape(frame.article.url),
        link=link,
        here=here,
        report=Markup(gap(REPORT)),  # noqa: S704  # filled with an escaped link as well
        thread=f"{frame.site.key}:{frame.article.id}",
        previous=comments[0].id if cursor and comments else "",
        next=comments[-1].id if page.more else "",
        data=data_block(frame.article, page.thread, comments) if frame.included else Markup(""),
    )


def _words(comments: tuple[Comment, ...], here: Markup) -> _Words:
    shown = frozenset(comment.id for comment in comments)
    likes, edited = gettext("Likes: %(num)s"), escape(gettext("edited %(when)s"))
    return _Words(current(), edited, gettext("to %(name)s"), gettext("In reply to %(name)s"), likes, here, shown)


def _parent_link(parent: CommentId, words: _Words) -> Markup:
    """The way to a comment that is answered: on this page, or to the page that shows it."""
    target = Markup("#%s") % parent
    return target if parent in words.shown else words.here + Markup("&amp;comment=%s") % parent + target


def _names(frame: Frame, comments: tuple[Comment, ...]) -> dict[CommentId, str]:
    """Who is answered: mostly somebody on the same page, else asked for."""
    here = {comment.id: comment.body.name for comment in comments if comment.body}
    elsewhere = {comment.parent for comment in comments if comment.parent and comment.parent not in here}
    return here | service().reading.names(frame.site, sorted(elsewhere))


def _shown(frame: Frame, comment: Comment, body: Body, names: Mapping[CommentId, str], words: _Words) -> Shown:
    created = datetime.fromtimestamp(body.created_ms // 1000, UTC)
    answered = names.get(comment.parent, "") if comment.parent else ""
    return Shown(
        id=comment.id,
        name=body.name,
        html=Markup(comment.html),  # noqa: S704  # made by `domain.text.safe_html`, and nowhere else
        language=body.language if body.language in languages() else "",
        depth=comment.depth if frame.sort is Sort.CONVERSATION else 0,
        created=f"{created:%Y-%m-%dT%H:%M:%SZ}",
        created_words=moment_in(created, words.language),
        edited=_edited(body.edited_ms, words) if body.edited_ms else Markup(""),
        reply_words=words.reply % {"name": isolated(body.name)},
        parent=comment.parent or "",
        parent_link=_parent_link(comment.parent, words) if comment.parent and answered else Markup(""),
        answers=words.answers % {"name": isolated(answered)} if answered else "",
        likes=words.likes % {"num": number(comment.likes)} if comment.likes else "",
        featured=comment.featured,
        fields=_public_fields(frame, body.fields) if body.fields else (),
    )


def _edited(edited_ms: int, words: _Words) -> Markup:
    at = datetime.fromtimestamp(edited_ms // 1000, UTC)
    when = Markup('<time datetime="%s">%s</time>') % (f"{at:%Y-%m-%dT%H:%M:%SZ}", moment_in(at, words.language))
    return words.edited % {"when": when}


def isolated(name: str) -> str:
    """A name between isolates: one written from right to left must not turn the sentence around it."""
    return f"\u2068{name}\u2069"


def _public_fields(frame: Frame, sent: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the site shows beside the name, such as a country: label and value in the page's language."""
    return tuple(
        (said(field.labels), _value(field, sent[field.key]))
        for field in frame.site.fields
        if field.public and field.kind is not FieldKind.CHECKBOX and field.key in sent
    )


def _value(field: Field, value: str) -> str:
    chosen = (said(choice.labels) for choice in field.choices if choice.value == value)
    return next(chosen, value)
