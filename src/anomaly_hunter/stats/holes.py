"""Where a line must break: runs of missing values and holes in the clock."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray

HOLE = 1.9  # a step this many times the usual one is a hole
IRREGULAR = 0.05  # more holes than this share of the points: there is no usual step


def find_gaps(x: FloatArray, value: FloatArray, limit: int) -> tuple[tuple[float, float], ...]:
    """The gaps of a line as pairs on the x axis, the widest ``limit`` of them, in order.

    A gap runs from the last known point to the next one. Steps longer than 1.9 times the median
    step count as gaps too, unless there are so many that the series simply is irregular.

    >>> x = np.array([0.0, 1, 2, 3, 4, 9, 10])
    >>> find_gaps(x, np.array([1.0, 1, np.nan, np.nan, 1, 1, 1]), 9)
    ((1.0, 4.0), (4.0, 9.0))
    """
    known = np.flatnonzero(~np.isnan(value))
    if len(known) < 2:
        return ()
    left, right = known[:-1], known[1:]
    missing = right - left > 1
    step = np.diff(x[known])
    usual = float(np.median(np.diff(x)))
    hole = step > HOLE * usual if usual > 0 else np.zeros(len(step), bool)
    if int((hole & ~missing).sum()) > max(3, IRREGULAR * len(x)):
        hole[:] = False
    found = np.flatnonzero((missing | hole) & (step > 0))
    widest = np.sort(found[np.argsort(-step[found], kind="stable")[:limit]])
    return tuple((float(x[left[i]]), float(x[right[i]])) for i in widest)
