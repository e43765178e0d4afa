"""ECOD: how far out in the tail of each column."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.detect.tails import Tails
from anomaly_hunter.model import FloatArray


class Ecod:
    """Sum over columns of the surprise at being so far out, by empirical tail probabilities.

    With ``l = -ln P(X <= x)``, ``r = -ln P(X >= x)`` per column, and ``s`` the one of them on the
    side of the column's skew, ``score = max(sum l, sum r, sum s)``. Takes ``(n, k)``; columns are
    taken as independent; no parameter.

    Li, Zhao, Hu, Botta, Ionescu, Chen: "ECOD: unsupervised outlier detection using empirical
    cumulative distribution functions", TKDE 2022, section 4. A column without skew takes the
    larger of ``l`` and ``r`` here, not their sum.

    >>> rows = np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])
    >>> Ecod().fit(rows).score(rows).round(2).tolist()
    [1.61, 0.92, 0.51, 0.92, 1.61]
    """

    name: ClassVar[str] = "ecod"
    takes: ClassVar[Takes] = "table"

    def fit(self, data: FloatArray) -> Self:
        """Learn the distribution of every column."""
        self._cleaning = Cleaning.of(data)
        self._tails = Tails.of(self._cleaning(data))
        return self

    def _parts(self, data: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        left, right = self._tails(self._cleaning(data))
        skew = self._tails.skew
        side = np.where(skew < 0, left, np.where(skew > 0, right, np.maximum(left, right)))
        return left, right, side

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` in nats."""
        total: FloatArray = np.max([part.sum(axis=1) for part in self._parts(data)], axis=0)
        return total

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` the larger of the two tails of every cell, in nats."""
        left, right, _ = self._parts(data)
        return np.maximum(left, right)
