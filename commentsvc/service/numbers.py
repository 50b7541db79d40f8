"""How a site's comments come in and are decided, for those who look after it; people are not compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commentsvc.domain import numbers
from commentsvc.domain.comment import Comment, Thread
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import made_ms
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.numbers import Band, Forecast, Period, Step
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.store.comments import Comments
from commentsvc.store.numbers import HOUR_MS, WAITS, Numbers, day_of, hour_of
from commentsvc.store.queue import Queue

SHOWN_WAITS = (60, 300, 1800, 7200, 28800, 86400)
AGES = (3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600)
BUSIEST = 10
LOOKED_AT = 100
"""Comments at the head of the queue that are read for edits among them."""
PACE_HOURS = 2
"""Whole hours before the present one whose pace the forecast takes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Everything the page shows. `median_s` and `p90_s` are None where nothing was decided, shares where nothing was.

    `waits` are decisions by how long the comment had waited, `ages` waiting comments by how long they have.
    """

    period: Period
    now_ms: int
    steps: tuple[Step, ...]
    blocks: tuple[Step, ...]
    arrived: int
    decided: int
    wrong_codes: int
    wrong_share: float | None
    reversed: int
    reversed_share: float | None
    median_s: float | None
    p90_s: float | None
    waits: tuple[Band, ...]
    ages: tuple[Band, ...]
    oldest_ms: int | None
    forecast: Forecast
    busiest: tuple[tuple[Thread, int], ...]


class NumbersOf:
    """The numbers of every site."""

    def __init__(self, *, numbers: Numbers, comments: Comments, queue: Queue, clock: Callable[[], int]) -> None:
        self._numbers = numbers
        self._comments = comments
        self._queue = queue
        self._clock = clock

    def report(self, actor: Actor, site: Site, period: Period) -> Report | Refused:
        """The numbers of the hours up to the present one."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        now_ms = self._clock()
        last = hour_of(now_ms)
        first = last - period.hours + 1
        hours = [(one.hour, one.counts) for one in self._numbers.hours(site, first, last)]
        sums = numbers.total(counts for _, counts in hours)
        waits = numbers.waits(sums, WAITS)
        decided = numbers.decided(sums)
        first_in_line = self._first_in_line(site)
        ages = self._ages(site, now_ms, [one for one in first_in_line if one.edit])
        pace = numbers.total(counts for _, counts in hours[-1 - PACE_HOURS :])
        return Report(
            period=period,
            now_ms=now_ms,
            steps=numbers.steps(hours, period.step_hours),
            blocks=numbers.steps(hours, period.block_hours),
            arrived=sums["arrived"],
            decided=decided,
            wrong_codes=sums["wrong"],
            wrong_share=numbers.share(sums["wrong"], sums["wrong"] + sums["arrived"]),
            reversed=sums["reversed"],
            reversed_share=numbers.share(sums["reversed"], decided),
            median_s=numbers.percentile(waits, 0.5),
            p90_s=numbers.percentile(waits, 0.9),
            waits=numbers.merged(waits, SHOWN_WAITS),
            ages=ages,
            oldest_ms=min(map(_waits_since, first_in_line), default=None),
            forecast=numbers.forecast(
                pace,
                hours=PACE_HOURS + (now_ms % HOUR_MS) / HOUR_MS,
                waiting=sum(age.count for age in ages),
                now_ms=now_ms,
            ),
            busiest=self._busiest(site, first * HOUR_MS, now_ms),
        )

    def _first_in_line(self, site: Site) -> list[Comment]:
        """What stands first in the queue: old comments whose authors edit them come to stand there too."""
        ids = self._queue.ids(site, Status.PENDING, cursor=None, limit=LOOKED_AT)
        return [one for one in self._comments.find_all(site, ids, pages=False) if one and one.waits] if ids else []

    def _ages(self, site: Site, now_ms: int, edits: Sequence[Comment]) -> tuple[Band, ...]:
        moments = [now_ms + HOUR_MS, *(now_ms - age * 1000 for age in AGES)]
        counted = self._numbers.waiting_before(site, moments)
        # Counted by when the comment was made; an edit waits since it was written.
        later = [sum(made_ms(one.id) < ms <= _waits_since(one) for one in edits) for ms in moments]
        older = [count - wrong for count, wrong in zip(counted, later, strict=True)]
        starts, ends = (0, *AGES), (*AGES, 0)
        counts = (one - next_one for one, next_one in zip(older, (*older[1:], 0), strict=True))
        return tuple(Band(from_s=start, to_s=end, count=n) for start, end, n in zip(starts, ends, counts, strict=True))

    def _busiest(self, site: Site, start_ms: int, now_ms: int) -> tuple[tuple[Thread, int], ...]:
        found = self._numbers.busiest(site, day_of(start_ms), day_of(now_ms), limit=BUSIEST)
        threads = self._comments.threads(site, [id for id, _ in found]) if found else []
        return tuple((thread, count) for thread, (_, count) in zip(threads, found, strict=True))


def _waits_since(comment: Comment) -> int:
    return comment.edit.body.edited_ms if comment.edit else made_ms(comment.id)
