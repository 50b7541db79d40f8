"""Finding comments over the whole history: the question in the address, what it was understood as, and the results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Right
from commentsvc.domain.query import QUERY_MAX, Clause, Kind, Query
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.marks import isolated
from commentsvc.web.moderation.panes import Panes, panes
from commentsvc.web.moderation.way import Notice, Way, notice
from commentsvc.web.moderation.words import Moment
from commentsvc.web.parts import service

PAGE = 50
VERBS = (Verb.APPROVE, Verb.REJECT, Verb.SPAM, Verb.NOT_SPAM)
FIELDS = ("author", "email", "article", "reason", "status", "after", "before", "has")
"""What the form asks for one by one; each is written into the question as `name:value`."""
SHOWN_STATUSES = (Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the question as it was understood; `without` is the address of the question without it."""

    label: str
    value: Markup
    without: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchPage:
    """A question and the comments that match, newest first; no panes where nothing was asked.

    `ignored` are parts that mean nothing; `back_to` is how far the search has come where it stopped for its length.
    """

    question: str
    parts: tuple[Part, ...]
    ignored: tuple[Markup, ...]
    reasons: tuple[tuple[str, str], ...]
    statuses: tuple[tuple[str, str], ...]
    panes: Panes | None
    notice: Notice | None
    more: str
    first: str
    back_to: Moment | None


@blueprint.get("/<site>/search")
@asks(Right.READ)
def search(site: str) -> BaseResponse:
    """The comments that match the question; what the form's single fields hold is written into the question first."""
    if any(request.args.get(name, "").strip() for name in FIELDS):
        return redirect(_address(_written()), 303)
    question = " ".join(request.args.get("q", "").split())[:QUERY_MAX]
    return _results(question) if question else sheet("moderation/search.html", _page(question))


def looked_for(query: Query) -> tuple[tuple[str, ...], ...]:
    """The words to mark in what was found."""
    return tuple(one.words for one in query.wanted(Kind.WORDS, Kind.AUTHOR))


def _results(question: str) -> Response:
    older = request.args.get("older", "")
    found = granted(service().search.find(actor(), here(), question, cursor=older, limit=PAGE))

    def address(**more: Any) -> str:
        kept = {"older": older} | more
        return _address(question, **{name: value for name, value in kept.items() if value})

    page = _page(
        question,
        clauses=found.query.clauses,
        ignored=found.query.ignored,
        shown=panes(
            found.items,
            way=Way(list="search", page=address()),
            address=address,
            verbs=VERBS,
            total=len(found.items) + bool(found.next_cursor),
            sure=False,
            mixed=True,
            wanted=looked_for(found.query),
        ),
        more=address(older=found.next_cursor) if found.next_cursor else "",
        first=address(older="") if older else "",
        back_to=words.moment(found.back_to_ms) if found.back_to_ms else None,
    )
    return sheet("moderation/search.html", page)


def _page(
    question: str,
    *,
    clauses: tuple[Clause, ...] = (),
    ignored: tuple[str, ...] = (),
    shown: Panes | None = None,
    more: str = "",
    first: str = "",
    back_to: Moment | None = None,
) -> SearchPage:
    return SearchPage(
        question=question,
        parts=tuple(_part(one, clauses) for one in clauses),
        ignored=tuple(isolated(one) for one in ignored),
        reasons=words.reasons_to_find(here()),
        statuses=tuple((status.value, words.status_name(status)) for status in SHOWN_STATUSES),
        panes=shown,
        notice=notice(),
        more=more,
        first=first,
        back_to=back_to,
    )


def _part(clause: Clause, all: tuple[Clause, ...]) -> Part:
    labels: Mapping[Kind, str] = {
        Kind.WORDS: gettext("Words"),
        Kind.AUTHOR: gettext("Author"),
        Kind.EMAIL: gettext("E-mail"),
        Kind.ARTICLE: gettext("Article"),
        Kind.REASON: gettext("Reason"),
        Kind.STATUS: gettext("Status"),
        Kind.BEFORE: gettext("Before"),
        Kind.AFTER: gettext("From"),
        Kind.HAS: gettext("With"),
        Kind.ID: gettext("Comment"),
    }
    label, opposite = labels[clause.kind], gettext("Not")
    return Part(
        label=f"{opposite} · {label}" if clause.negated else label,
        value=isolated(_value(clause)),
        without=_address(" ".join(_typed(one) for one in all if one is not clause)),
    )


def _value(clause: Clause) -> str:
    """What a part asks for, as people call it."""
    if clause.kind is Kind.STATUS:
        return words.status_name(Status(clause.value))
    if clause.kind is Kind.REASON:
        return words.reason_label(here(), clause.value)
    return gettext("a link") if clause.kind is Kind.HAS else clause.value


def _typed(clause: Clause) -> str:
    """A part as it is typed."""
    quoted = f'"{clause.value}"' if " " in clause.value else clause.value
    name = "" if clause.kind in (Kind.WORDS, Kind.ID) else f"{clause.kind}:"
    return f"{'-' if clause.negated else ''}{name}{quoted}"


def _written() -> str:
    """The question with what the single fields hold."""
    question = [request.args.get("q", "")]
    for name in FIELDS:
        value = " ".join(request.args.get(name, "").replace('"', " ").split())
        if value:
            question.append(f'{name}:"{value}"' if " " in value else f"{name}:{value}")
    return " ".join(" ".join(question).split())[:QUERY_MAX]


def _address(question: str, **more: Any) -> str:
    names: dict[str, Any] = {"q": question} if question else {}
    return url_for("moderation.search", site=here().key, **names, **more)
