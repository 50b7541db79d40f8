"""Practice: twenty invented comments and the same keys, for who is new; nothing of it is ever stored."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from flask import Response, request
from markupsafe import escape

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import TRANSITIONS, Status, Verb, allowed
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import DEFAULT_REASONS, in_language
from commentsvc.web.catalogue import current, gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.card import Card
from commentsvc.web.moderation.door import ANYBODY, asks, blueprint, sheet
from commentsvc.web.moderation.marks import isolated, marked
from commentsvc.web.moderation.way import Notice, Way

MINUTE_MS = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What most would do with a sample, and a sentence about it."""

    id: str
    verb: str
    reason: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticePage:
    """The samples, what is to be learnt from each, and what would have been done without a script."""

    cards: tuple[Card, ...]
    lessons: tuple[Lesson, ...]
    reasons: tuple[tuple[str, str], ...]
    notice: Notice | None
    way: Way


@blueprint.route("/-/practice", methods=["GET", "POST"])
@asks(ANYBODY)
def practice() -> Response:
    """The page; a form that is sent is answered with what it would have done."""
    cards = tuple(_card(number, sample) for number, sample in enumerate(_samples()))
    page = PracticePage(
        cards=cards,
        lessons=tuple(_lesson(card.id, sample) for card, sample in zip(cards, _samples(), strict=True)),
        reasons=tuple((reason.code, in_language(reason.labels, current())) for reason in DEFAULT_REASONS),
        notice=_notice(cards) if request.method == "POST" else None,
        way=Way(list=Status.PENDING),
    )
    return sheet("moderation/practice.html", page)


@cache
def _samples() -> list[dict[str, Any]]:
    text = (resources.files("commentsvc.web.moderation") / "practice.toml").read_text(encoding="utf-8")
    samples: list[dict[str, Any]] = tomllib.loads(text)["samples"]
    return samples


def _card(number: int, sample: dict[str, Any]) -> Card:
    why = in_language(sample["why"], current()) if "why" in sample else ""
    return Card(
        id=CommentId(f"cmt_{number:026}"),
        version=1,
        status=Status.PENDING,
        name=isolated(sample["name"]),
        email="",
        text=marked(in_language(sample["text"], current())),
        language="",
        title=escape(gettext("Practice")),
        url="",
        talk="",
        thread_open=True,
        thread_held=False,
        may_close=False,
        sent=words.moment(now_ms() - (20 - number) * MINUTE_MS),
        parent=None,
        fields=(),
        record=(),
        by_network=False,
        looking=None,
        decided=None,
        reason="",
        actions=tuple((verb, words.button(Status.PENDING, verb)) for verb in (*allowed(Status.PENDING), Verb.FEATURE)),
        why=escape(why),
        suggested=sample.get("reason", "") if why else "",
        waits=True,
    )


def _lesson(id: str, sample: dict[str, Any]) -> Lesson:
    lesson = in_language(sample["lesson"], current())
    return Lesson(id=id, verb=sample["verb"], reason=sample.get("reason", ""), words=lesson)


def _notice(cards: tuple[Card, ...]) -> Notice:
    """What the form would have done; whatever it says, nothing was."""
    verb, about = request.form.get("decision", ""), request.form.get("at", "")
    card = next((card for card in cards if card.id == about), None)
    known = {verb: after for (of, verb), after in TRANSITIONS.items() if of is Status.PENDING}
    nothing = gettext("Practice: nothing of this is stored.")
    if card is None or verb not in known:
        return Notice(words=escape(nothing))
    return Notice(words=words.made(known[Verb(verb)], card.name.striptags(), verb=Verb(verb)), detail=nothing)
