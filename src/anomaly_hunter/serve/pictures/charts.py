"""Charts of kept hunts as the scripts of the pages read them: thinned, spikes and all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final

import numpy as np

from anomaly_hunter.model import Anomaly, AnyArray, Detection, Event, Graph, Hunt
from anomaly_hunter.remember.hunts.recorded import Recordings
from anomaly_hunter.remember.hunts.thinned import Picture, part
from anomaly_hunter.tell.html import limits
from anomaly_hunter.tell.html.chart import Chart, Size, build_chart, for_script, nearest_events
from anomaly_hunter.tell.html.compact import cut

POINTS: Final = 6000
_HELD_BYTES: Final = 256_000_000
_RECORD_BYTES: Final = 500


def chart_document(
    picture: Picture,
    events: Sequence[Event],
    *,
    levels: Mapping[str, str],
    focus: str = "",
    points: int = POINTS,
    size: Size = "large",
) -> dict[str, Any]:
    """What `chart.js` draws, with events, and what the picture leaves out in words.

    ``levels`` maps anomaly ids to the level of their incident; ``focus`` is the id of the anomaly that
    the chart is about.
    """
    chart, lead = _chart(picture, levels, focus, points, size)
    moments = [lead.begin] if lead is not None and lead.begin is not None else []
    shown = nearest_events(_inside(events, chart), moments, limits.EVENTS)
    return {
        **for_script(chart),
        "size": chart.size,
        "events": [event_row(one) for one in shown],
        "total": picture.total,
        "from": float(chart.x[0]) if len(chart.x) else None,
        "to": float(chart.x[-1]) if len(chart.x) else None,
        "note": chart.note,
        "label": cut(chart.label),
        "hidden_channels": chart.hidden_channels,
    }


def _chart(
    picture: Picture, levels: Mapping[str, str], focus: str, points: int, size: Size
) -> tuple[Chart, Anomaly | None]:
    detection = picture.detection
    lead = next((one for one in detection.anomalies if one.id == focus), None)
    chart = build_chart(
        detection, "chart", size, points, levels=levels, focus=lead, axis=picture.axis
    )  # fmt: skip
    drawn = len(detection.series.channels) or 1 if detection.series is not None else 1
    hidden = chart.hidden_channels + picture.channels - drawn
    gaps = chart.gaps if picture.gaps is None else picture.gaps
    return replace(chart, total=picture.total, gaps=gaps, hidden_channels=hidden), lead


def window(picture: Picture, low: float | None, high: float | None) -> Picture:
    """The points from ``low`` to ``high`` on the x axis, and one more on each side."""
    axis = picture.axis
    start = 0 if low is None else max(0, int(np.searchsorted(axis, low)) - 1)
    stop = len(axis) if high is None else min(len(axis), int(np.searchsorted(axis, high, "right")) + 1)
    if (start, stop) == (0, len(axis)):
        return picture
    inside = slice(start, max(start, stop))
    few, places = part(picture.detection, inside), picture.positions[inside]
    first, last = (float(axis[start]), float(axis[stop - 1])) if stop > start else (0.0, 0.0)
    return replace(
        picture,
        detection=few.detection,
        axis=axis[inside],
        positions=places,
        total=int(places[-1] - places[0]) + 1 if len(places) else 0,
        gaps=None if picture.gaps is None else tuple(g for g in picture.gaps if g[1] > first and g[0] < last),
    )


def _inside(events: Sequence[Event], chart: Chart) -> list[Event]:
    if not chart.clocked or not len(chart.x):
        return []
    return [one for one in events if chart.x[0] <= seconds(one) <= chart.x[-1]]


def seconds(event: Event) -> float:
    """When it was, in seconds since 1970."""
    return float(event.time.astype("datetime64[ns]").view(np.int64)) / 1e9


def event_row(event: Event) -> list[Any]:
    """Second, title and kind, as `paint.js` reads them."""
    return [seconds(event), cut(event.title), cut(event.kind)]


@dataclass(slots=True)
class Held:
    """What was read last of kept hunts, so that zooming and explaining need not unpack it again.

    Recordings never change. Safe for threads, and bounded by the bytes of the arrays.
    """

    most_bytes: int = _HELD_BYTES
    _known: OrderedDict[tuple[str, ...], tuple[Any, int]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def detection(self, kept: Recordings, hunt_id: str, subject_id: str, *, parts: bool = False) -> Detection:
        """As :meth:`Recordings.detection` says."""
        key = (kept.store.organisation, hunt_id, subject_id)
        full, thin = (*key, "parts"), (*key, "drawn")
        found: Detection | None = self._get(full) or (None if parts else self._get(thin))
        if found is None:
            found = kept.detection(hunt_id, subject_id, parts=parts)
            self._put(full if parts else thin, found, _bytes(found))
        return found

    def around(self, kept: Recordings, hunt_id: str) -> tuple[tuple[Event, ...], Graph | None]:
        """As :meth:`Recordings.around` says."""
        key = (kept.store.organisation, hunt_id, "around")
        found: tuple[tuple[Event, ...], Graph | None] | None = self._get(key)
        if found is None:
            found = kept.around(hunt_id)
            edges = len(found[1].edges) if found[1] is not None else 0
            self._put(key, found, _RECORD_BYTES * (1 + len(found[0]) + edges))
        return found

    def told(self, kept: Recordings, hunt_id: str) -> Hunt:
        """As :meth:`Recordings.told` says."""
        key = (kept.store.organisation, hunt_id, "told")
        found: Hunt | None = self._get(key)
        if found is None:
            found = kept.told(hunt_id)
            self._put(key, found, 4 * _RECORD_BYTES * (1 + len(found.detections)))
        return found

    def _get(self, key: tuple[str, ...]) -> Any:
        with self._lock:
            known = self._known.get(key)
            if known is None:
                return None
            self._known.move_to_end(key)
            return known[0]

    def _put(self, key: tuple[str, ...], value: Any, size: int) -> None:
        with self._lock:
            self._known[key] = (value, size)
            while len(self._known) > 1 and sum(size for _, size in self._known.values()) > self.most_bytes:
                self._known.popitem(last=False)


def _bytes(detection: Detection) -> int:
    """Of all its arrays; cells that are text count as much as a record."""
    arrays: list[AnyArray | None] = [
        detection.score,
        detection.expected,
        detection.lower,
        detection.upper,
        *detection.parts.values(),
    ]
    cells = 0
    if detection.series is not None:
        arrays += [
            detection.series.value,
            detection.series.row,
            detection.score,
        ]  # of times as many as scores
    if detection.table is not None:
        cells = len(detection.table) * len(detection.table.columns)
    return sum(array.nbytes for array in arrays if array is not None) + _RECORD_BYTES * cells
