"""The absolute difference to the point before."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.windows import filled
from anomaly_hunter.model import FloatArray

PACKAGE = ""


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """``|x[t] - x[t-1]|``, the highest of all channels in units of their own deviation."""
    steps = np.abs(np.diff(filled(value), axis=0, prepend=filled(value)[:1]))
    if steps.shape[1] > 1:
        usual = steps.std(axis=0)
        steps = steps / np.where(usual > 0, usual, 1.0)
    highest: FloatArray = steps.max(axis=1)
    return highest
