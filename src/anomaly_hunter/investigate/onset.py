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
from anomaly_hunter.model import Detection, FloatArray, Series
from anomaly_hunter.stats.robust import mad, median

REACH: Final = 5
"""Points before (and one after) the alert within which the beginning is sought."""

Z_COUNTS: Final = 3.0
MOST_OF_ONE: Final = 10.0
CLEARLY: Final = 5.0
AGREE: Final = 0.3


def onset_near(
    detections: Sequence[Detection], alerting: Series, at: np.datetime64
) -> tuple[np.datetime64, np.datetime64]:
    """Times between which it began, both inclusive: the last usual point and the first unusual one.

    Every series with the times of ``alerting`` is deseasonalised and put on its floored scale; what
    goes beyond 3 standard deviations, at most 10 of each, is added up over series. Unusual are points
    that stand 5 robust standard deviations above the sums before; the beginning is the first of the run
    of them that reaches ``at``, within 5 points before it, as far as the sum has 30% of the largest
    one there. Where nothing stands out, it is the moment of the alert.
    """
    time = alerting.time
    place = min(int(np.searchsorted(time, at, side="left")), max(len(time) - 1, 0))
    start = max(0, place - REACH)
    alike = [d for d in detections if d.series is not None and _same_times(d.series, alerting)]
    if start < FEWEST_BASELINE or not alike:
        return at, at
    first_seen, stop = max(0, start - MOST_BASELINE), min(place + 2, len(time))
    sums = _sums(alike, first_seen, start, stop)
    usual, now = sums[: start - first_seen], sums[start - first_seen :]
    least = max(median(usual) + CLEARLY * max(mad(usual), 1.0), AGREE * float(now.max()))
    unusual = np.flatnonzero(now >= least)
    if not len(unusual):
        return at, at
    first = int(unusual[0])
    for i in unusual[::-1]:  # the run that reaches the alert: a gap of one point does not end it
        if i < place - start and not (now[i + 1 : i + 3] >= least).any():
            break
        first = int(i)
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
