"""A detection thinned to what a chart of it opens with, anomalies and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from anomaly_hunter.model import Anomaly, Detection, FloatArray, IntArray, Quiet, Series, Table
from anomaly_hunter.remember.hunts.detected import Head, detection_of, drawn
from anomaly_hunter.remember.hunts.packing import pack, unpack
from anomaly_hunter.stats.holes import find_gaps
from anomaly_hunter.stats.thinning import thin

POINTS: Final = 6000  # of a series with anomalies
POINTS_QUIET: Final = 2000
CHANNELS: Final = 6
SPANS: Final = 300
GAPS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Points of a detection that are enough to draw it.

    Attributes
    ----------
    detection:
        Of these points alone: its anomalies stand where they are among them.
    axis:
        ``(m,)`` where the points lie: seconds since 1970, rows or positions.
    positions:
        ``(m,)`` which points of the whole they are.
    total:
        How many points there were.
    gaps:
        Where the line of all points breaks; None where that can be seen from these.
    channels:
        How many channels there were.
    """

    detection: Detection
    axis: FloatArray
    positions: IntArray
    total: int
    gaps: tuple[tuple[float, float], ...] | None = None
    channels: int = 1


def thinned(detection: Detection) -> Picture:
    """The picture a chart opens with: spikes everywhere, all points around the anomalies."""
    shown = _channels(detection)
    found = _with_channels(detection, shown)
    lines = _lines(found)
    strangest = sorted(found.anomalies, key=lambda one: -one.score)[:SPANS]
    spans = [span for one in strangest for span in _spans(one)][:SPANS]
    borders = [place for start, stop in spans for place in (start, stop - 1)]
    positions = thin(
        [*lines, found.score],
        (POINTS if found.anomalies else POINTS_QUIET) // max(1, len(lines)),
        spans,
        [*borders, *(one.peak for one in strangest)],
    )
    axis = detection.axis
    gaps = find_gaps(axis, lines[0], GAPS) if lines else ()
    return replace(part(found, positions), gaps=gaps, channels=_width(detection))


def whole(detection: Detection) -> Picture:
    """All points of a detection as a picture."""
    positions = np.arange(len(detection.score), dtype=np.int64)
    return Picture(detection, detection.axis, positions, len(positions), channels=_width(detection))


def packed(picture: Picture) -> bytes:
    """The picture as bytes, without its head."""
    series = picture.detection.series
    arrays = drawn(picture.detection) | {"axis": picture.axis, "positions": picture.positions}
    arrays["gaps"] = np.array(picture.gaps or (), dtype=np.float64).reshape(-1, 2)
    if series is not None and series.channels:
        arrays["channels"] = np.array(series.channels, dtype=object)
    return pack(arrays)


def unpacked(head: Head, content: bytes) -> Picture:
    """The picture of :func:`packed`, and of the head of the whole detection."""
    arrays = unpack(content)
    kept, chosen = detection_of(head), arrays["positions"]
    names = tuple(arrays["channels"]) if "channels" in arrays else ()
    series = kept.series
    if series is not None:
        time, value, row = (arrays[name] for name in ("time", "value", "row"))
        series = replace(series, time=time, value=value, row=row, channels=names)
    few = replace(
        _among(kept, chosen),
        score=arrays["score"],
        series=series,
        expected=arrays.get("expected"),
        lower=arrays.get("lower"),
        upper=arrays.get("upper"),
    )
    gaps = tuple((float(a), float(b)) for a, b in arrays["gaps"])
    return Picture(few, arrays["axis"], chosen, head["points"], gaps, _width(kept))


def part(detection: Detection, positions: IntArray | slice) -> Picture:
    """Some points of a detection, in order; anomalies that lie outside are left out.

    >>> from anomaly_hunter import hunt
    >>> found = hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
    >>> seen = part(found.detections[0], slice(10, 15))
    >>> [(a.start, a.stop) for a in seen.detection.anomalies], seen.axis.tolist(), seen.total
    ([(2, 3)], [10.0, 11.0, 12.0, 13.0, 14.0], 20)
    """
    total = len(detection.score)
    chosen = np.arange(total, dtype=np.int64)[positions]

    def at(array: FloatArray | None) -> FloatArray | None:
        return None if array is None else array[positions]

    cut = replace(
        _among(detection, chosen),
        score=detection.score[positions],
        series=_part_of(detection.series, positions),
        expected=at(detection.expected),
        lower=at(detection.lower),
        upper=at(detection.upper),
    )
    return Picture(cut, detection.axis[positions], chosen, total, channels=_width(detection))


