"""Bursts of noise, and noise that dies down."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.expecting import Expecting
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import median
from anomaly_hunter.stats.windows import spread

WIDTH = 16
CAP = 6.0
ROUNDING = 0.05
"""Steps below this share of a standard deviation are those of rounding, not of noise."""


class Variance(Expecting):
    """|log| of the mean size of steps in a window of 16 points, against its median over the series.

    Steps are those of the normal score of the residual, clipped at ±6 so that one spike
    is no burst. Below 64 points there is no score.

    >>> x = np.random.default_rng(0).normal(0, 1, 300)
    >>> x[200:230] *= 4
    >>> 200 <= int(Variance().fit(x).score(x).argmax()) < 230
    True
    """

    name: ClassVar[str] = "variance"
    takes: ClassVar[Takes] = "series"
    only_alarms: ClassVar[bool] = True

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` |log ratio| of noise to usual noise."""
        value = one_series(data, self.name)
        base = self.baseline_of(value) if len(value) >= 4 * WIDTH else None
        if base is None:
            return np.zeros(len(value))
        steps = np.abs(np.diff(np.clip(base.z, -CAP, CAP)))
        total = np.concatenate(([0.0], np.cumsum(steps)))
        size = np.maximum(total[WIDTH - 1 :] - total[: -(WIDTH - 1)], 0.0) / (WIDTH - 1)
        size = np.maximum(size, ROUNDING)
        usual = median(size)
        ratio = np.abs(np.log(np.maximum(size, 0.02 * usual) / usual))
        missing = np.isnan(value)
        if missing.any():
            holes = np.concatenate(([0], np.cumsum(missing)))
            ratio[holes[WIDTH:] - holes[:-WIDTH] > WIDTH // 4] = 0.0
        return blank_missing(spread(ratio, WIDTH), value)
