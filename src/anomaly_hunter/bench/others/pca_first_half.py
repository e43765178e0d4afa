"""Principal components of the first half, where anomalies are rarer in most benchmarks."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.pca_windows import leading
from anomaly_hunter.bench.others.windows import filled, spread
from anomaly_hunter.model import FloatArray

PACKAGE = ""
COMPONENTS = 5
WIDTH = 32


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Squared reconstruction error by five components, meant over 32 points and spread over as many."""
    series = filled(value)
    half = series[: max(len(series) // 2, 1)]
    scale = half.std(axis=0)
    rows = (series - half.mean(axis=0)) / np.where(scale > 0, scale, 1.0)
    directions = leading(rows[: len(half)], min(COMPONENTS, rows.shape[1]))
    error = np.square(rows).sum(axis=1) - np.square(rows @ directions).sum(axis=1)
    width = max(1, min(WIDTH, len(series) // 2))
    mean = np.convolve(np.maximum(error, 0.0), np.ones(width) / width, "valid")
    return spread(mean, len(series), width)
