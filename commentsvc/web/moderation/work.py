"""What the console's script asks and sends while somebody works: the next cards, decisions in batches, leases, news.

Everything here is under `/moderation/<site>/desk/`, where what goes wrong is a problem document. None of it is needed:
each decision has a form of its own too.
"""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from flask import Response, render_template, request
from flask_wtf.csrf import generate_csrf
from msgspec import UNSET, Meta, Struct, UnsetType

from commentsvc.domain.decision import NOTE_MAX, Stale, Status, Verb
from commentsvc.domain.ids import CommentId, comment_id
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.text import normalised
from commentsvc.service.moderation import Item, Wanted
from commentsvc.web.api.reading import body_as
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import card
from commentsvc.web.moderation.comment import problem_of
from commentsvc.web.moderation.decision import LAST
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, me
from commentsvc.web.moderation.focus import leased
from commentsvc.web.moderation.lanes import lane_of, stops
from commentsvc.web.moderation.waiting import put_off
from commentsvc.web.moderation.way import Way
from commentsvc.web.parts import service

BUFFER = 15
AT_ONCE = 50
HELD_MAX = 100
Id = Annotated[str, Meta(max_length=40)]
Ids = Annotated[list[Id], Meta(max_length=HELD_MAX)]


class Wish(Struct, frozen=True, kw_only=True):
    """Which cards the script wants: the next of a lane beside those it has, or `only` those named."""

    lane: Id = ""
    have: Ids = []
    only: Ids = []


class Decide(Struct, frozen=True, kw_only=True, tag_field="act", tag="decide"):
    """A decision about the comment at the `version` that was seen."""

    id: Id
    version: Annotated[int, Meta(ge=1, le=2**53)]
    verb: Verb
    reason: Annotated[str, Meta(max_length=40)] = ""
    note: Annotated[str, Meta(max_length=NOTE_MAX)] = ""


class Undo(Struct, frozen=True, kw_only=True, tag_field="act", tag="undo"):
    """One's own decision taken back; without `decision` one's last."""

    id: Id = ""
    decision: Id = ""


class Question(Struct, frozen=True, kw_only=True, tag_field="act", tag="ask"):
    """A question to colleagues about the comment at the `version` that was seen."""

    id: Id
    version: Annotated[int, Meta(ge=1, le=2**53)]
    note: Annotated[str, Meta(max_length=NOTE_MAX)] = ""


class Later(Struct, frozen=True, kw_only=True, tag_field="act", tag="later"):
    """A comment put off for an hour."""

    id: Id


class Back(Struct, frozen=True, kw_only=True, tag_field="act", tag="back"):
    """A comment that is put off no longer."""

    id: Id


Act = Decide | Undo | Question | Later | Back


class Acts(Struct, frozen=True, kw_only=True):
    """What was done, in order; each is done or refused for itself, and done once however often it is sent."""

    acts: Annotated[list[Act], Meta(min_length=1, max_length=AT_ONCE)]


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one act; `said` is for people: who was faster, or why not."""

    id: str
    result: Literal["ok", "stale", "refused"]
    decision: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    said: str | UnsetType = UNSET


class Held(Struct, frozen=True, kw_only=True):
    """The comments that the script holds."""

    ids: Ids


@blueprint.post("/<site>/desk/buffer")
@asks(Right.DECIDE)
def buffer(site: str) -> Response:
    """A document whose articles are the cards asked for, leased to who asks."""
    wish = body_as(Wish)
    if wish.only:
        cards = leased(_named(wish.only))
    else:
        lane, have = lane_of(wish.lane), _ids(wish.have)
        items = granted(service().queue.buffer(actor(), here(), lane=lane, limit=BUFFER, have=have)).items
        cards = tuple(card(here(), item, lease=item.lease) for item in items)
    html = render_template(
        "moderation/buffer.html", cards=cards, reasons=words.reasons(here()), way=Way(list=Status.PENDING)
    )
    return Response(html, content_type="text/html; charset=utf-8")


@blueprint.post("/<site>/desk/decisions")
@asks(Right.DECIDE)
def act(site: str) -> Response:
    """One result per act, in their order."""
    return _json({"results": [_done(one) for one in body_as(Acts).acts]})


@blueprint.post("/<site>/desk/leases")
@asks(Right.DECIDE)
def renew(site: str) -> Response:
    """Who holds each of these now: one's own with its token, or a colleague; what waits no longer is left out."""
    ids = _ids(body_as(Held).ids)
    leases = granted(service().moderation.lease(actor(), here(), ids)) if ids else {}
    mine = {id: lease.token for id, lease in leases.items() if lease.holder == me().id}
    others = {id: words.plain(words.person(lease.holder)) for id, lease in leases.items() if id not in mine}
    return _json({"mine": mine, "others": others})


