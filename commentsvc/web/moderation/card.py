"""A card: one comment with everything that is needed to judge it, ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Right
from commentsvc.domain.rules import Where
from commentsvc.domain.rules import suggested as suggested_by
from commentsvc.domain.site import FieldKind, Site, in_language
from commentsvc.service.moderation import Item, Lease
from commentsvc.web.catalogue import current, gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.around import Around, around
from commentsvc.web.moderation.author import spans as spans_of_time
from commentsvc.web.moderation.brought import Brought, about_edit, brought, verbs
from commentsvc.web.moderation.difference import changed
from commentsvc.web.moderation.door import may, me
from commentsvc.web.moderation.marks import Span, isolated, marked
from commentsvc.web.moderation.why import spans, why
from commentsvc.web.moderation.words import Moment, moment

QUOTE_MAX = 280
NOTHING = Markup("")
NONE_AROUND = Around()


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """The comment that this one replies to."""

    id: CommentId
    name: Markup
    text: Markup
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What readers see while the edit that the card is about is judged; `renamed` shows two names, if they differ."""

    name: Markup
    text: Markup
    fields: tuple[tuple[str, Markup], ...]
    renamed: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A comment as the console shows it. `record` is its author's other comments as (status, name, number).

    `looking` is the colleague who has it before them just now, None when nobody has; `token` is the fence of one's own
    lease. `why` says what rules found, empty where that is nothing; `suggested` is the code of the reason that one of
    them proposes. `brought` is what readers have against it, or its author against a decision. `published`: the card is
    about the edit of a published comment, and its text shows what has changed. `rejects` is what its reasons are given
    for. `featured`: readers see it set off.
    """

    id: CommentId
    version: int
    status: Status
    name: Markup
    email: str
    text: Markup
    language: str
    title: Markup
    url: str
    talk: str
    thread_open: bool
    thread_held: bool
    may_close: bool
    sent: Moment
    parent: Quote | None
    fields: tuple[tuple[str, Markup], ...]
    record: tuple[tuple[Status, str, int], ...]
    by_network: bool
    looking: Markup | None
    decided: Markup | None
    reason: str
    actions: tuple[tuple[Verb, str], ...]
    token: int = 0
    why: Markup = NOTHING
    suggested: str = ""
    around: Around = NONE_AROUND
    rights: tuple[Right, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    person: str = ""
    brought: Brought | None = None
    waits: bool = False
    rejects: Verb = Verb.REJECT
    published: Published | None = None
    featured: bool = False


def card(site: Site, item: Item, *, lease: Lease | None = None) -> Card:
    """The card of an item; `lease` says who looks at it: a colleague, or who asks."""
    holder = lease.holder if lease and lease.holder != me().id else ""
    edited = about_edit(item)
    comment = item.comment.newest if edited else item.comment
    body, old = comment.body, item.comment.body
    url = body.url if body else item.thread.url
    return Card(
        id=comment.id,
        version=comment.version,
        status=comment.status,
        name=isolated(body.name, spans(site, comment, Where.NAME)) if body else Markup(""),
        email=body.email if body else "",
        text=_text(old, body, spans(site, comment)) if old and body else Markup(""),
        language=body.language if body else "",
        title=marked((body.title if body else "") or item.thread.title or url),
        # Imported data may hold any address; only the web's are made clickable.
        url=url if url.startswith(("https://", "http://")) else "",
        talk=url_for("moderation.talk", site=site.key, thread=comment.thread),
        thread_open=item.thread.open,
        thread_held=item.thread.held,
        may_close=may(Right.DECIDE),
        sent=moment((body.edited_ms if edited else body.created_ms) if body else comment.decided_ms),
        parent=_quote(item.parent) if item.parent else None,
        fields=_fields(site, body.fields) if body else (),
        record=_record(item),
        by_network=bool(body) and not (body.email if body else ""),
        looking=words.person(holder) if holder else None,
        decided=_decided(item) if comment.decided_by else None,
        reason=words.reason_label(site, comment.reason) if comment.reason else "",
        actions=tuple((verb, words.button(comment.status, verb, edited=edited)) for verb in verbs(item)),
        token=lease.token if lease and not holder else 0,
        why=why(site, comment) if body else Markup(""),
        suggested=_suggested(site, comment),
        around=around(item),
        rights=tuple(right for right in (Right.DECIDE, Right.RESTRICT) if body and may(right)),
        spans=spans_of_time(),
        brought=brought(site, comment, item.case),
        person=url_for("moderation.person", site=site.key, key=body.author_key) if body else "",
        waits=edited or comment.status is Status.PENDING,
        rejects=Verb.TURN_DOWN if edited else Verb.REJECT,
        published=_published(site, old, body) if edited and old and body else None,
        featured=comment.featured,
    )


def _published(site: Site, old: Body, new: Body) -> Published:
    renamed = Markup("<del>%s</del> <ins>%s</ins>") % (isolated(old.name), isolated(new.name))
    return Published(
        name=isolated(old.name),
        text=marked(old.text),
        fields=_fields(site, old.fields) if old.fields != new.fields else (),
        renamed=renamed if old.name != new.name else NOTHING,
    )


def _text(old: Body, new: Body, found: Sequence[Span]) -> Markup:
    return marked(new.text, found) if new is old else changed(old.text, new.text, found)


def _suggested(site: Site, comment: Comment) -> str:
    """The reason that rules suggest, while the comment waits and the site has it."""
    code = suggested_by(comment.hits) if comment.waits else ""
    return code if site.reason(code) else ""


def _quote(parent: Comment) -> Quote:
    body = parent.body
    text = " ".join(body.text.split()) if body else ""
    shown = text if len(text) <= QUOTE_MAX else text[:QUOTE_MAX] + "…"
    return Quote(
        id=parent.id,
        name=isolated(body.name) if body else Markup(""),
        text=marked(shown) if body else marked(gettext("(withdrawn by its author)")),
        status=words.status_name(parent.status) if parent.status is not Status.APPROVED else "",
    )


def _fields(site: Site, values: Mapping[str, str]) -> tuple[tuple[str, Markup], ...]:
    known = {field.key: field for field in site.fields}
    rows: list[tuple[str, Markup]] = []
    for key, value in values.items():
        field = known.get(key)
        label = in_language(field.labels, current()) if field else key
        choices = {choice.value: choice.labels for choice in field.choices} if field else {}
        if value in choices:
            shown = in_language(choices[value], current())
        elif field and field.kind is FieldKind.CHECKBOX:
            shown = gettext("yes") if value else gettext("no")
        else:
            shown = value
        if shown:
            rows.append((label, marked(shown)))
    return tuple(rows)


def _decided(item: Item) -> Markup:
    comment = item.comment
    asked = comment.waits and comment.newest.lane is Lane.COLLEAGUE
    edited = comment.edit is not None
    return words.happened(
        comment.status, comment.decided_by, comment.decided_ms, verb=item.verb, asked=asked, edited=edited
    )


def _record(item: Item) -> tuple[tuple[Status, str, int], ...]:
    """The author's other comments; this one is counted out."""
    rows = []
    for status in (Status.APPROVED, Status.REJECTED, Status.SPAM, Status.PENDING, Status.ERASED):
        count = item.author.get(status, 0) - (status is item.comment.status)
        if count > 0:
            rows.append((status, words.status_name(status), count))
    return tuple(rows)
