"""What the numbers page says follows from what was counted."""

import pytest

from commentsvc.domain.numbers import HOUR_MS, Band, Period, decided, forecast, merged, percentile, share, steps, waits

LIMITS = (10, 60, 600)


@pytest.mark.parametrize("period", Period)
def test_steps_and_bars_divide_each_period_evenly(period: Period) -> None:
    assert period.hours % period.step_hours == 0
    assert period.hours % period.block_hours == 0
    assert period.hours // period.step_hours <= 30
    assert period.hours // period.block_hours <= 12


def test_hours_are_put_together_to_steps() -> None:
    hours = [(100 + n, {"arrived": 1, "verb:approve": n, "verb:undo": 5, "reason:insult": 1}) for n in range(4)]
    first, second = steps(hours, 2)
    assert (first.start_ms, first.arrived, first.decided, first.reasons) == (100 * HOUR_MS, 2, 1, {"insult": 2})
    assert (second.start_ms, second.arrived, second.decided) == (102 * HOUR_MS, 2, 5)


def test_taking_back_asking_and_withdrawing_are_no_decisions() -> None:
    verbs = ("approve", "reject", "spam", "not_spam", "undo", "ask", "withdraw")
    assert decided({f"verb:{verb}": 1 for verb in verbs}) == 4


def test_waits_are_bands_with_an_open_end() -> None:
    assert waits({"waited:60": 3, "waited:longer": 1}, LIMITS) == (
        Band(from_s=0, to_s=10, count=0),
        Band(from_s=10, to_s=60, count=3),
        Band(from_s=60, to_s=600, count=0),
        Band(from_s=600, to_s=0, count=1),
    )


@pytest.mark.parametrize(
    ("counts", "part", "seconds"),
    [
        ({}, 0.5, None),
        ({"waited:10": 10}, 0.5, 5),
        ({"waited:10": 1, "waited:60": 2}, 0.5, 22.5),
        ({"waited:60": 9, "waited:600": 1}, 0.9, 60),
        ({"waited:longer": 3}, 0.5, 600),
    ],
)
def test_percentiles_are_spread_evenly_in_a_band(counts: dict[str, int], part: float, seconds: float | None) -> None:
    assert percentile(waits(counts, LIMITS), part) == seconds


def test_merged_bands_lose_nothing() -> None:
    bands = waits({"waited:10": 1, "waited:60": 2, "waited:600": 4, "waited:longer": 8}, LIMITS)
    assert [(one.to_s, one.count) for one in merged(bands, (60,))] == [(60, 3), (0, 12)]
    assert [(one.to_s, one.count) for one in merged(bands, (60, 600))] == [(60, 3), (600, 4), (0, 8)]


def test_a_queue_that_shrinks_has_an_end() -> None:
    found = forecast({"arrived": 10, "waited:60": 30}, hours=2, waiting=20, now_ms=1000)
    assert (found.arrived_per_hour, found.left_per_hour, found.empty_ms) == (5, 15, 1000 + 2 * HOUR_MS)


@pytest.mark.parametrize("counts", [{}, {"arrived": 3, "waited:60": 3}, {"waited:60": 2, "verb:undo": 2}])
def test_a_queue_that_does_not_shrink_has_none(counts: dict[str, int]) -> None:
    assert forecast(counts, hours=2, waiting=1, now_ms=1000).empty_ms is None


def test_an_empty_queue_is_empty_now() -> None:
    assert forecast({"arrived": 9}, hours=2, waiting=0, now_ms=1000).empty_ms == 1000


def test_a_share_of_nothing_is_none() -> None:
    assert (share(1, 4), share(3, 2), share(0, 0)) == (0.25, 1.0, None)
