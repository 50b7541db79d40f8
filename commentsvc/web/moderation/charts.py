"""Charts as what an SVG element is made of: paths and places in units of the drawing; colours are the stylesheet's.

Time runs as people read: from right to left where the page does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

WIDTH = 640
TOP, BOTTOM = 12, 148
START, END = 40, 632
"""Where a chart's own area begins and ends; before it stand the numbers of its lines."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A text at a place: along the bottom by `x`, at a line by `y`."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """One drawing: its paths, each with the class that colours it, its lines with numbers, its labels below.

    Lines go from `left` to `right`; `counted` are the numbers above bars.
    """

    left: int
    right: int
    paths: tuple[tuple[str, str], ...]
    lines: tuple[Label, ...]
    labels: tuple[Label, ...]
    counted: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a value of a series stands: `count` places along the bottom, values up to `most`."""

    count: int
    most: int
    rtl: bool

    def x(self, place: float) -> int:
        """Along the bottom; places may be between two."""
        along = (END - START) * place / self.count
        return round(WIDTH - START - along if self.rtl else START + along)

    def y(self, value: float) -> int:
        """Upwards."""
        return round(BOTTOM - (BOTTOM - TOP) * value / self.most)

    @property
    def ends(self) -> tuple[int, int]:
        """Where the lines begin and end, from the left."""
        return (WIDTH - END, WIDTH - START) if self.rtl else (START, END)

    @property
    def lines(self) -> tuple[Label, ...]:
        """Lines at the top, the middle and the bottom, with their numbers beside them."""
        beside = WIDTH - START + 6 if self.rtl else START - 6
        values = (self.most, self.most // 2, 0) if self.most > 1 else (self.most, 0)
        return tuple(Label(x=beside, y=self.y(value), text=str(value)) for value in values)


def most(values: Sequence[int]) -> int:
    """A round number that none of the values is above; the half of it is a whole number where it is above one."""
    highest, size = max([1, *values]), 1
    while True:
        for factor in (1, 2, 4, 6, 10):
            if highest <= factor * size:
                return factor * size
        size *= 10


def steps(series: Sequence[tuple[str, Sequence[int]]], labels: Sequence[tuple[int, str]], *, rtl: bool) -> Chart:
    """Series as steps, the first one as an area; `labels` are (place, text)."""
    highest = most([value for _, values in series for value in values])
    frame = Frame(len(series[0][1]), highest, rtl)
    paths = [(name, _stairs(frame, values, closed=not at)) for at, (name, values) in enumerate(series)]
    return _chart(frame, paths, labels)


def stacks(series: Sequence[tuple[str, Sequence[int]]], labels: Sequence[tuple[int, str]], *, rtl: bool) -> Chart:
    """Series as bars that stand on each other; `labels` are (place, text) and stand under the middle of a bar."""
    count = len(series[0][1])
    base = [0] * count
    sums = [sum(values[at] for _, values in series) for at in range(count)]
    frame = Frame(count, most(sums), rtl)
    paths: list[tuple[str, str]] = []
    for name, values in series:
        paths.append((name, "".join(_bar(frame, at, base[at], value) for at, value in enumerate(values) if value)))
        base = [below + value for below, value in zip(base, values, strict=True)]
    return _chart(frame, paths, [(at + 0.5, text) for at, text in labels])


def bars(name: str, values: Sequence[tuple[str, int]], *, rtl: bool) -> Chart:
    """One bar for each value, with what it is below and how many above."""
    frame = Frame(len(values), max(1, *(value for _, value in values)), rtl)
    path = "".join(_bar(frame, at, 0, value) for at, (_, value) in enumerate(values) if value)
    chart = _chart(frame, [(name, path)], [(at + 0.5, text) for at, (text, _) in enumerate(values)])
    counted = (
        Label(x=frame.x(at + 0.5), y=frame.y(value) - 4, text=str(value))
        for at, (_, value) in enumerate(values)
        if value
    )
    return replace(chart, lines=(replace(chart.lines[-1], text=""),), counted=tuple(counted))


def _chart(frame: Frame, paths: Sequence[tuple[str, str]], labels: Sequence[tuple[float, str]]) -> Chart:
    left, right = frame.ends
    below = (Label(x=frame.x(place), y=BOTTOM + 20, text=text) for place, text in labels)
    return Chart(left=left, right=right, paths=tuple(paths), lines=frame.lines, labels=tuple(below))


def _stairs(frame: Frame, values: Sequence[int], *, closed: bool) -> str:
    path, height = f"M{frame.x(0)} {frame.y(0 if closed else values[0])}", None
    for at, value in enumerate(values):
        if value != height:
            path += f"V{frame.y(value)}"
        height = value
        if at + 1 == len(values) or values[at + 1] != value:
            path += f"H{frame.x(at + 1)}"
    return path + (f"V{frame.y(0)}Z" if closed else "")


def _bar(frame: Frame, at: int, base: int, value: int) -> str:
    start, end = sorted((frame.x(at + 0.12), frame.x(at + 0.88)))
    top, bottom = frame.y(base + value), frame.y(base)
    return f"M{start} {bottom}V{top}H{end}V{bottom}Z"
