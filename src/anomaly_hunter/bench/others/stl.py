"""statsmodels' STL: the remainder once trend and season are taken away (Cleveland et al. 1990)."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.windows import filled, width_of
from anomaly_hunter.model import FloatArray

PACKAGE = "statsmodels"


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """``|remainder|`` of each channel in units of its deviation; the highest of all."""
    from statsmodels.tsa.seasonal import STL

    rows = filled(value)
    period = max(2, width_of(rows))
    rest = np.column_stack([np.abs(STL(column, period=period).fit().resid) for column in rows.T])
    usual = rest.std(axis=0)
    highest: FloatArray = (rest / np.where(usual > 0, usual, 1.0)).max(axis=1)
    return highest
