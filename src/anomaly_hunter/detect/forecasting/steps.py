"""Horizons at which forecasts are learnt and tried."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import IntArray


def anchors(horizon: int) -> IntArray:
    """Horizons at which errors are looked at: 1, 2, 3, 4, 6, 8, 12, ... and the last.

    >>> anchors(20).tolist()
    [1, 2, 3, 4, 6, 8, 12, 16, 20]
    """
    found = {1, horizon}
    power = 1
    while power <= horizon:
        found |= {power, min(power + power // 2, horizon)}
        power *= 2
    return np.array(sorted(found))
