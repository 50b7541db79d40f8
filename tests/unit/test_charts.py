"""Drawings: steps, stacked bars and bars, mirrored where people read from right to left."""

import re

import pytest

from commentsvc.web.moderation.charts import BOTTOM, END, START, TOP, WIDTH, Chart, bars, most, stacks, steps


def xs(path: str) -> list[int]:
    """Every place along the bottom that a path touches."""
    return [int(number) for pair in re.findall(r"M(\d+) |H(\d+)", path) for number in pair if number]


def test_numbers_beside_the_lines_are_round() -> None:
    assert [most([n]) for n in (0, 1, 2, 3, 5, 7, 11, 41, 61, 100, 101)] == [1, 1, 2, 4, 6, 10, 20, 60, 100, 100, 200]


def test_a_series_is_steps_and_not_a_curve() -> None:
    chart = steps([("came", [1, 1, 2, 0])], [(0, "00:00"), (2, "02:00")], rtl=False)
    ((kind, path),) = chart.paths
    assert kind == "came"
    assert set(re.sub(r"[\d ]", "", path)) <= set("MHVZ")
    assert path == f"M40 {BOTTOM}V80H336V{TOP}H484V{BOTTOM}H632V{BOTTOM}Z"
    assert [(one.x, one.text) for one in chart.labels] == [(40, "00:00"), (336, "02:00")]


def test_time_runs_as_people_read() -> None:
    series, labels = [("came", [0, 5, 1]), ("decided", [2, 0, 1])], [(0, "first")]
    left, right = steps(series, labels, rtl=False), steps(series, labels, rtl=True)
    for (_, one), (_, other) in zip(left.paths, right.paths, strict=True):
        assert xs(one) == [WIDTH - x for x in xs(other)]
    assert left.labels[0].x == WIDTH - right.labels[0].x == START
    assert (right.left, right.right) == (WIDTH - END, WIDTH - START)


def test_bars_stand_on_each_other() -> None:
    chart = stacks([("a", [1, 0]), ("b", [1, 2])], [(0, "x")], rtl=False)
    assert [re.findall(r"M\d+ (\d+)V(\d+)", path) for _, path in chart.paths] == [
        [(str(BOTTOM), "80")],
        [("80", str(TOP)), (str(BOTTOM), str(TOP))],
    ]


@pytest.mark.parametrize("rtl", [False, True])
@pytest.mark.parametrize("values", [[0, 0], [0, 1_000_000, 3]])
def test_everything_stands_within_the_drawing(values: list[int], rtl: bool) -> None:
    drawn: list[Chart] = [
        steps([("a", values), ("b", values)], [], rtl=rtl),
        stacks([("a", values), ("b", values)], [], rtl=rtl),
        bars("a", [(str(value), value) for value in values], rtl=rtl),
    ]
    for chart in drawn:
        for _, path in chart.paths:
            assert all(0 <= x <= WIDTH for x in xs(path))
            assert all(TOP <= int(y) <= BOTTOM for y in re.findall(r"V(\d+)", path))
