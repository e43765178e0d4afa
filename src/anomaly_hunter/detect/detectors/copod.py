"""COPOD: the empirical copula's tail probability."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.detect.tails import Tails
from anomaly_hunter.model import FloatArray


class Copod:
    """Sum over columns of the larger of "mean of both tails" and "tail on the side of the skew".

    With ``l, r, s`` as in ECOD, ``score = sum max((l + r) / 2, s)``; ``s`` is their sum where a
    column has no skew. Takes ``(n, k)``; no parameter.

    Li, Zhao, Botta, Ionescu, Hu: "COPOD: copula-based outlier detection", ICDM 2020, section III.

    >>> rows = np.array([[1.0], [2.0], [3.0], [4.0], [90.0]])
    >>> Copod().fit(rows).score(rows).round(2).tolist()
    [0.8, 0.57, 0.51, 0.92, 1.61]
    """

    name: ClassVar[str] = "copod"
    takes: ClassVar[Takes] = "table"

    def fit(self, data: FloatArray) -> Self:
        """Learn the distribution of every column."""
        self._cleaning = Cleaning.of(data)
        self._tails = Tails.of(self._cleaning(data))
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` in nats."""
        total: FloatArray = self.contributions(data).sum(axis=1)
        return total

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` the terms of the sum, in nats."""
        left, right = self._tails(self._cleaning(data))
        skew = self._tails.skew
        side = np.where(skew < 0, left, np.where(skew > 0, right, left + right))
        return np.maximum((left + right) / 2, side)
