"""The approved comments of a frame, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_datetime
from markupsafe import Markup

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Field, FieldKind, in_language
from commentsvc.service import Page
from commentsvc.web.catalogue import current, languages
from commentsvc.web.frame import Frame
from commentsvc.web.parts import service

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """One comment. `parent_name` is empty where the comment it answers is no longer public."""

    id: str
    name: str
    html: Markup
    language: str
    depth: int
    created: str
    created_words: str
    permalink: str
    reply_link: str
    parent: str
    parent_name: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A page of comments; the links are empty where there is nothing to go to."""

    comments: tuple[Shown, ...]
    count: int
    open: bool
    revision: int
    newest: bool
    first_link: str
    next_link: str
    oldest_link: str
    newest_link: str


def listing(frame: Frame, *, cursor: str = "") -> Listing | Refused:
    """The comments after `cursor`."""
    page = service().reading.page(frame.site, frame.article, sort=frame.sort, limit=PER_PAGE, cursor=cursor)
    return page if isinstance(page, Refused) else _listing(frame, page, cursor)


def listing_unless(frame: Frame, *, cursor: str, known: int) -> Listing | Refused | None:
    """The comments after `cursor`; None when `known` is still the thread's revision."""
    page = service().reading.page(
        frame.site, frame.article, sort=frame.sort, limit=PER_PAGE, cursor=cursor, known=known
    )
    if isinstance(page, Refused):
        return page
    return None if page.comments is None else _listing(frame, page, cursor)


def _listing(frame: Frame, page: Page, cursor: str) -> Listing:
    comments = page.comments or ()
    open = page.thread.open and frame.site.open
    names = _names(frame, comments)
    return Listing(
        comments=tuple(_shown(frame, comment, comment.body, names, open=open) for comment in comments if comment.body),
        count=page.thread.counts[Status.APPROVED],
        open=open,
        revision=page.thread.revision,
        newest=frame.newest,
        first_link=frame.link() if cursor else "",
        next_link=frame.link(cursor=comments[-1].id) if page.more else "",
        oldest_link=frame.link(sort=""),
        newest_link=frame.link(sort="newest"),
    )


def _names(frame: Frame, comments: tuple[Comment, ...]) -> dict[CommentId, str]:
    """Who is answered: mostly somebody on the same page, else asked for."""
    here = {comment.id: comment.body.name for comment in comments if comment.body}
    elsewhere = {comment.parent for comment in comments if comment.parent and comment.parent not in here}
    return here | service().reading.names(frame.site, sorted(elsewhere))


def _shown(frame: Frame, comment: Comment, body: Body, names: dict[CommentId, str], *, open: bool) -> Shown:
    created = datetime.fromtimestamp(body.created_ms / 1000, UTC)
    return Shown(
        id=comment.id,
        name=body.name,
        html=Markup(comment.html),  # noqa: S704  # made by `domain.text.safe_html` at approval, and nowhere else
        language=body.language if body.language in languages() else "",
        depth=0 if frame.newest else comment.depth,
        created=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        created_words=in_words(body.created_ms),
        permalink=f"{frame.article.url}#{comment.id}",
        reply_link=frame.link(reply_to=comment.id) + "#comments-form" if open else "",
        parent=comment.parent or "",
        parent_name=names.get(comment.parent, "") if comment.parent else "",
        fields=_public_fields(frame, body.fields),
    )


def _public_fields(frame: Frame, sent: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the site shows beside the name, such as a country: label and value in the page's language."""
    return tuple(
        (in_language(field.labels, current()), _value(field, sent[field.key]))
        for field in frame.site.fields
        if field.public and field.kind is not FieldKind.CHECKBOX and field.key in sent
    )


def _value(field: Field, value: str) -> str:
    chosen = (in_language(choice.labels, current()) for choice in field.choices if choice.value == value)
    return next(chosen, value)


def in_words(ms: int) -> str:
    """A time in the page's language, e.g. `1 March 2026, 10:00 UTC`."""
    return str(format_datetime(datetime.fromtimestamp(ms / 1000, UTC), "d MMMM y, HH:mm 'UTC'", locale=current()))
