"""Sudden steps between neighbouring values."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.detect.expecting import Expecting
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import farthest
from anomaly_hunter.stats.normal_scores import normal_scores, skew_and_tail
from anomaly_hunter.stats.robust import standard, wide_scale


class Difference(Expecting):
    """Normal score of the step to or from a value, whichever is larger, over the limit of chance.

    In a short series steps are those of the normal score of the residual, so that skewed values and
    counts take even steps and the season takes none; in a long one those of the values. What
    tails they still have is taken from their letter values
    (:func:`~anomaly_hunter.stats.normal_scores.skew_and_tail`).

    >>> x = np.random.default_rng(0).normal(size=40)
    >>> x[20] = 15.0
    >>> int(Difference().fit(x).score(x).argmax()) in (19, 20, 21)
    True
    """

    name: ClassVar[str] = "difference"
    takes: ClassVar[Takes] = "series"
    boundary: ClassVar[float] = 1.0

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` |normal score| of the step over the limit of chance; 1.0 is that limit."""
        value = one_series(data, self.name)
        base = self.baseline_of(value)
        if base is None:
            return np.zeros(len(value))
        raw = np.diff(base.z if len(value) < LONG else standard(base.value))
        unit = wide_scale(raw, 0.0)
        if not unit > 0:
            return np.zeros(len(value))
        bent = normal_scores(raw, unit, *skew_and_tail(raw, unit))
        steps = np.abs(bent) / farthest(len(raw), len(raw))
        score = np.maximum(np.append(steps, 0.0), np.insert(steps, 0, 0.0))
        return blank_missing(score, value)
