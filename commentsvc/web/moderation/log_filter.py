"""The filters of the log, as they stand in its address and in its form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup

from commentsvc.domain.decision import AUTHOR, Verb
from commentsvc.domain.ids import bulk_id, comment_id, place
from commentsvc.domain.refusal import REASONS, Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId, article, thread_id
from commentsvc.service.log import Filter
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import names
from commentsvc.web.moderation.marks import isolated

FIELDS = ("by", "what", "reason", "since", "until", "article", "comment", "step")
WHO_MAX = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What an address asks the log for: as it was typed, and as it is meant. `problems` has a sentence by field."""

    query: dict[str, str]
    filter: Filter
    problems: dict[str, str]

    def address(self, site: Site, endpoint: str = "moderation.log", *, without: str = "", before: str = "") -> str:
        """The address of the log, or of a file of it, with these filters."""
        names: dict[str, Any] = {name: value for name, value in self.query.items() if name != without}
        if before:
            names["before"] = before
        return url_for(endpoint, site=site.key, **names)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A filter that is on, in words; `without` is the address of the log without it."""

    label: str
    value: Markup
    without: str


def asked(site: Site, args: Mapping[str, str]) -> Asked:
    """The filters of an address."""
    query = {name: args.get(name, "").strip() for name in FIELDS if args.get(name, "").strip()}
    wanted, problems = Filter(), {}
    for name, value in query.items():
        outcome = _with(site, wanted, name, value)
        if isinstance(outcome, Code):
            problems[name] = gettext(REASONS[outcome].sentence)
        else:
            wanted = outcome
    return Asked(query=query, filter=wanted, problems=problems)


def options(site: Site, wish: Asked) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each list of the form offers, as (value, name); what was asked for is always among it."""
    people = dict(sorted(names().items(), key=lambda one: one[1].casefold())) | {AUTHOR: gettext("The author")}
    by = wish.query.get("by", "")
    if by and by not in people:
        people[by] = by
    reasons = dict(words.reasons_to_find(site))
    if (reason := wish.query.get("reason", "")) and reason not in reasons:
        reasons[reason] = reason
    return {
        "by": tuple(people.items()),
        "what": tuple((verb.value, words.verb_name(verb)) for verb in Verb),
        "reason": tuple(reasons.items()),
    }


def chips(site: Site, wish: Asked) -> tuple[Chip, ...]:
    """The filters that are on."""
    labels = {
        "by": gettext("Who"),
        "what": gettext("What"),
        "reason": gettext("Reason"),
        "since": gettext("From"),
        "until": gettext("To"),
        "article": gettext("Article"),
        "comment": gettext("Comment"),
        "step": gettext("Step"),
    }
    known = {name: dict(choices) for name, choices in options(site, wish).items()}
    return tuple(
        Chip(
            label=labels[name],
            value=isolated(known.get(name, {}).get(value, value)),
            without=wish.address(site, without=name),
        )
        for name, value in wish.query.items()
    )


def _with(site: Site, wanted: Filter, name: str, value: str) -> Filter | Code:
    """The filter with one wish more, or why that cannot be wished."""
    match name:
        case "by":
            return replace(wanted, by=value) if len(value) <= WHO_MAX else Code.TOO_LONG
        case "what":
            return replace(wanted, verb=Verb(value)) if value in list(Verb) else Code.INVALID_CHOICE
        case "reason":
            return replace(wanted, reason=value) if len(value) <= WHO_MAX else Code.TOO_LONG
        case "since":
            at = _day(value)
            return replace(wanted, since_ms=at) if at is not None else Code.INVALID_DATE
        case "until":
            at = _day(value, after=1)
            return replace(wanted, until_ms=at) if at is not None else Code.INVALID_DATE
        case "comment":
            id = comment_id(value)
            ours = id and place(id).site_number == site.number
            return replace(wanted, comment=id) if ours else Code.NOT_FOUND
        case "step":
            step = bulk_id(value)
            return replace(wanted, bulk=step) if step and place(step).site_number == site.number else Code.NOT_FOUND
    thread = _thread(site, value)
    return replace(wanted, thread=thread) if thread else Code.INVALID_URL


def _day(text: str, *, after: int = 0) -> int | None:
    """The first moment of a day like `2026-11-26` in UTC, or of the day so many `after` it."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=after)
    except (ValueError, OverflowError):
        return None
    return max(0, int(day.timestamp() * 1000))


def _thread(site: Site, text: str) -> ThreadId | None:
    """The article that is named by its address, or by the id that links of ours have."""
    if known := thread_id(text):
        return known
    found = article(site, text)
    return None if isinstance(found, Refused) else found.id
