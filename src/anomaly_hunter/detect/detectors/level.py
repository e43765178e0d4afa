"""Level shifts, drifts and leaks: is the level where the normal part of the series has it?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.detect.expecting import Expecting
from anomaly_hunter.model import FloatArray

WANDERING = 3.0
"""Block medians of a long series wander with what no season explains; this much more is needed."""


class Level(Expecting):
    """How far the level of a straight piece is off, as a share of what could be an accident.

    The series without its season is cut into straight pieces; each is compared with the level of
    the normal ones, in their standard deviations and by how many independent values both rest
    on; so are running medians over 5 and 9 points. A long series is seen by 500 block medians
    (:mod:`anomaly_hunter.detect.drifting`).

    >>> x = np.random.default_rng(0).normal(50, 2, 100)
    >>> x[60:] += np.arange(40) * 0.5
    >>> score = Level().fit(x).score(x)
    >>> bool(score[:55].max() < 1), bool(score[80:].min() > 1)
    (True, True)
    """

    name: ClassVar[str] = "level"
    takes: ClassVar[Takes] = "series"
    only_alarms: ClassVar[bool] = True
    boundary: ClassVar[float] = 1.0
    pointwise: ClassVar[bool] = True

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` deviation of the level over the limit of chance; 1.0 is that limit."""
        value = one_series(data, self.name)
        base = self.baseline_of(value)
        if base is None:
            return np.zeros(len(value))
        limit = WANDERING if len(value) >= LONG else 1.0
        return blank_missing(np.abs(base.drift) / limit, value)
