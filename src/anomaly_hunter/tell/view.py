"""Which part of a series a report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import Anomaly, Detection, Event, FloatArray, Series
from anomaly_hunter.tell.axis import Tick, position_ticks, time_ticks
from anomaly_hunter.tell.chart import Picture

_BEFORE: Final = 0.62  # how much of a zoomed window lies before the middle of the anomaly


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A window on a series.

    Attributes
    ----------
    title, unit:
        Of the series; ``title`` names the channel where there are several.
    start, stop, total:
        The window as positions, and the length of the series.
    whole:
        ``(total,)`` all values, for an overview.
    spans:
        All anomalies as positions in the series, the one that matters first.
    events:
        What changed within the window, the nearest to the beginning of the anomaly first.
    """

    title: str
    unit: str
    picture: Picture
    start: int
    stop: int
    total: int
    whole: FloatArray
    spans: tuple[tuple[int, int], ...]
    events: tuple[Event, ...]

    @property
    def zoomed(self) -> bool:
        """Whether a part is shown and not all."""
        return self.stop - self.start < self.total


def view(detection: Detection, lead: Anomaly | None, events: tuple[Event, ...], columns: int) -> View | None:
    """What a chart of about ``columns`` characters should show; None for tables and empty series.

    With an anomaly ``lead`` that would be too narrow to see, a part around it; else all points.
    """
    series = detection.series
    if series is None or not len(series):
        return None
    order = sorted(detection.anomalies, key=lambda anomaly: anomaly is not lead)
    spans = tuple((anomaly.start, anomaly.stop) for anomaly in order if anomaly.stop > anomaly.start)
    start, stop = window(len(series), lead.start, lead.stop, columns) if lead else (0, len(series))
    shown = _events(events, series, start, stop, lead)
    channel, name = _channel(series, lead)
    picture = _picture(
        detection, series, channel, cut=(start, stop), spans=spans, events=shown, columns=columns
    )
    whole = series.value if series.value.ndim == 1 else series.value[:, channel]
    title = f"{series.title} · {name}" if name else series.title
    return View(title, series.unit, picture, start, stop, len(series), whole, spans, shown)


def window(n: int, start: int, stop: int, columns: int) -> tuple[int, int]:
    """All points, unless the anomaly would be too narrow to see; then a part around it.

    >>> window(120, 90, 95, 70), window(1_000_000, 500_000, 500_003, 70)
    ((0, 120), (499828, 500108))
    """
    width = max(stop - start, 1)
    if n <= 6 * columns or width * columns >= 3 * n:
        return 0, n
    size = min(n, max(4 * columns, width * columns // 6))
    first = (start + stop) // 2 - int(size * _BEFORE)
    first = max(0, min(first, n - size))
    return first, first + size


def _channel(series: Series, lead: Anomaly | None) -> tuple[int, str]:
    """The channel that carries most of the anomaly."""
    if series.value.ndim == 1:
        return 0, ""
    for share in sorted(lead.carriers if lead else (), key=lambda share: -share.share):
        if share.name in series.channels:
            return series.channels.index(share.name), share.name
    return 0, series.channels[0]


def _events(
    events: tuple[Event, ...], series: Series, start: int, stop: int, lead: Anomaly | None
) -> tuple[Event, ...]:
    if not series.clocked:
        return ()
    begin = series.time[start] if lead is None or lead.begin is None else lead.begin
    inside = [event for event in events if series.time[start] <= event.time <= series.time[stop - 1]]
    return tuple(sorted(inside, key=lambda event: abs(event.time - begin)))


def _picture(
    detection: Detection,
    series: Series,
    channel: int,
    *,
    cut: tuple[int, int],
    spans: tuple[tuple[int, int], ...],
    events: tuple[Event, ...],
    columns: int,
) -> Picture:
    start, stop = cut
    part = slice(start, stop)
    ticks: list[Tick]
    if series.clocked:
        x = series.time[part].view(np.int64).astype(np.float64)
        ticks = time_ticks(series.time[start], series.time[stop - 1], max(2, columns // 11))
    else:
        x = series.row[part].astype(np.float64)
        ticks = position_ticks(x[0], x[-1], max(2, columns // 11))
    shown = [(max(a, start) - start, min(b, stop) - start) for a, b in spans if a < stop and b > start]
    size = stop - start
    return Picture(
        x,
        _column(series.value, channel, part, size),
        _column(detection.lower, channel, part, size),
        _column(detection.upper, channel, part, size),
        tuple(shown),
        tuple(float(event.time.astype("datetime64[ns]").astype(np.int64)) for event in events),
        tuple(ticks),
    )


def _column(values: FloatArray | None, channel: int, part: slice, size: int) -> FloatArray:
    if values is None:
        return np.full(size, np.nan)
    return values[part] if values.ndim == 1 else values[part, channel]