@blueprint.post("/<site>/desk/release")
@asks(Right.DECIDE)
def release(site: str) -> Response:
    """Gives leases back. A form, `ID=TOKEN` each: a page that is being left can send nothing else."""
    given = {id: int(token) for name, token in request.form.items() if (id := comment_id(name)) and _is_number(token)}
    granted(service().moderation.release(actor(), here(), given))
    return Response(status=204)


@blueprint.get("/<site>/desk/news")
@asks(Right.DECIDE)
def news(site: str) -> Response:
    """How much there is in each lane, how many came after `since`, and the last; 304 while that is what is known."""
    fresh, newest = granted(service().queue.since(actor(), here(), request.args.get("since", "")))
    response = _json({"lanes": {stop.key: stop.count for stop in stops()}, "fresh": fresh, "newest": newest or ""})
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:16])
    response.make_conditional(request)
    return response


@blueprint.get("/<site>/desk/mine")
@asks(Right.DECIDE)
def mine(site: str) -> Response:
    """One's own last decisions, newest first: what can still be undone, also of those made elsewhere."""
    rows = service().moderation.undoable(actor(), here(), limit=LAST)
    authors = granted(service().moderation.author_names(actor(), here(), rows))
    done = [
        {
            "n": 0,
            "id": row.comment,
            "decision": row.id,
            "name": authors.get(row.comment, gettext("a withdrawn comment")),
        }
        for row in rows
    ]
    return _json({"done": done})


@blueprint.get("/<site>/desk/pass")
@asks(Right.READ)
def new_pass(site: str) -> Response:
    """Who is signed in by now, and the token that changes need: after a sign-in in another tab it is a new one."""
    return _json({"me": me().id, "token": generate_csrf()})


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), content_type="application/json")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _ids(texts: Sequence[str]) -> list[CommentId]:
    return [id for text in texts if (id := comment_id(text))]


def _named(texts: Sequence[str]) -> tuple[Item, ...]:
    found = (service().moderation.item(actor(), id) for id in texts)
    return tuple(item for item in found if not isinstance(item, Refused) and item.comment.site == here().key)


def _done(wish: Act) -> Result:
    if isinstance(wish, Later | Back):
        waits = put_off(wish.id, back=isinstance(wish, Back))
        return Result(id=wish.id, result="ok") if waits else _gone(wish.id)
    return _told(wish.id, _made(wish))


def _made(wish: Decide | Undo | Question) -> Any:
    if isinstance(wish, Undo):
        return service().moderation.undo(actor(), wish.decision)
    note = normalised(wish.note).strip()
    if isinstance(wish, Question):
        return service().queue.ask(actor(), wish.id, version=wish.version, note=note)
    wanted = Wanted(id=wish.id, version=wish.version, verb=wish.verb, reason=wish.reason, note=note)
    return service().moderation.decide(actor(), wanted)


def _told(id: str, outcome: Any) -> Result:
    if isinstance(outcome, Refused):
        return Result(id=id, result="refused", code=outcome.code, said=problem_of(outcome))
    if isinstance(outcome, Stale):
        happened = words.happened(outcome.status, outcome.by, outcome.at_ms, asked=outcome.asked)
        said = words.plain(happened) if outcome.by else UNSET
        return Result(id=id, result="stale", version=outcome.version, status=outcome.status, said=said)
    return Result(id=id, result="ok", decision=outcome.id, version=outcome.version)


def _gone(id: str) -> Result:
    """What is told of a comment that waits no longer."""
    item = service().moderation.item(actor(), id)
    if isinstance(item, Refused):
        return Result(id=id, result="refused", code=item.code, said=problem_of(item))
    comment = item.comment
    said = words.plain(words.happened(comment.status, comment.decided_by, comment.decided_ms))
    return Result(id=id, result="stale", version=comment.version, status=comment.status, said=said)
