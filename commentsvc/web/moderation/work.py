"""What the console's script asks and sends while somebody works: the next cards, decisions in batches, leases, news.

Everything here is under `/moderation/<site>/desk/`, where what goes wrong is a problem document. None of it is needed:
each decision has a form of its own too.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Response, render_template, request
from flask_wtf.csrf import generate_csrf
from msgspec import UNSET

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Decision, Stale, Status
from commentsvc.domain.ids import BulkId, CommentId, bulk_id, comment_id, place
from commentsvc.domain.moderator import Right
from commentsvc.domain.numbers import Period
from commentsvc.domain.query import parse
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.text import normalised
from commentsvc.service.moderation import Item, Wanted
from commentsvc.web.api.reading import body_as
from commentsvc.web.catalogue import gettext, ngettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import words
from commentsvc.web.moderation.acts import Act, Acts, Back, Decide, Held, Later, Question, Result, Undo, Wish
from commentsvc.web.moderation.card import card
from commentsvc.web.moderation.comment import problem_of
from commentsvc.web.moderation.decision import LAST
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, me
from commentsvc.web.moderation.lanes import lane_of, stops
from commentsvc.web.moderation.panes import opened
from commentsvc.web.moderation.search import looked_for
from commentsvc.web.moderation.waiting import put_off
from commentsvc.web.moderation.way import Way
from commentsvc.web.parts import service

BUFFER = 15


@blueprint.post("/<site>/desk/buffer")
@asks(Right.DECIDE)
def buffer(site: str) -> Response:
    """A document whose articles are the cards asked for, leased to who asks."""
    wish = body_as(Wish)
    if wish.only:
        found = looked_for(parse(wish.q, site=here(), now_ms=now_ms()))
        cards = tuple(opened(item, found) for item in _named(wish.only))
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


@blueprint.get("/<site>/desk/day")
@asks(Right.DECIDE)
def day(site: str) -> Response:
    """What was decided in a day, for who has nothing left to decide."""
    return _json({"said": words.day(granted(service().numbers.report(actor(), here(), Period.DAY)))})


@blueprint.get("/<site>/desk/mine")
@asks(Right.DECIDE)
def mine(site: str) -> Response:
    """One's own last decisions, newest first: what can still be undone, also of those made elsewhere."""
    rows = service().moderation.undoable(actor(), here(), limit=LAST)
    rows = list({row.bulk or row.id: row for row in reversed(rows)}.values())[::-1]  # a step may have several rows
    steps = list(dict.fromkeys(row.bulk for row in rows if row.bulk))
    sizes = dict(zip(steps, service().bulks.sizes(actor(), here(), steps), strict=True))
    authors = granted(service().moderation.author_names(actor(), here(), rows))
    done = [
        {"n": 0, "id": row.comment, "decision": row.id, "step": row.bulk or "", "name": _called(row, authors, sizes)}
        for row in rows
        if row.bulk is None or sizes[row.bulk]
    ]
    return _json({"done": done})


@blueprint.get("/<site>/desk/pass")
@asks(Right.READ)
def new_pass(site: str) -> Response:
    """Who is signed in by now, and the token that changes need: after a sign-in in another tab it is a new one."""
    return _json({"me": me().id, "token": generate_csrf()})


def _called(row: Decision, authors: Mapping[CommentId, str], sizes: Mapping[BulkId, int]) -> str:
    """What an undo is said to have undone: whose comment, or how many."""
    if row.bulk and (count := sizes[row.bulk]) > 1:
        return ngettext("%(count)s comment", "%(count)s comments", count) % {"count": count}
    return authors.get(row.comment, gettext("a withdrawn comment"))


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
    if isinstance(wish, Decide) and wish.near:
        return _together(wish)
    if isinstance(wish, Undo) and wish.step:
        return _taken_back(wish)
    return _told(wish.id, _made(wish))


def _together(wish: Decide) -> Result:
    note = normalised(wish.note).strip()
    seen = [(wish.id, wish.version), *((one.id, one.version) for one in wish.near)]
    wanted = [Wanted(id=id, version=version, verb=wish.verb, reason=wish.reason, note=note) for id, version in seen]
    outcomes = granted(service().bulks.decide_all(actor(), here(), wanted, bulk=_step(wish.step)))
    first, *others = (_told(one.id, outcome) for one, outcome in zip(wanted, outcomes, strict=True))
    return msgspec.structs.replace(first, near=others)


def _taken_back(wish: Undo) -> Result:
    """What became of the comment that stood for the step; of a step with nothing left to undo, that."""
    undone = granted(service().bulks.undo(actor(), here(), _step(wish.step)))
    told = [_told(id, outcome) for id, outcome in undone.outcomes]
    if not told:
        return _told(wish.id, Refused(code=Code.NOTHING_TO_UNDO))
    first = next((one for one in told if one.id == wish.id), Result(id=wish.id, result="ok"))
    return msgspec.structs.replace(first, near=[one for one in told if one is not first])


def _step(text: str) -> BulkId:
    step = bulk_id(text)
    if step is None or place(step).site_number != here().number:
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    return step


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
        said = words.plain(words.late(outcome)) if outcome.by else UNSET
        return Result(
            id=id,
            result="stale",
            version=outcome.version,
            status=outcome.status,
            edited=outcome.edited or UNSET,
            verb=outcome.verb or UNSET,
            said=said,
        )
    return Result(id=id, result="ok", decision=outcome.id, version=outcome.version)


def _gone(id: str) -> Result:
    """What is told of a comment that waits no longer."""
    item = service().moderation.item(actor(), id)
    if isinstance(item, Refused):
        return Result(id=id, result="refused", code=item.code, said=problem_of(item))
    comment = item.comment
    said = words.plain(words.happened(comment.status, comment.decided_by, comment.decided_ms, verb=item.verb))
    return Result(id=id, result="stale", version=comment.version, status=comment.status, said=said)
