"""Series as tables: overlapping windows are the rows, and a point scores the mean of its windows."""

from __future__ import annotations

from typing import Final

import numpy as np

from anomaly_hunter.bench.window import autocorrelation_window
from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.model import FloatArray

MOST_FITTED: Final = 4_000
CHUNK: Final = 1 << 21  # numbers in the windows that are scored at once
MULTIVARIATE: Final = 100


def filled(value: FloatArray) -> FloatArray:
    """``(n, k)`` with missing values interpolated; a channel without any value becomes 0.

    >>> filled(np.array([1.0, np.nan, 3.0])).ravel().tolist()
    [1.0, 2.0, 3.0]
    """
    columns = value.reshape(len(value), -1).astype(np.float64)
    place = np.arange(len(columns))
    for column in columns.T:
        known = np.isfinite(column)
        column[~known] = np.interp(place[~known], place[known], column[known]) if known.any() else 0.0
    return columns


def width_of(value: FloatArray) -> int:
    """Window length in points: by autocorrelation for one channel, 100 for many; at most half of all."""
    width = autocorrelation_window(value[:, 0]) if value.shape[1] == 1 else MULTIVARIATE
    return max(1, min(width, len(value) // 2))


def spread(score: FloatArray, n: int, width: int) -> FloatArray:
    """``(n,)`` mean over the windows that cover each point.

    >>> spread(np.array([1.0, 3.0, 5.0]), 4, 2).tolist()
    [1.0, 2.0, 4.0, 5.0]
    """
    total = np.concatenate([[0.0], np.cumsum(score)])
    place = np.arange(n)
    last = np.minimum(place, len(score) - 1) + 1
    first = np.maximum(place - width + 1, 0)
    mean: FloatArray = (total[last] - total[first]) / (last - first)
    return mean


def sampled(value: FloatArray, width: int, seed: int = 0) -> FloatArray:
    """At most 4,000 windows, drawn at random, as rows."""
    view = np.lib.stride_tricks.sliding_window_view(value, width, axis=0)
    count = len(view)
    chosen = np.arange(count)
    if count > MOST_FITTED:
        chosen = np.sort(np.random.default_rng(seed).choice(count, MOST_FITTED, replace=False))
    return view[chosen].reshape(len(chosen), -1)


def on_windows(detector: Detector, value: FloatArray) -> FloatArray:
    """``(n,)`` score of a detector of tables, fitted on at most 4,000 random windows."""
    series = filled(value)
    width = width_of(series)
    fitted = detector.fit(sampled(series, width))
    view = np.lib.stride_tricks.sliding_window_view(series, width, axis=0)
    step = max(1, CHUNK // (width * series.shape[1]))
    raw = [
        fitted.score(np.ascontiguousarray(view[first : first + step]).reshape(-1, width * series.shape[1]))
        for first in range(0, len(view), step)
    ]
    return spread(np.concatenate(raw), len(series), width)
