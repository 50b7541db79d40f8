"""What happened on a site, counted by the hour while it happens (`lua/numbers.lua`), summed over its partitions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commentsvc.domain.decision import Status
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store import records
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Client

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DAYS_KEPT = 90
"""`lua/numbers.lua` knows it too, and WAITS."""

WAITS = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800)
"""Seconds up to which decisions are counted together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """What happened in one hour, counted from 1970.

    `counts` has `arrived`, `wrong` (codes), `reversed` (decisions about what was decided before), and `verb:<verb>`,
    `reason:<code>`, `waited:<seconds>` (first decisions after a wait up to so long, see WAITS) and `waited:longer`.
    """

    hour: int
    counts: Mapping[str, int]


class Numbers:
    """The counters of every site."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def hours(self, site: Site, first: int, last: int) -> list[Hour]:
        """Every hour from the first to the last, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for hour in range(first, last + 1):
            for _, keys in partitions(site):
                pipe.hgetall(keys.hour(hour))
        rows: list[Mapping[bytes, bytes]] = pipe.execute()
        size = site.partitions
        return [
            Hour(hour=hour, counts=_summed(rows[at * size : (at + 1) * size]))
            for at, hour in enumerate(range(first, last + 1))
        ]

    def waiting_before(self, site: Site, moments_ms: Sequence[int]) -> list[int]:
        """How many comments wait that came in before each moment, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for ms in moments_ms:
            for _, keys in partitions(site):
                pipe.zlexcount(keys.status(Status.PENDING), "-", b"(" + records.lowest_id(ms))
        sizes: list[int] = pipe.execute()
        return [sum(sizes[at * site.partitions : (at + 1) * site.partitions]) for at in range(len(moments_ms))]

    def busiest(self, site: Site, first_day: int, last_day: int, *, limit: int) -> list[tuple[ThreadId, int]]:
        """The articles with the most new comments on these days, the busiest first."""
        pipe = self._client.pipeline(transaction=False)
        for day in range(first_day, last_day + 1):
            for _, keys in partitions(site):
                pipe.zrange(keys.busy(day), 0, -1, desc=True, withscores=True)
        sums: Counter[bytes] = Counter()
        for row in pipe.execute():
            sums.update({thread: int(count) for thread, count in row})
        return [(ThreadId(records.unpacked_ids(thread)), count) for thread, count in sums.most_common(limit)]


def hour_of(ms: int) -> int:
    """The hour that a moment is in, counted from 1970."""
    return ms // HOUR_MS


def day_of(ms: int) -> int:
    """The day that a moment is in, in UTC, counted from 1970."""
    return ms // DAY_MS


def _summed(rows: list[Mapping[bytes, bytes]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for row in rows:
        sums.update({field.decode(): int(count) for field, count in row.items()})
    return dict(sums)
