"""Many at once: those ticked, or all that a list has; one step to undo, and one status line for what became of it.

What a list has is decided in parts, so that no request takes long: each answer is a page that says how far it is, with
the button to go on, and a script that presses it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flask import request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import MODERATORS_VERBS, Stale, Verb
from commentsvc.domain.ids import BulkId, CommentId, bulk_id, comment_id, place
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.text import normalised
from commentsvc.service.bulk import Outcome
from commentsvc.service.moderation import Wanted
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import many_words, scope
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.way import Way, way
from commentsvc.web.parts import service

PICKS_MAX = 500
TYPED_OVER = 200
"""So many are decided at a click; for more a word has to be typed."""
LATE_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the form asks for. `total` is how many there are, `cursor` how far a part before has come."""

    verb: Verb
    reason: str
    note: str
    step: BulkId
    picks: tuple[tuple[str, int], ...]
    everything: bool
    before_ms: int
    total: int
    typed: str
    cursor: str
    tally: "Tally"

    @property
    def wanted(self) -> Wanted:
        """The decision, about no comment in particular."""
        return Wanted(id="", version=0, verb=self.verb, reason=self.reason, note=self.note)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What became of the parts so far: how many were done, how many others had decided (the first of them), or not."""

    done: int = 0
    late: int = 0
    refused: int = 0
    seen: tuple[str, ...] = ()

    def with_outcomes(self, outcomes: Iterable[tuple[str, object]]) -> "Tally":
        """The tally with another part in it."""
        done, late, refused, seen = self.done, self.late, self.refused, list(self.seen)
        for id, outcome in outcomes:
            if isinstance(outcome, Stale):
                late += 1
                seen.append(id)
            elif isinstance(outcome, Refused):
                refused += 1
            else:
                done += 1
        return Tally(done=done, late=late, refused=refused, seen=tuple(seen[:LATE_SHOWN]))

    @property
    def news(self) -> dict[str, str]:
        """The tally as it stands in the address of the status line."""
        named = {"late": str(self.late or ""), "refused": str(self.refused or ""), "seen": ".".join(self.seen)}
        return {"made": str(self.done)} | {name: value for name, value in named.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkPage:
    """A step that has not been begun, or not been finished: what it is, how far it is, what to type or press."""

    sentence: str
    explained: str = ""
    word: str
    wrong: bool
    done: int
    total: int
    fields: tuple[tuple[str, str], ...]
    action: str
    button: str
    way: Way


@blueprint.post("/<site>/bulk")
@asks(Right.DECIDE)
def bulk(site: str) -> BaseResponse:
    """Decides about those ticked, or the next part of all; back to the list with the status line when all is done."""
    wish, came_from = _wish(), way()
    if not wish.everything:
        return _picked(wish, came_from)
    if not wish.cursor:
        counted = granted(scope.count(actor(), here(), came_from.page, wish.before_ms))
        wish = replace(wish, total=counted.number)
        if counted.number > TYPED_OVER and not _same(wish.typed, _word(wish.verb)):
            return sheet("moderation/bulk.html", _asked(wish, came_from, counted), 422 if wish.typed else 200)
    part = granted(scope.decide(actor(), here(), came_from.page, wish.wanted, wish.step, wish.before_ms, wish.cursor))
    _refuse_all(outcome for _, outcome in part.outcomes)
    wish = replace(wish, tally=wish.tally.with_outcomes(part.outcomes), cursor=part.next_cursor)
    if wish.cursor:
        return sheet("moderation/bulk.html", _under_way(wish, came_from))
    return _finished(wish, came_from)


@blueprint.post("/<site>/bulk/<string(length=30):step>/undo")
@asks(Right.DECIDE)
def undo_bulk(site: str, step: str) -> BaseResponse:
    """Takes a step back as far as nobody has acted since; what is too much for one request goes on by the button."""
    id, came_from = bulk_id(step), way()
    if id is None or place(id).site_number != here().number:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    undone = granted(service().bulks.undo(actor(), here(), id))
    tally = _tally().with_outcomes(undone.outcomes)
    if undone.more:
        return sheet("moderation/bulk.html", _under_way_back(id, tally, came_from))
    return came_from.back("", taken=id, **tally.news)


def _picked(wish: Wish, came_from: Way) -> BaseResponse:
    queued = scope.is_queue(came_from.page)
    wanted = [replace(wish.wanted, id=id, version=version, queued=queued) for id, version in wish.picks]
    outcomes = granted(service().bulks.decide_all(actor(), here(), wanted, bulk=wish.step)) if wanted else []
    _refuse_all(outcomes)
    ids = [id for id, _ in wish.picks]
    return _finished(replace(wish, tally=wish.tally.with_outcomes(zip(ids, outcomes, strict=True))), came_from)


def _finished(wish: Wish, came_from: Way) -> BaseResponse:
    return came_from.back("", step=wish.step, did=wish.verb, **wish.tally.news)


def _refuse_all(outcomes: Iterable[Outcome]) -> None:
    """A wish that cannot be meant (no reason, a note too long) is refused as a whole, before anything is done."""
    for outcome in outcomes:
        if isinstance(outcome, Refused) and outcome.code is Code.INVALID_FIELDS:
            raise Refusal(Refused(code=next(iter(outcome.fields.values()))))


def _asked(wish: Wish, came_from: Way, counted: scope.Counted) -> BulkPage:
    return BulkPage(
        sentence=many_words.question(wish.verb, wish.total),
        explained=" ".join(_explained(counted)),
        word=_word(wish.verb),
        wrong=bool(wish.typed),
        done=0,
        total=wish.total,
        fields=_fields(wish),
        action=url_for("moderation.bulk", site=here().key),
        button=many_words.button(wish.verb),
        way=came_from,
    )


def _explained(counted: scope.Counted) -> Iterator[str]:
    if counted.more:
        yield gettext("There are more: so many were counted, and all of them are meant.")
    yield gettext("It is one step: it can be undone as one.")


def _under_way(wish: Wish, came_from: Way) -> BulkPage:
    tally = wish.tally
    return BulkPage(
        sentence=many_words.under_way(wish.verb),
        word="",
        wrong=False,
        done=tally.done + tally.late + tally.refused,
        total=max(wish.total, tally.done + tally.late + tally.refused),
        fields=_fields(wish),
        action=url_for("moderation.bulk", site=here().key),
        button=gettext("Go on"),
        way=came_from,
    )


def _under_way_back(step: BulkId, tally: Tally, came_from: Way) -> BulkPage:
    done = tally.done + tally.late + tally.refused
    left = sum(service().bulks.sizes(actor(), here(), [step]))
    return BulkPage(
        sentence=gettext("Taking back"),
        word="",
        wrong=False,
        done=done,
        total=done + left,
        fields=tuple(tally.news.items()),
        action=url_for("moderation.undo_bulk", site=here().key, step=step),
        button=gettext("Go on"),
        way=came_from,
    )


def _fields(wish: Wish) -> tuple[tuple[str, str], ...]:
    """The wish as hidden fields of the form that goes on with it."""
    return (
        ("decision", wish.verb),
        ("reason", wish.reason),
        ("note", wish.note),
        ("step", wish.step),
        ("scope", "all"),
        ("before", str(wish.before_ms)),
        ("total", str(wish.total)),
        ("cursor", wish.cursor),
        *wish.tally.news.items(),
    )


def _wish() -> Wish:
    """What the form asks for; what no form of ours sends is refused as a whole."""
    form = request.form
    verb = form.get("decision", "")
    step = bulk_id(form.get("step", ""))
    if verb not in list(MODERATORS_VERBS) or step is None or place(step).site_number != here().number:
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    return Wish(
        verb=Verb(verb),
        reason=form.get("reason", ""),
        note=normalised(form.get("note", "")).strip(),
        step=step,
        picks=_picks(form.getlist("pick")),
        everything=form.get("scope", "") == "all",
        before_ms=_number("before") or now_ms(),
        total=_number("total"),
        typed=form.get("word", "").strip(),
        cursor=comment_id(form.get("cursor", "")) or "",
        tally=_tally(),
    )


def _picks(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Comments with the versions that were seen, as the ticks of a list say them: `cmt_….3`."""
    if len(texts) > PICKS_MAX:
        raise Refusal(Refused(code=Code.TOO_LARGE))
    picks: dict[CommentId, int] = {}
    for text in texts:
        name, _, version = text.partition(".")
        id = comment_id(name)
        if id is None or not (version.isascii() and version.isdigit() and len(version) < 10):
            raise Refusal(Refused(code=Code.INVALID_REQUEST))
        picks.setdefault(id, int(version))
    return tuple(picks.items())


def _tally() -> Tally:
    seen = [id for text in request.form.get("seen", "").split(".") if (id := comment_id(text))]
    return Tally(done=_number("made"), late=_number("late"), refused=_number("refused"), seen=tuple(seen[:LATE_SHOWN]))


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _word(verb: Verb) -> str:
    """What has to be typed: what the button is called."""
    return many_words.button(verb)


def _same(typed: str, word: str) -> bool:
    return unicodedata.normalize("NFKC", typed).casefold() == unicodedata.normalize("NFKC", word).casefold()
