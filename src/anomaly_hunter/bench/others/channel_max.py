"""Every channel for itself: the largest robust deviation of all channels."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.windows import filled
from anomaly_hunter.model import FloatArray

PACKAGE = ""


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Highest ``|x - median| / sd`` over the channels; a constant channel says nothing."""
    rows = filled(value)
    spread = rows.std(axis=0)
    far = np.abs(rows - np.median(rows, axis=0)) / np.where(spread > 0, spread, 1.0)
    highest: FloatArray = far.max(axis=1)
    return highest
