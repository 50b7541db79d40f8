"""The numbers of a site: how comments come in and are decided. Each drawing is a table too; nobody is compared."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_date
from flask import Response, request, url_for

from commentsvc.domain.moderator import Right
from commentsvc.domain.numbers import Band, Forecast, Period, Step
from commentsvc.service.numbers import Report
from commentsvc.web.catalogue import current, direction, gettext
from commentsvc.web.moderation import charts, words
from commentsvc.web.moderation.charts import Chart
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.words import Moment
from commentsvc.web.parts import service

REASONS_SHOWN = 5
"""Reasons with a colour of their own; all others are one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing with its name, what it shows in a sentence, its legend (class, name), and the same as a table.

    Where nothing was counted the sentence is all there is.
    """

    id: str
    name: str
    told: str
    chart: Chart
    legend: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    counted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NumbersPage:
    """Everything in words: `facts` are (name, value, remark)."""

    periods: tuple[tuple[Period, str, str], ...]
    period: Period
    until: Moment
    forecast: str
    facts: tuple[tuple[str, str, str], ...]
    figures: tuple[Figure, ...]
    busiest: tuple[tuple[str, str, int], ...]


@blueprint.get("/<site>/numbers")
@asks(Right.READ)
def numbers(site: str) -> Response:
    """The numbers of the last 24 hours, 7 days or 30 days."""
    asked = request.args.get("period", "")
    period = Period(asked) if asked in set(Period) else Period.DAY
    report = granted(service().numbers.report(actor(), here(), period))
    page = NumbersPage(
        periods=tuple((one, _called(one), url_for("moderation.numbers", site=site, period=one)) for one in Period),
        period=period,
        until=words.moment(report.now_ms),
        forecast=_forecast(report.forecast, report.now_ms),
        facts=_facts(report),
        figures=(_flow(report), _reasons(report), _waits(report), _ages(report)),
        busiest=tuple(
            (thread.title or thread.url or thread.key, url_for("moderation.talk", site=site, thread=thread.id), count)
            for thread, count in report.busiest
        ),
    )
    return sheet("moderation/numbers.html", page)


def _called(period: Period) -> str:
    return {Period.DAY: gettext("24 hours"), Period.WEEK: gettext("7 days"), Period.MONTH: gettext("30 days")}[period]


def _forecast(found: Forecast, now_ms: int) -> str:
    if not found.waiting:
        return gettext("Nothing is waiting.")
    return " ".join([_end(found, now_ms), _pace(found)])


def _end(found: Forecast, now_ms: int) -> str:
    if found.empty_ms is None or found.empty_ms - now_ms > 30 * 24 * 3_600_000:
        return gettext("At this pace the queue is not emptied.")
    at = datetime.fromtimestamp(found.empty_ms / 1000, UTC)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date() == at.date()
    when = f"{at:%H:%M} UTC" if today else f"{at:%Y-%m-%d %H:%M} UTC"
    return gettext("At this pace the queue is empty at %(when)s.") % {"when": when}


def _pace(found: Forecast) -> str:
    rates = {"arrived": _rate(found.arrived_per_hour), "left": _rate(found.left_per_hour)}
    return gettext("%(arrived)s came in and %(left)s were decided an hour, lately.") % rates


def _facts(report: Report) -> tuple[tuple[str, str, str], ...]:
    median, p90 = _span(report.median_s), _span(report.p90_s)
    return (
        (
            gettext("Waiting now"),
            str(report.forecast.waiting),
            gettext("the oldest for %(span)s") % {"span": words.moment(report.oldest_ms).span}
            if report.oldest_ms
            else "",
        ),
        (gettext("Came in"), str(report.arrived), ""),
        (gettext("Decided"), str(report.decided), ""),
        (
            gettext("Half were decided within"),
            median or "–",
            gettext("nine in ten within %(span)s") % {"span": p90} if p90 else "",
        ),
        (
            gettext("Reversed"),
            _percent(report.reversed_share),
            gettext("%(count)s decisions were undone or overruled") % {"count": report.reversed},
        ),
        (
            gettext("Wrong codes"),
            _percent(report.wrong_share),
            gettext("%(count)s of the codes typed") % {"count": report.wrong_codes},
        ),
    )


def _flow(report: Report) -> Figure:
    series = (
        ("arrived", gettext("Came in"), [step.arrived for step in report.steps]),
        ("decided", gettext("Decided"), [step.decided for step in report.steps]),
    )
    return Figure(
        id="flow",
        name=gettext("Coming in and decided"),
        told=gettext("%(arrived)s came in, %(decided)s were decided.")
        % {"arrived": report.arrived, "decided": report.decided},
        chart=charts.steps([(kind, values) for kind, _, values in series], _marks(report.steps), rtl=_rtl()),
        legend=tuple((kind, name) for kind, name, _ in series),
        head=(gettext("From (UTC)"), *(name for _, name, _ in series)),
        rows=tuple((_exact(step.start_ms), str(step.arrived), str(step.decided)) for step in report.steps),
        counted=report.arrived + report.decided,
    )


def _reasons(report: Report) -> Figure:
    sums: Counter[str] = Counter()
    for block in report.blocks:
        sums.update(block.reasons)
    shown = [code for code, _ in sums.most_common(REASONS_SHOWN)]
    series = [
        (f"kind-{at}", words.reason_label(here(), code), [block.reasons.get(code, 0) for block in report.blocks])
        for at, code in enumerate(shown)
    ]
    if len(sums) > REASONS_SHOWN or not series:
        others = [
            sum(block.reasons.values()) - sum(block.reasons.get(code, 0) for code in shown) for block in report.blocks
        ]
        series.append((f"kind-{REASONS_SHOWN}", gettext("Other reasons"), others))
    return Figure(
        id="reasons",
        name=gettext("Reasons to reject"),
        told=gettext("%(count)s comments were rejected.") % {"count": sum(sums.values())},
        chart=charts.stacks([(kind, values) for kind, _, values in series], _marks(report.blocks), rtl=_rtl()),
        legend=tuple((kind, name) for kind, name, _ in series),
        head=(gettext("From (UTC)"), *(name for _, name, _ in series)),
        rows=tuple(
            (_exact(block.start_ms), *(str(values[at]) for _, _, values in series))
            for at, block in enumerate(report.blocks)
        ),
        counted=sum(sums.values()),
    )


def _waits(report: Report) -> Figure:
    return _banded(
        "waits",
        gettext("How long they had waited"),
        gettext("Comments by the time from coming in to the first decision, up to so long."),
        report.waits,
    )


def _ages(report: Report) -> Figure:
    return _banded(
        "ages",
        gettext("Age of the queue"),
        gettext("Comments that wait now, by how long they have, up to so long."),
        report.ages,
    )


def _banded(id: str, name: str, told: str, bands: Sequence[Band]) -> Figure:
    shown = [(_span(band.to_s) if band.to_s else gettext("longer"), band.count) for band in bands]
    return Figure(
        id=id,
        name=name,
        told=told,
        chart=charts.bars("arrived", shown, rtl=_rtl()),
        legend=(),
        head=(gettext("Time"), gettext("Comments")),
        rows=tuple((_band(band), str(band.count)) for band in bands),
        counted=sum(band.count for band in bands),
    )


def _band(band: Band) -> str:
    if not band.to_s:
        return gettext("longer")
    return gettext("to %(span)s") % {"span": _span(band.to_s)}


def _marks(steps: Sequence[Step]) -> list[tuple[int, str]]:
    """Names for about six places along the time."""
    every = max(1, round(len(steps) / 6))
    days = len(steps) > 1 and steps[-1].start_ms - steps[0].start_ms >= 2 * 24 * 3_600_000
    return [(at, _short(step.start_ms, days=days)) for at, step in enumerate(steps) if at % every == 0]


def _short(ms: int, *, days: bool) -> str:
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return format_date(at, "d MMM", locale=current()) if days else f"{at:%H:%M}"


def _exact(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M}"


def _span(seconds: float | None) -> str:
    return "" if seconds is None else words.span(round(seconds))


def _rate(per_hour: float) -> str:
    return f"{per_hour:.1f}".removesuffix(".0")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}".removesuffix(".0") + " %"


def _rtl() -> bool:
    return direction(current()) == "rtl"
