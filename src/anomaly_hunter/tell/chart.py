"""A chart of characters: the line, the band of what was expected, the anomalies, the events.

A cell holds two by four dots (braille), or one sign where only ASCII can be shown. A column of
dots shows the lowest to the highest value that falls into it, so no spike is lost however many
points there are. What is abnormal is marked by colour and by a sign below the axis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.tell.axis import Tick, number_ticks

Ink: TypeAlias = Literal["line", "band", "alarm", "minor", "event", "axis"]
Row: TypeAlias = list[tuple[str, Ink]]
Bools: TypeAlias = npt.NDArray[np.bool_]

LARGEST: Final = 1.79e308
_DOTS: Final = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters of a chart; ``across`` and ``down`` count the dots of one cell."""

    across: int
    down: int
    line: str
    band: str
    event: str
    event_mark: str
    alarm_mark: str
    minor_mark: str
    side: str
    notch: str
    corner: str
    floor: str
    tick: str


BRAILLE: Final = Signs(2, 4, "", "", "┊", "◆", "▲", "△", "│", "┤", "└", "─", "┬")
ASCII: Final = Signs(1, 1, "*", ".", ":", "v", "^", "'", "|", "+", "+", "-", "+")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a chart shows.

    Attributes
    ----------
    x:
        ``(m,)`` never decreasing; ``value, lower, upper`` are ``(m,)``, NaN where unknown.
    alarms:
        Half-open spans of points, the one that matters first.
    events:
        Places on the x axis.
    ticks:
        Places on the x axis and their labels.
    """

    x: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    alarms: tuple[tuple[int, int], ...] = ()
    events: tuple[float, ...] = ()
    ticks: tuple[Tick, ...] = ()


def draw(picture: Picture, width: int, height: int, signs: Signs = BRAILLE) -> list[Row]:
    """Rows of inked text, none wider than ``width``; ``height`` is that of the plot alone.

    From the top: a row of event marks (where there are events), the plot with its values on the
    left, the axis, the marks of the anomalies, the labels of the axis.
    """
    low, high = _limits(picture)
    labels = _labels(low, high, height)
    gutter = max(map(len, labels.values()), default=0) + 2
    columns = max(8, width - gutter)
    place = _Places(picture.x, columns, signs.across)
    cells = _cells(picture, place, (low, high), height, signs)
    rows: list[Row] = []
    if picture.events:
        marks = [" "] * columns
        for event in picture.events:
            marks[place.cell(event)] = signs.event_mark
        rows.append([(" " * gutter, "axis"), ("".join(marks), "event")])
    for index, row in enumerate(cells):
        label = labels.get(index, "").rjust(gutter - 2)
        rows.append([(f"{label} {signs.notch if label.strip() else signs.side}", "axis"), *row])
    return [*rows, *_below(picture, place, gutter, signs)]


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Maps the x axis to columns of cells and of dots."""

    x: FloatArray
    columns: int
    across: int

    @property
    def dots(self) -> int:
        return self.columns * self.across

    def dot(self, x: FloatArray) -> IntArray:
        first, width = self.x[0], self.x[-1] - self.x[0]
        if not width > 0:
            return np.full(len(x), self.dots // 2, dtype=np.int64)
        part = np.rint((x - first) / width * (self.dots - 1))
        at: IntArray = np.clip(part, 0, self.dots - 1).astype(np.int64)
        return at

    def cell(self, x: float) -> int:
        return int(self.dot(np.array([x]))[0]) // self.across


def _limits(picture: Picture) -> tuple[float, float]:
    """Lowest and highest value shown: all of the line, and the band as far as it is near."""
    value = picture.value[np.isfinite(picture.value)]
    if not len(value):
        return 0.0, 1.0
    low, high = float(value.min()), float(value.max())
    near = max(high / 2 - low / 2, abs(high) * 0.01, 1e-300)
    for band in (picture.lower, picture.upper):
        known = band[np.isfinite(band)]
        if len(known):
            low = min(low, max(float(known.min()), float(value.min()) - near))
            high = max(high, min(float(known.max()), float(value.max()) + near))
    if high / 2 - low / 2 > 1e-300:
        return low, high
    pad = abs(high) * 0.1 if abs(high) > 1e-290 else 1.0
    return max(low - pad, -LARGEST), min(high + pad, LARGEST)


def _labels(low: float, high: float, height: int) -> dict[int, str]:
    """Labels of the value axis by row, 0 at the top."""
    labels: dict[int, str] = {}
    half = high / 2 - low / 2
    for value, text in number_ticks(low, high, max(2, height // 3)):
        labels[int(np.clip(round((high / 2 - value / 2) / half * (height - 1)), 0, height - 1))] = text
    return labels


def _cells(
    picture: Picture, place: _Places, limits: tuple[float, float], height: int, signs: Signs
) -> list[Row]:
    rows = height * signs.down
    line = _filled(*_reach(picture.x, picture.value, picture.value, place, True), limits, rows)
    band = _filled(*_reach(picture.x, picture.lower, picture.upper, place, False), limits, rows)
    band = _dotted_edge(band)
    marks = _marks(picture, place)
    events = {place.cell(event) for event in picture.events}
    line_text, band_text = _glyphs(line, signs, signs.line), _glyphs(band, signs, signs.band)
    cells: list[Row] = []
    for line_row, band_row in zip(line_text, band_text, strict=True):
        row: Row = []
        for column, (over, under) in enumerate(zip(line_row, band_row, strict=True)):
            if over != " ":
                ink: Ink = "alarm" if marks[column] == 2 else "minor" if marks[column] == 1 else "line"
                _ink(row, over, ink)
            elif under != " ":
                _ink(row, under, "band")
            else:
                _ink(row, signs.event if column in events else " ", "event" if column in events else "band")
        cells.append(row)
    return cells


def _ink(row: Row, text: str, ink: Ink) -> None:
    if row and row[-1][1] == ink:
        row[-1] = (row[-1][0] + text, ink)
    else:
        row.append((text, ink))


def _reach(
    x: FloatArray, lower: FloatArray, upper: FloatArray, place: _Places, joined: bool
) -> tuple[FloatArray, FloatArray]:
    """``(dots,)`` lowest and highest value in every column of dots; NaN where there is none.

    Columns between two points are interpolated unless one of the points is missing or the step
    is over 2.5 times the usual one. ``joined`` lines reach half-way to their neighbours.
    """
    low, high = np.full(place.dots, np.inf), np.full(place.dots, -np.inf)
    known = np.isfinite(lower) & np.isfinite(upper)
    at = place.dot(x)
    np.minimum.at(low, at[known], lower[known])
    np.maximum.at(high, at[known], upper[known])
    empty = np.flatnonzero(low > high)
    low[empty] = high[empty] = np.nan
    if len(x) > 1 and len(empty):
        spot = x[0] + empty / max(1, place.dots - 1) * (x[-1] - x[0])
        after = np.clip(np.searchsorted(x, spot), 1, len(x) - 1)
        step = np.diff(x)
        close = step <= 2.5 * np.median(step[step > 0]) if (step > 0).any() else step > 0
        fill = close[after - 1] & known[after] & known[after - 1]
        share = (spot - x[after - 1])[fill] / step[after - 1][fill]
        for edge, values in ((low, lower), (high, upper)):
            before, behind = values[after - 1][fill], values[after][fill]
            edge[empty[fill]] = before * (1 - share) + behind * share
    if joined:
        _join(low, high)
    return low, high


def _join(low: FloatArray, high: FloatArray) -> None:
    """Close the gap between neighbouring columns, each side going half of the way."""
    middle = high / 4 + low / 4
    middle = middle[:-1] + middle[1:]
    rising, falling = high[:-1] < low[1:], low[:-1] > high[1:]
    high[:-1][rising] = middle[rising]
    low[1:][rising] = np.minimum(low[1:], middle)[rising]
    low[:-1][falling] = middle[falling]
    high[1:][falling] = np.maximum(high[1:], middle)[falling]


def _filled(low: FloatArray, high: FloatArray, limits: tuple[float, float], rows: int) -> Bools:
    """``(rows, dots)`` True from low to high in every column; row 0 is the top."""
    bottom, top = limits
    half = top / 2 - bottom / 2
    known = np.isfinite(low) & np.isfinite(high)
    depth = np.full((2, len(low)), -1.0)
    for index, edge in enumerate((high, low)):
        part = np.rint((top / 2 - np.clip(edge[known], bottom, top) / 2) / half * (rows - 1))
        depth[index, known] = np.where(edge[known] > top, -1, np.where(edge[known] < bottom, rows, part))
    row = np.arange(rows)[:, None]
    dots: Bools = known & (row >= depth[0]) & (row <= depth[1])
    return dots


def _dotted_edge(area: Bools) -> Bools:
    """The rim of an area, every other column: a line over it is not mistaken for it."""
    inside = area.copy()
    inside[1:] &= area[:-1]
    inside[:-1] &= area[1:]
    inside[[0, -1]] = False
    dots: Bools = area & ~inside
    dots[:, 1::2] = False
    return dots


def _glyphs(dots: Bools, signs: Signs, sign: str) -> list[str]:
    """One string per row of cells; a space where a cell holds no dot."""
    if signs.down == 1:
        return ["".join(sign if dot else " " for dot in row) for row in dots]
    height, columns = dots.shape[0] // signs.down, dots.shape[1] // signs.across
    cells = dots.reshape(height, signs.down, columns, signs.across)
    codes = (cells * _DOTS[None, :, None, :]).sum(axis=(1, 3))
    return ["".join(chr(0x2800 + code) if code else " " for code in row) for row in codes]


def _marks(picture: Picture, place: _Places) -> IntArray:
    """``(columns,)`` 2 where the first alarm is, 1 where another one is, else 0."""
    marks = np.zeros(place.columns, dtype=np.int64)
    for index, (start, stop) in reversed(list(enumerate(picture.alarms))):
        first, last = place.dot(picture.x[[start, stop - 1]]) // place.across
        marks[first : last + 1] = 1 if index else 2
    return marks


def _below(picture: Picture, place: _Places, gutter: int, signs: Signs) -> list[Row]:
    """The axis, the marks of the anomalies (where there are any), the labels."""
    floor = [signs.floor] * place.columns
    labels = [" "] * place.columns
    free = 0
    for x, text in picture.ticks:
        column = place.cell(x)
        start = min(max(column - len(text) // 2, free), place.columns - len(text))
        if start < free or abs(start - (column - len(text) // 2)) > 6:
            continue
        floor[column] = signs.tick
        labels[start : start + len(text)] = text
        free = start + len(text) + 2
    left: tuple[str, Ink] = (" " * gutter, "axis")
    rows: list[Row] = [[(" " * (gutter - 1) + signs.corner + "".join(floor), "axis")]]
    marks = _marks(picture, place)
    if marks.any():
        row: Row = [left]
        for mark in marks:
            ink: Ink = "alarm" if mark == 2 else "minor"
            _ink(row, (" ", signs.minor_mark, signs.alarm_mark)[mark], ink if mark else "axis")
        rows.append(row)
    return [*rows, [left, ("".join(labels).rstrip(), "axis")]]
