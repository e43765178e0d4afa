"""What one chart draws: a detection thinned to some hundred or thousand points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import Anomaly, Detection, Event, FloatArray, IntArray
from anomaly_hunter.stats.holes import find_gaps
from anomaly_hunter.stats.thinning import thin
from anomaly_hunter.tell import words
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.compact import cut, power_of_ten, tidy

Size: TypeAlias = Literal["large", "medium", "small"]
UNRANKED: Final = "unranked"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One panel: a value with its band, all ``(m,)``; the band may be missing."""

    name: str
    value: FloatArray
    expected: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """An anomaly in the picture: its place on the x axis, its peak, the level of its incident.

    ``actual`` is the value at the peak, None where the chart's first line does not show it.
    """

    begin: float
    end: float
    peak: float
    level: str
    text: str
    actual: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """All that is needed to draw one detection, thinned.

    ``x`` is seconds since 1970 (``clocked``) or a position; ``zoom`` the neighbourhood of the
    anomaly that the chart is about and ``focus`` its start and peak; ``total`` the number of points
    before thinning.
    """

    id: str
    title: str
    size: Size
    clocked: bool
    x: FloatArray
    lines: tuple[Line, ...]
    score: FloatArray
    marks: tuple[Mark, ...]
    gaps: tuple[tuple[float, float], ...]
    zoom: tuple[float, float] | None
    focus: tuple[float, float] | None
    total: int
    unit: str = ""
    hidden_channels: int = 0

    @property
    def note(self) -> str:
        """What the picture leaves out, in words; "" when it shows every point."""
        parts = []
        if len(self.x) < self.total:
            parts.append(
                f"{self.total:,} points, drawn as {len(self.x):,}: every part keeps its lowest and highest "
                "point, and the neighbourhood of the anomalies is drawn as finely as there is room."
            )
        if self.hidden_channels:
            parts.append(f"{words.counted(self.hidden_channels, 'more channel')} not drawn.")
        return " ".join(parts)

    @property
    def label(self) -> str:
        """What the picture shows, for people who do not see it."""
        if not self.lines:
            marked = words.counted(len(self.marks), "row")
            return f"Score of each row of {self.title}; {marked} over the boundary."
        marked = words.counted(len(self.marks), "anomaly", "anomalies")
        shown = f"{self.title} with its expected band and score; {marked} shaded."
        return f"{shown} Arrow keys move the crosshair, plus and minus zoom, 0 shows the whole range."


