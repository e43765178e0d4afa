"""HBOS: how empty the histogram bin of each cell is."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.model import FloatArray, IntArray

BINS = 10


class Hbos:
    """Sum over columns of ``-ln(height of the cell's bin / height of the highest bin)``.

    Ten bins of equal width between the smallest and the largest value; an empty bin, and
    everything outside, counts as half a row. Takes ``(n, k)``; columns are taken as independent.

    Goldstein, Dengel: "Histogram-based outlier score (HBOS)", KI 2012.

    >>> rows = np.array([[1.0], [1.0], [2.0], [2.0], [90.0]])
    >>> Hbos().fit(rows).score(rows).round(2).tolist()
    [0.0, 0.0, 0.0, 0.0, 1.39]
    """

    name: ClassVar[str] = "hbos"
    takes: ClassVar[Takes] = "table"

    def fit(self, data: FloatArray) -> Self:
        """Count every column into bins."""
        self._cleaning = Cleaning.of(data)
        rows = self._cleaning(data)
        k = rows.shape[1]
        self._low = rows.min(axis=0) if len(rows) else np.zeros(k)
        width = rows.max(axis=0) - self._low if len(rows) else np.zeros(k)
        self._per_unit = np.divide(BINS, width, out=np.zeros(k), where=width > 1e-300)
        bins, inside = self._bins(rows)
        flat = (bins + np.arange(k) * BINS)[inside]
        heights = np.maximum(np.bincount(flat, minlength=BINS * k).reshape(k, BINS), 0.5)
        self._surprise = np.log(heights.max(axis=1, initial=0.5)[:, None] / heights)
        self._outside = np.log(heights.max(axis=1, initial=0.5) / 0.5)
        return self

    def _bins(self, rows: FloatArray) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        position = (rows - self._low) * self._per_unit
        inside = (position >= 0) & (position <= BINS * (1 + 1e-12))
        return np.clip(position, 0, BINS - 1).astype(np.int64), inside

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` in nats."""
        total: FloatArray = self.contributions(data).sum(axis=1)
        return total

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` the terms of the sum, in nats."""
        bins, inside = self._bins(self._cleaning(data))
        here = self._surprise[np.arange(bins.shape[1]), bins]
        parts: FloatArray = np.where(inside, here, self._outside)
        return parts
