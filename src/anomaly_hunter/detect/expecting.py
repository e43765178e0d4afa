"""What the detectors share that compare a series with its expected course."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.baseline import Baseline, fit_baseline
from anomaly_hunter.detect.checks import one_series
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import fill, tame

FEWEST = 8
SPARSE = 30
"""Where less than a twentieth is known, this many values are needed."""
"""With fewer known values there is nothing to compare with."""


class Expecting:
    """Learns the expected course of the series it is given, once per series."""

    name: ClassVar[str]

    def __init__(self, period: int = 0, counts: bool = False) -> None:
        self.period = period
        self.counts = counts
        self._known: tuple[FloatArray, Baseline] | None = None

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """With the season of the series, and the distribution of counts where it holds counts."""
        return cls(profile.period, profile.counts)

    def fit(self, data: FloatArray) -> Self:
        """Learn the expected course of this series."""
        self.baseline_of(one_series(data, self.name))
        return self

    def share(self, data: FloatArray, baseline: Baseline) -> Self:
        """Take the baseline of this series from somebody who learnt it already."""
        self._known = (data, baseline)
        return self

    def baseline_of(self, value: FloatArray) -> Baseline | None:
        """The expected course of these values; None where too few are known."""
        if self._known is not None and _same(self._known[0], value):
            return self._known[1]
        baseline = learn(value, self.period, self.counts)
        if baseline is not None:
            self._known = (value.copy(), baseline)
        return baseline


def needed(n: int) -> int:
    """How many known values ``n`` points must hold before anything is said: 8, more among many gaps.

    >>> needed(20), needed(589), needed(100_000)
    (8, 30, 30)
    """
    return min(max(FEWEST, -(-n // 20)), SPARSE)


def learn(value: FloatArray, period: int, counts: bool) -> Baseline | None:
    """The baseline of values with NaN = missing, on a safe scale; None where too few are known."""
    if int(np.isfinite(value).sum()) < needed(len(value)):
        return None
    return fit_baseline(fill(tame(value)[0]), period, counts)


def _same(a: FloatArray, b: FloatArray) -> bool:
    return a is b or (a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=True)))
