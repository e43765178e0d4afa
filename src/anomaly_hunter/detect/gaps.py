"""Missing data that is unusual."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.detect.clock import Clock
from anomaly_hunter.detect.spans import Span, runs
from anomaly_hunter.model import FloatArray, Series

LEAST = 5
"""A gap of fewer points is a hiccup."""

RARE = 2
"""No more gaps of half that length than this, or they are usual."""


def find_gaps(series: Series, value: FloatArray, clock: Clock) -> list[tuple[Span, float]]:
    """Spans of missing data longer than usual, with how many points are missing in each.

    Two kinds: values that are NaN (the span is theirs), and stamps that are not there at all
    (the span is the first point after the hole). Only in a series with a regular clock; a
    gap counts when it is five points or longer, three times as long as nine in ten of all gaps,
    and one of at most two of its kind. Missing values at the end are a gap that is still open.
    """
    if not clock.regular or len(series) < 2 * LEAST:
        return []
    blank = [((a, b), float(b - a)) for a, b in runs(np.isnan(value))]
    steps = np.diff(series.time.view(np.int64)).astype(np.float64) / (clock.interval_s * 1e9)
    holes = [((int(i) + 1, int(i) + 2), float(steps[i]) - 1.0) for i in np.flatnonzero(steps >= 1.9)]
    gaps = blank + holes
    if not gaps or (len(blank) == 1 and blank[0][1] >= 0.5 * len(value)):
        return []
    lengths = np.array([length for _, length in gaps])
    usual = float(np.sort(lengths)[int(0.9 * (len(lengths) - 1))]) if len(lengths) > 2 * RARE else 0.0
    return [
        (span, length)
        for span, length in gaps
        if length >= max(LEAST, 3.0 * usual) and np.count_nonzero(lengths >= 0.5 * length) <= RARE
    ]
