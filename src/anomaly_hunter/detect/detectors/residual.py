"""How far a value is from what season and level make expect."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.expecting import Expecting
from anomaly_hunter.model import FloatArray


class Residual(Expecting):
    """Normal score of the distance from the expected value, as a share of what chance reaches.

    The expected value, the noise and its skew come from the normal part of the series
    (:func:`~anomaly_hunter.detect.baseline.fit_baseline`); counts are scored by their own
    distribution.

    >>> x = np.random.default_rng(0).normal(100, 2, 60)
    >>> x[30] = 130.0
    >>> score = Residual().fit(x).score(x)
    >>> int(score.argmax()), bool(score[30] > 1), bool(np.delete(score, 30).max() < 1)
    (30, True, True)
    """

    name: ClassVar[str] = "residual"
    takes: ClassVar[Takes] = "series"
    boundary: ClassVar[float] = 1.0
    pointwise: ClassVar[bool] = True

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` |normal score| over the limit of chance; 1.0 is that limit."""
        value = one_series(data, self.name)
        base = self.baseline_of(value)
        if base is None:
            return np.zeros(len(value))
        return blank_missing(np.abs(base.z) / base.limit, value)
