"""When an incident began, found from all series together around the moment of an alert."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from anomaly_hunter.investigate.movement import (
    FEWEST_BASELINE,
    MOST_BASELINE,
    block_of,
    floors_of,
    sizes_in_scale,
)
from anomaly_hunter.investigate.semantics import kind_of, statistic_of
from anomaly_hunter.model import Detection, FloatArray, Series
from anomaly_hunter.stats.robust import mad, median

REACH: Final = 5
"""Points before (and one after) the alert within which the beginning is sought."""

Z_COUNTS: Final = 3.0
MOST_OF_ONE: Final = 10.0
CLEARLY: Final = 5.0
AT_ALL: Final = 0.5
"""Limits of the sum, in robust standard deviations; the alert says already that something is there."""

AGREE: Final = 0.3


def onset_near(
    detections: Sequence[Detection], alerting: Series, at: np.datetime64
) -> tuple[np.datetime64, np.datetime64]:
    """Times between which it began, both inclusive: the last usual point and the first unusual one.

    Series with the times of ``alerting`` are deseasonalised and put on their floored scales; what goes
    beyond 3 standard deviations, at most 10 of each, is added up over series: those that measure what
    the alert is about, and all where these show nothing. Unusual are points with 30% of the largest
    sum there, above the sums before (by 5 robust standard deviations of all series); the beginning is
    the first of the run of them that reaches ``at``, within 5 points before it. Where nothing stands
    out, it is the moment of the alert.
    """
    alike = [d for d in detections if d.series is not None and _same_times(d.series, alerting)]
    same = [d for d in alike if d.series is not None and _about(d.series) == _about(alerting)]
    found = _began(same, alerting, at, AT_ALL) or _began(alike, alerting, at, CLEARLY)
    return found or (at, at)


def _about(series: Series) -> str:
    kind = kind_of(series)
    if kind in ("errors", "success"):
        return "failures"
    return f"{kind} {statistic_of(series.name)}" if kind == "latency" else kind


def _began(
    detections: Sequence[Detection], alerting: Series, at: np.datetime64, clearly: float
) -> tuple[np.datetime64, np.datetime64] | None:
    time = alerting.time
    place = min(int(np.searchsorted(time, at, side="left")), max(len(time) - 1, 0))
    start, stop = max(0, place - REACH), min(place + 2, len(time))
    if start < FEWEST_BASELINE or not detections:
        return None
    sums = _sums(detections, max(0, start - MOST_BASELINE), start, stop)
    usual, now = sums[: start - stop], sums[start - stop :]
    least = max(median(usual) + clearly * max(mad(usual), 1.0), AGREE * float(now.max()))
    unusual = now >= least
    if not unusual.any():
        return None
    first = int(np.flatnonzero(unusual)[-1])
    while first > 0 and unusual[max(first - 2, 0) : first].any():  # one usual point does not end the run
        first = max(first - 2, 0) + int(np.flatnonzero(unusual[max(first - 2, 0) : first])[-1])
    return time[max(start + first - 1, 0)], time[start + first]


def _same_times(series: Series, other: Series) -> bool:
    return len(series) == len(other) and bool((series.time == other.time).all())


def _sums(detections: Sequence[Detection], first: int, start: int, stop: int) -> FloatArray:
    """``(stop - first,)`` how far all series together are beyond the usual at each point."""
    blocks = [block_of(detection, first, stop) for detection in detections]
    floors = np.repeat([floors_of(d) for d in detections], [b.shape[1] for b in blocks], axis=0)
    z = sizes_in_scale(np.concatenate(blocks, axis=1), start - first, floors)
    total: FloatArray = np.where(z > Z_COUNTS, np.minimum(z, MOST_OF_ONE) - Z_COUNTS, 0.0).sum(axis=1)
    return total
