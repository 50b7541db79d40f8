"""An author without an account: all that one key wrote, what moderators noted, what is laid on it, and its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.author import AUTHOR_KEY, Imposed, KeyKind, Note, Restriction, kind_of
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, made_ms
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.authors import Profile
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import words
from commentsvc.web.moderation.author import HOLD, LIFT, SPANS, spans
from commentsvc.web.moderation.comment import problem_of
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.marks import isolated, marked
from commentsvc.web.moderation.way import Notice, Way
from commentsvc.web.moderation.words import Moment, filled, moment
from commentsvc.web.parts import service

PAGE = 50
NAMES_SHOWN = 5
TEXT_MAX = 280


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something in the time line: a comment with what became of it, or what was laid on the author."""

    id: str
    at: Moment
    status: str
    verdict: Markup
    title: Markup
    url: str
    text: Markup
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """A note on the author."""

    who: Markup
    at: Moment
    text: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What was written in a form that was refused, by field, and why."""

    text: Mapping[str, str]
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPage:
    """An author by key. `names` are those used lately; `by_network`: perhaps many people.

    `asks` is what is about to be laid on a network and has to be said twice.
    """

    key: str
    names: tuple[Markup, ...]
    email: str
    by_network: bool
    counts: tuple[tuple[Status, str, int], ...]
    restricted: Markup | None
    notes: tuple[Noted, ...]
    events: tuple[Event, ...]
    spans: tuple[tuple[str, str], ...]
    search: str
    notice: Notice | None
    kept: Kept
    asks: str
    way: Way
    more: str
    first: str


@blueprint.get("/<site>/authors/<key>")
@asks(Right.READ)
def person(site: str, key: str) -> Response:
    """Everything by this key, newest first."""
    return _sheet(key)


@blueprint.post("/<site>/authors/<key>/note")
@asks(Right.DECIDE)
def person_note(site: str, key: str) -> BaseResponse:
    """Writes a note for colleagues down."""
    text = request.form.get("text", "")
    outcome = service().authors.note(actor(), here(), key, text)
    if isinstance(outcome, Refused):
        return _refused(key, outcome, {"text": text})
    return _way(key).back("", said="noted")


@blueprint.post("/<site>/authors/<key>/restriction")
@asks(Right.RESTRICT)
def person_restrict(site: str, key: str) -> BaseResponse:
    """Restricts the author for a while, holds everything, or lifts it; a whole network only when it is said twice."""
    span, note = request.form.get("span", ""), request.form.get("note", "")
    if span not in (*SPANS, HOLD, LIFT):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    if span != LIFT and _is_network(key) and request.form.get("sure", "") != "yes":
        return _sheet(key, kept=Kept(text={"note": note}, problem=""), asks=span)
    if span == LIFT:
        outcome = service().authors.lift(actor(), here(), key, note=note)
    else:
        until_ms = now_ms() + SPANS[span] if span in SPANS else 0
        outcome = service().authors.restrict(actor(), here(), key, until_ms=until_ms, note=note)
    if isinstance(outcome, Refused):
        return _refused(key, outcome, {"note": note})
    return _way(key).back("", said="lifted" if span == LIFT else "restricted")


def _refused(key: str, refused: Refused, text: Mapping[str, str]) -> Response:
    if refused.code is Code.NOT_FOUND:
        raise Refusal(refused)
    return _sheet(key, kept=Kept(text=text, problem=problem_of(refused)), status=refused.status)


def _sheet(key: str, *, kept: Kept | None = None, asks: str = "", status: int = 200) -> Response:
    cursor = request.args.get("older", "")
    profile = granted(service().authors.profile(actor(), here(), key))
    written = granted(service().authors.written(actor(), here(), key, cursor=cursor, limit=PAGE))
    latest = next((one.body for one in written.comments if one.body), None)
    email = latest.email if latest else ""
    page = PersonPage(
        key=key,
        names=_names(written.comments),
        email=email,
        by_network=profile.kind is KeyKind.NETWORK,
        counts=tuple((one, words.status_name(one), n) for one, n in _ordered(profile) if n),
        restricted=_standing(profile.restriction),
        notes=tuple(map(_noted, profile.notes)),
        events=_events(
            written.comments, profile.imposed, after=_first_of(written.next_cursor), before=_first_of(cursor)
        ),
        spans=spans(),
        search=url_for("moderation.search", site=here().key, q=f"email:{email}") if email else "",
        notice=_notice(profile),
        kept=kept or Kept(text={}, problem=""),
        asks=dict(spans()).get(asks, "") and asks,
        way=_way(key, older=cursor),
        more=address(key, older=written.next_cursor) if written.next_cursor else "",
        first=address(key) if cursor else "",
    )
    return sheet("moderation/person.html", page, status)


def address(key: str, **more: Any) -> str:
    """Where all of an author's is."""
    return url_for("moderation.person", site=here().key, key=key, **{k: v for k, v in more.items() if v})


