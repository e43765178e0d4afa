"""The same picture without JavaScript: a chart as a small SVG drawing, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anomaly_hunter.model import Event, FloatArray, IntArray, moment
from anomaly_hunter.stats.thinning import keep_spikes
from anomaly_hunter.tell import words
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Chart, Line
from anomaly_hunter.tell.html.compact import cut

if TYPE_CHECKING:
    from markupsafe import Markup

WIDTH = 960
PANEL = 180
STRIP = 60
MARGIN = 14
SMALLEST, LARGEST = 1e-300, 1.79e308


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Maps x and one panel's y to the drawing."""

    x0: float
    x1: float
    low: float
    high: float
    top: float
    height: float

    def across(self, x: FloatArray | float) -> FloatArray:
        return np.clip((np.asarray(x) - self.x0) / (self.x1 - self.x0), 0, 1) * WIDTH

    def down(self, y: FloatArray) -> FloatArray:
        part = (y / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return self.top + self.height * (1 - np.clip(part, 0, 1))


def draw_still(chart: Chart, events: Sequence[Event] = ()) -> Markup:
    """One SVG: the panels below each other, the score strip last."""
    from markupsafe import Markup, escape

    if not len(chart.x):
        return Markup("")
    parts: list[str] = []
    top = float(MARGIN)
    for line in chart.lines:
        parts += _panel(chart, line, top)
        top += PANEL + MARGIN
    frame = _frame(chart, chart.score, top, STRIP, floor=0.0, ceiling=1.2)
    parts += [*_spans(chart, frame), _path(chart, chart.score, frame, "s-score")]
    boundary = float(frame.down(np.array([1.0]))[0])
    parts.append(f'<path class="s-boundary" d="M0 {boundary:.1f}H{WIDTH}"/>')
    parts += _event_lines(chart, events, frame, top + STRIP)
    parts += _ends(chart, top + STRIP + MARGIN)
    label = escape(cut(chart.label))
    height = top + STRIP + MARGIN + 6
    return Markup(  # noqa: S704 - numbers of ours and one escaped label
        f'<svg class="still" viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{label}">'
        + "".join(parts)
        + "</svg>"
    )


def _frame(
    chart: Chart,
    values: FloatArray,
    top: float,
    height: float,
    *,
    floor: float | None = None,
    ceiling: float | None = None,
) -> _Frame:
    known = values[np.isfinite(values)]
    low = float(known.min()) if len(known) else 0.0
    high = float(known.max()) if len(known) else 1.0
    low = low if floor is None else min(low, floor)
    high = high if ceiling is None else max(high, ceiling)
    if not high / 2 > low / 2:  # equal, or so near the smallest number that no half lies between
        margin = (abs(low) if abs(low) > SMALLEST else 1.0) / 2
        low, high = max(low - margin, -LARGEST), min(high + margin, LARGEST)
    x0, x1 = float(chart.x[0]), float(chart.x[-1])
    return _Frame(x0, x1 if x1 > x0 else x0 + 1, low, high, top, height)


def _panel(chart: Chart, line: Line, top: float) -> list[str]:
    bands = [band for band in (line.lower, line.upper) if band is not None]
    frame = _frame(chart, np.concatenate([line.value, *bands]), top, PANEL)
    parts = [f'<rect class="s-panel" x="0" y="{top:.0f}" width="{WIDTH}" height="{PANEL}"/>']
    parts += _spans(chart, frame)
    if line.lower is not None and line.upper is not None:
        parts.append(_band(chart, line.lower, line.upper, frame))
    parts.append(_path(chart, line.value, frame, "s-value"))
    parts.append(_text(4, top + 13, words.number(frame.high)))
    parts.append(_text(4, top + PANEL - 5, words.number(frame.low)))
    return parts


def _text(across: float, down: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{across:.0f}" y="{down:.0f}" text-anchor="{anchor}">{text}</text>'


def _ends(chart: Chart, down: float) -> list[str]:
    """The first and the last moment, or position, below the drawing."""
    parts = []
    for x, across, anchor in ((chart.x[0], 0.0, "start"), (chart.x[-1], float(WIDTH), "end")):
        text = f"{x:,.0f}"
        if chart.clocked:
            text = f"{moment(np.datetime64(round(x * 1000), 'ms'))} UTC"
        parts.append(_text(across, down, text, anchor))
    return parts


def _chosen(chart: Chart, *signals: FloatArray) -> IntArray:
    most = limits.POINTS_STILL if chart.size == "large" else limits.POINTS_STILL_OTHER
    return keep_spikes(signals, most // (2 + 2 * len(signals)))


def _path(chart: Chart, y: FloatArray, frame: _Frame, css: str) -> str:
    """A line that breaks where values are missing."""
    x, at = chart.x, _chosen(chart, y)
    across, down = frame.across(x[at]), frame.down(y[at])
    steps, pen_up = [], True
    for px, py in zip(across.tolist(), down.tolist(), strict=True):
        if np.isnan(py):
            pen_up = True
            continue
        steps.append(f"{'M' if pen_up else 'L'}{px:.1f} {py:.1f}")
        pen_up = False
    return f'<path class="{css}" d="{"".join(steps)}"/>'


def _band(chart: Chart, lower: FloatArray, upper: FloatArray, frame: _Frame) -> str:
    x, at = chart.x, _chosen(chart, lower, upper)
    at = at[np.isfinite(lower[at]) & np.isfinite(upper[at])]
    across = frame.across(x[at]).tolist()
    high = list(zip(across, frame.down(upper[at]).tolist(), strict=True))
    low = list(zip(across, frame.down(lower[at]).tolist(), strict=True))
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in high + low[::-1])
    return f'<polygon class="s-band" points="{points}"/>'


def _spans(chart: Chart, frame: _Frame) -> list[str]:
    parts = []
    for mark in chart.marks:
        left, right = float(frame.across(mark.begin)), float(frame.across(mark.end))
        parts.append(
            f'<rect class="s-span level-{mark.level}" x="{left:.1f}" y="{frame.top:.0f}" '
            f'width="{max(3.0, right - left):.1f}" height="{frame.height:.0f}"/>'
        )
    return parts


def _event_lines(chart: Chart, events: Sequence[Event], frame: _Frame, bottom: float) -> list[str]:
    from markupsafe import escape

    if not chart.clocked:
        return []
    parts = []
    for event in events:
        second = float(event.time.astype("datetime64[ns]").view(np.int64)) / 1e9
        if not frame.x0 <= second <= frame.x1:
            continue
        px = float(frame.across(second))
        title = escape(cut(event.title))
        parts.append(f'<path class="s-event" d="M{px:.1f} 0V{bottom:.0f}"><title>{title}</title></path>')
    return parts