def build_chart(
    detection: Detection,
    chart_id: str,
    size: Size,
    limit: int,
    *,
    levels: Mapping[str, str],
    focus: Anomaly | None = None,
    axis: FloatArray | None = None,
) -> Chart:
    """The chart of a detection with at most ``limit`` numbers per line.

    ``levels`` maps anomaly ids to the level of their incident; ``focus`` is the anomaly to zoom to;
    ``axis`` says where the points lie when they are a part of what was scored, in numbers that rise.
    """
    lines, hidden = _lines(detection, focus)
    most = limits.SPANS if size == "large" else limits.SPANS_OTHER
    strangest = sorted(detection.anomalies, key=lambda a: (a is not focus, -a.score))[:most]
    spans = [span for a in strangest for span in _spans(a, detection)][:most]
    positions = thin(
        [line.value for line in lines] + [detection.score],
        max(60, limit // max(1, len(lines))),
        spans,
        [a.peak for a in strangest] if detection.series is not None else [start for start, _ in spans],
    )
    x = detection.axis if axis is None else axis
    series = detection.series
    return Chart(
        id=chart_id,
        title=detection.subject,
        size=size,
        clocked=series is not None and series.clocked,
        x=x[positions],
        lines=tuple(_at(line, positions) for line in lines),
        score=detection.score[positions],
        marks=_marks(strangest, detection, x, levels, lines[0].name if lines else "")[:most],
        gaps=find_gaps(x, lines[0].value, limits.GAPS) if lines else (),
        zoom=_zoom(focus, x),
        focus=(float(x[focus.start]), float(x[focus.peak])) if focus is not None else None,
        total=len(x),
        unit=series.unit if series is not None else "",
        hidden_channels=hidden,
    )


def _lines(detection: Detection, focus: Anomaly | None) -> tuple[list[Line], int]:
    """The lines to draw and how many channels are left out."""
    series = detection.series
    if series is None:
        return [], 0
    bands = (detection.expected, detection.lower, detection.upper)
    if series.value.ndim == 1:
        return [Line(series.name, series.value, *bands)], 0
    carried = {share.name: share.share for share in focus.carriers} if focus is not None else {}
    order = sorted(range(len(series.channels)), key=lambda i: -carried.get(series.channels[i], 0.0))
    shown = order[: limits.CHANNELS]
    lines = [
        Line(
            series.channels[i],
            series.value[:, i],
            *(band[:, i] if band is not None and band.ndim == 2 else None for band in bands),
        )
        for i in shown
    ]
    return lines, len(order) - len(shown)


def _at(line: Line, positions: IntArray) -> Line:
    bands = (line.expected, line.lower, line.upper)
    return Line(line.name, line.value[positions], *(None if b is None else b[positions] for b in bands))


def _spans(anomaly: Anomaly, detection: Detection) -> list[tuple[int, int]]:
    """The positions an anomaly covers: its span, or each of its rows."""
    if detection.series is None and anomaly.rows:
        return [(row, row + 1) for row in anomaly.rows]
    return [(anomaly.start, max(anomaly.stop, anomaly.start + 1))]


def _carrier(anomaly: Anomaly, detection: Detection) -> str:
    """The channel that an anomaly's numbers speak of; "" where there is only one."""
    channels = detection.series.channels if detection.series is not None else ()
    shares = sorted(anomaly.carriers, key=lambda share: -share.share)
    return next((share.name for share in shares if share.name in channels), channels[0] if channels else "")


def _marks(
    anomalies: Sequence[Anomaly],
    detection: Detection,
    x: FloatArray,
    levels: Mapping[str, str],
    first_line: str,
) -> tuple[Mark, ...]:
    marks = []
    for anomaly in anomalies:
        moved = (words.change(anomaly.change_pct), words.sigmas(anomaly.sigmas))
        text = " ".join((anomaly.shape, *(part for part in moved if part)))
        level = levels.get(anomaly.id, UNRANKED)
        seen = np.isfinite(anomaly.actual) and _carrier(anomaly, detection) in ("", first_line)
        for start, stop in _spans(anomaly, detection):
            peak = anomaly.peak if detection.series is not None else start
            actual = anomaly.actual if seen else None
            marks.append(Mark(float(x[start]), float(x[stop - 1]), float(x[peak]), level, text, actual))
    return tuple(sorted(marks, key=lambda mark: mark.begin))


def _zoom(focus: Anomaly | None, x: FloatArray) -> tuple[float, float] | None:
    if focus is None:
        return None
    margin = max(2 * (focus.stop - focus.start), 20)
    low, high = max(0, focus.start - margin), min(len(x) - 1, focus.stop - 1 + margin)
    return (float(x[low]), float(x[high])) if x[high] > x[low] else None


def for_script(chart: Chart) -> dict[str, Any]:
    """The chart as the page's script reads it: short arrays, x as steps where they are whole."""
    power = _power(chart.lines)
    x = tidy(chart.x, 1e9)
    whole = all(isinstance(v, int) for v in x)
    return {
        "id": chart.id,
        "title": cut(chart.title),
        "unit": cut(chart.unit, 40),
        "clocked": chart.clocked,
        "power": power,
        "x": np.diff(chart.x, prepend=0.0).astype(np.int64).tolist() if whole else x,
        "steps": whole,
        "lines": [_line_for_script(line, power) for line in chart.lines],
        "score": tidy(np.clip(chart.score, -1e12, 1e12), 1e4),
        "marks": [_mark_for_script(mark, power) for mark in chart.marks],
        "gaps": chart.gaps,
        "zoom": chart.zoom,
        "focus": chart.focus,
    }


def _power(lines: Sequence[Line]) -> int:
    return power_of_ten(np.concatenate([line.value for line in lines])) if lines else 0


def _line_for_script(line: Line, power: int) -> dict[str, Any]:
    document: dict[str, Any] = {"name": cut(line.name, 80), "value": tidy(_scaled(line.value, power))}
    for name in ("expected", "lower", "upper"):
        band: FloatArray | None = getattr(line, name)
        if band is not None:
            document[name] = tidy(np.clip(_scaled(band, power), -1e18, 1e18), 1e4)
    return document


def _mark_for_script(mark: Mark, power: int) -> list[Any]:
    actual = None if mark.actual is None else float(_scaled(np.array(mark.actual), power))
    return [mark.begin, mark.end, mark.peak, mark.level, mark.text, actual]


def _scaled(values: FloatArray, power: int) -> FloatArray:
    """Values over ten to the power, in two steps where the power itself would overflow."""
    if not power:
        return values
    half = power // 2
    with np.errstate(over="ignore"):  # a band may be far beyond the values; it is clipped
        return values / 10.0**half / 10.0 ** (power - half)


def nearest_events(events: Sequence[Event], moments: Sequence[np.datetime64], limit: int) -> list[Event]:
    """The events nearest to any of the moments, at most ``limit``, in the order of time."""
    if len(events) > limit and moments:
        marks = np.array([m.astype("datetime64[ns]") for m in moments]).view(np.int64)
        events = sorted(
            events, key=lambda e: int(np.abs(marks - e.time.astype("datetime64[ns]").view(np.int64)).min())
        )
    return sorted(events[:limit], key=lambda event: event.time)