def _way(key: str, **more: str) -> Way:
    return Way(list="author", page=address(key, **more))


def _is_network(key: str) -> bool:
    return bool(AUTHOR_KEY.fullmatch(key)) and kind_of(key) is KeyKind.NETWORK


def _ordered(profile: Profile) -> list[tuple[Status, int]]:
    order = (Status.APPROVED, Status.PENDING, Status.REJECTED, Status.SPAM, Status.ERASED)
    return [(status, profile.counts.get(status, 0)) for status in order]


def _names(comments: Sequence[Comment]) -> tuple[Markup, ...]:
    """The names that were used, the last one first."""
    used = dict.fromkeys(one.body.name for one in comments if one.body)
    return tuple(isolated(name) for name in list(used)[:NAMES_SHOWN])


def _noted(note: Note) -> Noted:
    return Noted(who=words.person(note.by), at=moment(note.at_ms), text=marked(note.text))


def _events(comments: Sequence[Comment], imposed: Sequence[Imposed], *, after: int, before: int) -> tuple[Event, ...]:
    """Comments and what was laid on their author, newest first; of the latter what belongs on this page."""
    events = [(made_ms(one.id), _of_comment(one)) for one in comments]
    events += [
        (one.at_ms, _of_imposed(one)) for one in imposed if after < one.at_ms and (not before or one.at_ms <= before)
    ]
    return tuple(event for _, event in sorted(events, key=lambda pair: pair[0], reverse=True))


def _first_of(cursor: str) -> int:
    """When the first comment behind a cursor was made; 0 where there is no cursor."""
    return max((made_ms(CommentId(f"cmt_{body}")) for body in cursor.split(".")), default=0) if cursor else 0


def _of_comment(comment: Comment) -> Event:
    body = comment.body
    text = " ".join(body.text.split()) if body else ""
    reason = f" · {words.reason_label(here(), comment.reason)}" if comment.reason else ""
    return Event(
        id=comment.id,
        at=moment(made_ms(comment.id)),
        status=comment.status,
        verdict=filled("%(status)s%(reason)s", status=words.status_name(comment.status), reason=reason),
        title=marked((body.title or body.url) if body else ""),
        url=url_for("moderation.comment", comment=comment.id),
        text=marked(text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"),
        language=body.language if body else "",
    )


def _of_imposed(imposed: Imposed) -> Event:
    if imposed.restriction is None:
        said = gettext("%(who)s lifted the restriction")
    elif imposed.restriction.holds:
        said = gettext("%(who)s holds everything of this author")
    else:
        said = gettext("%(who)s takes no comments until %(until)s")
    until = imposed.restriction.until_ms if imposed.restriction else 0
    return Event(
        id=imposed.id,
        at=moment(imposed.at_ms),
        status="imposed",
        verdict=filled(said, who=words.person(imposed.by), until=moment(until).exact),
        title=Markup(""),
        url="",
        text=marked(imposed.note),
    )


def _standing(restriction: Restriction | None) -> Markup | None:
    """What is laid on the author just now."""
    if restriction is None or not restriction.in_force(now_ms()):
        return None
    if restriction.holds:
        return filled(gettext("Everything of this author is held"))
    return filled(gettext("May not comment until %(until)s"), until=moment(restriction.until_ms).exact)


def _notice(profile: Profile) -> Notice | None:
    said = request.args.get("said", "")
    if said == "restricted":
        return Notice(words=_standing(profile.restriction) or Markup(""))
    sentence = {
        "noted": gettext("Noted for colleagues"),
        "lifted": gettext("Free to comment again"),
        "erased": gettext("Everything was erased"),
    }.get(said, "")
    return Notice(words=filled(sentence)) if sentence else None
