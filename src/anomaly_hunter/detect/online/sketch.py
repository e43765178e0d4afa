"""Quantiles of streams of positive numbers, from counts in bins of equal ratio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray

Float32Array = npt.NDArray[np.float32]

LOWEST = -12.0
BINS = 112
PER_OCTAVE = 3.5


class LogHistograms:
    """One histogram per row, of ``log2`` of what was seen, 3.5 bins to an octave from 2^-12 to 2^20.

    A quantile is off by at most 22% of itself, mostly far less: within a bin it is interpolated.
    When a row holds ``most`` it is halved, so that the past fades; counts stay whole numbers.

    >>> sketch = LogHistograms(1, most=1e4)
    >>> sketch.add(np.arange(1.0, 1001.0)[:, None])
    >>> sketch.quantiles((0.5, 0.9)).round(0).tolist()
    [[498.0], [905.0]]
    """

    def __init__(self, rows: int, most: float) -> None:
        self.counts: Float32Array = np.zeros((rows, BINS), np.float32)
        self.most = most

    def add(self, values: npt.NDArray[np.floating]) -> None:
        """Count ``(n, rows)`` numbers; those that are not above zero are left out."""
        rows = len(self.counts)
        known = values > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            place = (np.log2(np.where(known, values, 1.0)) - LOWEST) * PER_OCTAVE
        bins = np.clip(place, 0, BINS - 1).astype(np.int64) + np.arange(rows) * BINS
        self.counts += np.bincount(bins[known], minlength=rows * BINS).reshape(rows, BINS)
        full = self.counts.sum(axis=1) > self.most
        if full.any():
            self.counts[full] = np.rint(self.counts[full] * np.float32(0.5))

    def seen(self) -> FloatArray:
        """``(rows,)`` how many are counted."""
        total: FloatArray = self.counts.sum(axis=1, dtype=np.float64)
        return total

    def quantiles(self, probabilities: tuple[float, ...]) -> FloatArray:
        """``(len(probabilities), rows)``; 0 where nothing was seen."""
        running = np.cumsum(self.counts, axis=1, dtype=np.float64)
        total = running[:, -1]
        row = np.arange(len(running))
        result = np.zeros((len(probabilities), len(running)))
        for number, probability in enumerate(probabilities):
            target = probability * total
            place = np.minimum((running < target[:, None]).sum(axis=1), BINS - 1)
            inside = self.counts[row, place]
            below = running[row, place] - inside
            share = np.divide(target - below, inside, out=np.full(len(row), 0.5), where=inside > 0)
            result[number] = np.where(total > 0, 2.0 ** ((place + share) / PER_OCTAVE + LOWEST), 0.0)
        return result

    def rescale(self, rows: slice, octaves: int) -> None:
        """All that the rows saw was multiplied by ``2 ** octaves``, an even power."""
        shift = int(octaves * PER_OCTAVE)
        part = self.counts[rows]
        moved = np.zeros_like(part)
        target = np.clip(np.arange(BINS) + shift, 0, BINS - 1)
        for place, goal in enumerate(target.tolist()):
            moved[:, goal] += part[:, place]
        self.counts[rows] = moved