def _among(detection: Detection, chosen: IntArray) -> Detection:
    """The detection with what stands in it placed among the chosen points; its arrays are as they were."""
    place = _Places(chosen)
    return replace(
        detection,
        anomalies=tuple(a for one in detection.anomalies if (a := place.anomaly(one)) is not None),
        quiet=tuple(q for one in detection.quiet if (q := place.quiet(one)) is not None),
        table=None if detection.table is None else Table(detection.table.name, ()),
        parts={},
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """From places in the whole to places among the chosen points."""

    chosen: IntArray

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Empty where none of the span was chosen."""
        low, high = np.searchsorted(self.chosen, (start, max(stop, start + 1)))
        return int(low), int(high)

    def quiet(self, one: Quiet) -> Quiet | None:
        start, stop = self.span(one.start, one.stop)
        return replace(one, start=start, stop=stop) if stop > start else None

    def anomaly(self, one: Anomaly) -> Anomaly | None:
        start, stop = self.span(one.start, one.stop)
        rows = self.rows(one.rows)
        if stop <= start or (one.rows and not rows):
            return None
        if rows:
            start, stop = rows[0], rows[-1] + 1
        peak = min(max(self.span(one.peak, one.peak)[0], start), stop - 1)
        onset = (min(self.span(one.onset[0], one.onset[0])[0], start), start)
        return replace(one, start=start, stop=stop, peak=peak, onset=onset, rows=rows)

    def rows(self, rows: Sequence[int]) -> tuple[int, ...]:
        asked = np.sort(np.array(rows, dtype=np.int64))
        found = np.searchsorted(self.chosen, asked)
        known = found < len(self.chosen)
        known[known] = self.chosen[found[known]] == asked[known]
        return tuple(found[known].tolist())


def _part_of(series: Series | None, positions: IntArray | slice) -> Series | None:
    if series is None:
        return None
    time, value, row = series.time[positions], series.value[positions], series.row[positions]
    return replace(series, time=time, value=value, row=row)


def _spans(anomaly: Anomaly) -> list[tuple[int, int]]:
    if anomaly.rows:
        return [(row, row + 1) for row in anomaly.rows]
    return [(anomaly.start, max(anomaly.stop, anomaly.start + 1))]


def _width(detection: Detection) -> int:
    return len(detection.series.channels) or 1 if detection.series is not None else 1


def _channels(detection: Detection) -> list[int]:
    """The channels to keep: those that carry the anomalies first."""
    names = detection.series.channels if detection.series is not None else ()
    weight = dict.fromkeys(names, 0.0)
    for one in detection.anomalies:
        for share in one.carriers:
            if share.name in weight:
                weight[share.name] += share.share
    order = sorted(range(len(names)), key=lambda at: -weight[names[at]])
    return sorted(order[:CHANNELS])


def _with_channels(detection: Detection, shown: list[int]) -> Detection:
    series = detection.series
    if series is None or series.value.ndim == 1 or len(shown) == len(series.channels):
        return detection

    def of(band: FloatArray | None) -> FloatArray | None:
        return band[:, shown] if band is not None and band.ndim == 2 else None

    names = tuple(series.channels[at] for at in shown)
    few = replace(series, value=series.value[:, shown], channels=names)
    return replace(
        detection,
        series=few,
        expected=of(detection.expected),
        lower=of(detection.lower),
        upper=of(detection.upper),
    )


def _lines(detection: Detection) -> list[FloatArray]:
    if detection.series is None:
        return []
    value = detection.series.value
    return [value] if value.ndim == 1 else [value[:, at] for at in range(value.shape[1])]
