"""What the numbers page says of a site, worked out of what was counted by the hour."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

HOUR_MS = 3_600_000


class Period(StrEnum):
    """How far back the page looks."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def hours(self) -> int:
        """Its length."""
        return {Period.DAY: 24, Period.WEEK: 7 * 24, Period.MONTH: 30 * 24}[self]

    @property
    def step_hours(self) -> int:
        """How long one step of its curves is."""
        return {Period.DAY: 1, Period.WEEK: 6, Period.MONTH: 24}[self]

    @property
    def block_hours(self) -> int:
        """How long one bar of its reasons is."""
        return {Period.DAY: 2, Period.WEEK: 24, Period.MONTH: 3 * 24}[self]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What happened from `start_ms` on, for one step."""

    start_ms: int
    arrived: int = 0
    decided: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """How many there are from so many seconds up to so many, 0 for no end."""

    from_s: int
    to_s: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What becomes of the queue at the pace of the last hours; `empty_ms` is when it is empty, None for never."""

    waiting: int
    arrived_per_hour: float
    left_per_hour: float
    empty_ms: int | None


def steps(hours: Sequence[tuple[int, Mapping[str, int]]], length: int) -> tuple[Step, ...]:
    """The hours (counted from 1970, each with its counts) put together, `length` of them to a step."""
    return tuple(_step(hours[at : at + length]) for at in range(0, len(hours), length))


def _step(hours: Sequence[tuple[int, Mapping[str, int]]]) -> Step:
    counts = total(counts for _, counts in hours)
    return Step(
        start_ms=hours[0][0] * HOUR_MS,
        arrived=counts["arrived"],
        decided=decided(counts),
        reasons={name.removeprefix("reason:"): n for name, n in counts.items() if name.startswith("reason:")},
    )


def total(hours: Iterable[Mapping[str, int]]) -> Counter[str]:
    """The sum of several hours' counts."""
    sums: Counter[str] = Counter()
    for one in hours:
        sums.update(one)
    return sums


def decided(counts: Mapping[str, int]) -> int:
    """How many decisions people made; taking one back, or asking somebody, is none."""
    return sum(counts.get(f"verb:{verb}", 0) for verb in ("approve", "reject", "spam", "not_spam"))


def waits(counts: Mapping[str, int], limits: Sequence[int]) -> tuple[Band, ...]:
    """First decisions by how long the comment had waited: a band up to each limit (seconds), and a last one."""
    starts = (0, *limits)
    names = (*map(str, limits), "longer")
    return tuple(
        Band(from_s=start, to_s=end, count=counts.get(f"waited:{name}", 0))
        for start, end, name in zip(starts, (*limits, 0), names, strict=True)
    )


def percentile(bands: Sequence[Band], share: float) -> float | None:
    """The seconds within which so great a share was decided, evenly spread in each band; None where nothing was."""
    wanted = share * sum(band.count for band in bands)
    if not wanted:
        return None
    for band in bands:
        if wanted <= band.count:
            return band.from_s + (band.to_s - band.from_s) * wanted / band.count if band.to_s else float(band.from_s)
        wanted -= band.count
    return float(bands[-1].from_s)


def merged(bands: Sequence[Band], limits: Sequence[int]) -> tuple[Band, ...]:
    """Fewer bands, with ends at these limits, which are ends of the finer ones, and a last one without."""
    starts = (0, *limits)
    return tuple(
        Band(
            from_s=start,
            to_s=end,
            count=sum(one.count for one in bands if one.from_s >= start and (not end or 0 < one.to_s <= end)),
        )
        for start, end in zip(starts, (*limits, 0), strict=True)
    )


def forecast(counts: Mapping[str, int], *, hours: float, waiting: int, now_ms: int) -> Forecast:
    """What becomes of the queue if the next hours are like the last `hours`, whose counts these are."""
    arrived = (counts.get("arrived", 0) + counts.get("verb:not_spam", 0)) / hours
    left = sum(n for name, n in counts.items() if name.startswith("waited:"))
    left = max(left - counts.get("verb:undo", 0), 0)
    faster = left / hours - arrived
    empty_ms = now_ms if not waiting else now_ms + int(waiting / faster * HOUR_MS) if faster > 0 else None
    return Forecast(waiting=waiting, arrived_per_hour=arrived, left_per_hour=left / hours, empty_ms=empty_ms)


def share(part: int, whole: int) -> float | None:
    """A part of a whole, from 0 to 1; None of nothing."""
    return min(part / whole, 1.0) if whole else None
