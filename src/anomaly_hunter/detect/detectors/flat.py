"""Values that stand still longer than they ever do."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.model import FloatArray

LEAST = 8
CHANCE = 1e-4


class Flat:
    """Length of a run of equal values, as a share of a length that chance does not reach.

    With ``p`` the share of values outside the run that equal the one before, a run of ``m`` in
    ``n`` values comes about with probability ``n p^(m-1)``; it is strange below 1 in 10,000, and
    when it is three times as long as any other run and eight values or more. A run that is more than
    half of the series is its usual state when it begins the series, or when most of the other values
    are the same: a count of rare errors does not stand still at 0. A missing value ends a run.

    >>> x = np.random.default_rng(0).normal(size=100)
    >>> x[40:60] = x[40]
    >>> score = Flat().fit(x).score(x)
    >>> bool(score[50] > 1), float(score[30])
    (True, 0.0)
    """

    name: ClassVar[str] = "flat"
    takes: ClassVar[Takes] = "series"
    only_alarms: ClassVar[bool] = True
    boundary: ClassVar[float] = 1.0
    pointwise: ClassVar[bool] = True

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: the usual run is that of what is scored."""
        one_series(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` run length over the shortest strange one; 0 for values that stand alone."""
        value = one_series(data, self.name)
        n = len(value)
        score = np.zeros(n)
        if n < 2 * LEAST:
            return score
        equal = np.concatenate(([False], value[1:] == value[:-1], [False]))
        edges = np.flatnonzero(equal[1:] != equal[:-1])
        if not len(edges):
            return score
        first, last = edges[::2], edges[1::2]
        length = last - first + 1
        order = np.sort(length)
        longest, second = int(order[-1]), int(order[-2]) if len(order) > 1 else 1
        rest = max(n - longest, 1)
        share = (float(length.sum() - len(length)) - (longest - 1) + 1.0) / (rest + 2.0)
        chance = 1.0 + np.log(CHANCE / n) / np.log(min(share, 0.999))
        needed = max(LEAST, chance, 3.0 * second)
        for a, b, m in zip(first, last, length, strict=True):
            usual = 2 * m > n and (a == 0 or _is_usual(value, a, b))
            score[a : b + 1] = m / needed if m > 2 and not usual else 0.0
        return score


def _is_usual(value: FloatArray, first: int, last: int) -> bool:
    """Whether most values outside the run, too, are what it stands at."""
    others = np.concatenate((value[:first], value[last + 1 :]))
    return 2 * int((others == value[first]).sum()) > int(np.isfinite(others).sum())
