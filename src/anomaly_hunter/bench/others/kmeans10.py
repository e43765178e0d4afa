"""k-means on raw windows: the distance to the nearest of ten centres."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.bench.others.windows import on_windows
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.model import FloatArray

PACKAGE = ""
CENTRES, ROUNDS = 10, 50


class KMeans:
    """Ten centres by k-means++ and Lloyd's rounds, as a detector of rows."""

    name: ClassVar[str] = "kmeans10"
    takes: ClassVar[Takes] = "table"

    def fit(self, data: FloatArray) -> Self:
        """Arthur & Vassilvitskii 2007 for the start, then at most 50 rounds."""
        rng = np.random.default_rng(0)
        centres = data[rng.integers(len(data), size=1)]
        while len(centres) < min(CENTRES, len(data)):
            weight = _squared(data, centres).min(axis=1)
            if not weight.sum() > 0:
                break
            centres = np.vstack([centres, data[rng.choice(len(data), p=weight / weight.sum())]])
        for _ in range(ROUNDS):
            nearest = _squared(data, centres).argmin(axis=1)
            moved = np.array(
                [
                    data[nearest == i].mean(axis=0) if (nearest == i).any() else c
                    for i, c in enumerate(centres)
                ]
            )
            if np.array_equal(moved, centres):
                break
            centres = moved
        self.centres = centres
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distance to the nearest centre."""
        distance: FloatArray = np.sqrt(_squared(data, self.centres).min(axis=1))
        return distance


def _squared(rows: FloatArray, centres: FloatArray) -> FloatArray:
    gap = (rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1)
    squared: FloatArray = np.maximum(gap, 0.0)
    return squared


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Mean distance of the windows that cover a point; channels are standardised where there are many."""
    if value.ndim == 2 and value.shape[1] > 1:
        spread = np.nanstd(value, axis=0)
        value = (value - np.nanmean(value, axis=0)) / np.where(spread > 0, spread, 1.0)
    return on_windows(KMeans(), value)
