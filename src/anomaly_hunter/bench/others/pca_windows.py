"""Principal components of windows: what eight of them leave."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.windows import filled, sampled, spread
from anomaly_hunter.model import FloatArray

PACKAGE = ""
WIDTH = 32
COMPONENTS = 8
CHUNK = 2_048


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Mean squared reconstruction error of the windows of 32 points over each point.

    Channels are standardised; the components are those of at most 4,000 random windows.
    """
    series = filled(value)
    scale = series.std(axis=0)
    series = (series - series.mean(axis=0)) / np.where(scale > 0, scale, 1.0)
    width = max(1, min(WIDTH, len(series) // 2))
    rows = sampled(series, width)
    middle = rows.mean(axis=0)
    directions = leading(rows - middle, COMPONENTS)
    view = np.lib.stride_tricks.sliding_window_view(series, width, axis=0)
    errors = []
    for first in range(0, len(view), CHUNK):
        part = np.ascontiguousarray(view[first : first + CHUNK]).reshape(-1, len(middle)) - middle
        errors.append(np.square(part).mean(axis=1) - np.square(part @ directions).sum(axis=1) / len(middle))
    return spread(np.maximum(np.concatenate(errors), 0.0), len(series), width)


def leading(rows: FloatArray, count: int) -> FloatArray:
    """``(d, count)`` orthonormal directions of largest variance of centred ``(n, d)`` rows.

    >>> leading(np.array([[1.0, 0.0], [-1.0, 0.0]]), 1).round(6).tolist() in ([[1.0], [0.0]], [[-1.0], [0.0]])
    True
    """
    n, d = rows.shape
    if d <= n:
        return np.asarray(np.linalg.eigh(rows.T @ rows)[1][:, -count:])
    size, left = np.linalg.eigh(rows @ rows.T)
    kept = left[:, -count:] / np.sqrt(np.maximum(size[-count:], 1e-12))
    return np.asarray(rows.T @ kept)
