"""What an anomaly looks like."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from anomaly_hunter.model import Direction, FloatArray, Shape
from anomaly_hunter.stats.robust import median

BRIEF = 5
"""An excursion of up to this many points is a spike or a dip, however even its top."""


LASTS = 8
"""An excursion that has lasted this long and still does is no spike, however uneven."""


def direction_of(z: FloatArray) -> Direction:
    """Up or down where nine tenths of the deviation are on one side, else both.

    >>> direction_of(np.array([5.0, 4.0, -0.1])), direction_of(np.array([4.0, -4.0]))
    ('up', 'both')
    """
    up, down = float(z[z > 0].sum()), -float(z[z < 0].sum())
    if up >= 9.0 * down:
        return "up" if up > 0 else "both"
    return "down" if down >= 9.0 * up else "both"


def shape_of(z: FloatArray, start: int, stop: int, parts: Mapping[str, FloatArray], period: int) -> Shape:
    """The shape of ``[start, stop)``, from the normal scores of the residual and of the detectors.

    flat line: that detector says so. variance: it lies off on both sides, or that detector alone
    speaks. season break, odd shape: no value lies off by itself. drift: it moves away steadily for
    eight points or more. level shift: it stays on one level for a while, or off until the end.
    spike, dip: everything else.
    """
    inner = z[start:stop]
    if _highest(parts, "flat", start, stop) >= 1.0:
        return "flat line"
    size = np.abs(inner)
    impossible = _highest(parts, "data_range", start, stop) >= 1.0
    quiet_values = float(size.max()) < 2.0 and not impossible
    bursts = _highest(parts, "variance", start, stop)
    if len(inner) > 3 and direction_of(np.where(size >= 2.0, inner, 0.0)) == "both" and not quiet_values:
        return "variance"
    if quiet_values and _highest(parts, "level", start, stop) < 1.0:
        if bursts >= 1.0:
            return "variance"
        return "season break" if period and len(inner) >= period // 2 else "odd shape"
    return _sustained(z, start, stop)


def _sustained(z: FloatArray, start: int, stop: int) -> Shape:
    """Drift, level shift, or an excursion up or down."""
    inner = z[start:stop]
    up = median(inner) >= 0
    brief: Shape = "spike" if up else "dip"
    n = len(inner)
    if n <= BRIEF:
        return brief
    side = np.abs(inner)
    third = max(n // 3, 1)
    thirds = (side[:third], side[third:-third], side[-third:])
    first, middle, last = (median(part) for part in thirds)
    if n >= 8 and last > 1.25 * middle and middle > 1.25 * first and last > first + 2.0:
        return "drift"
    # Level: the body scatters little around its own median, and it is no passing hump.
    usual = median(side)
    even = median(np.abs(side - usual)) <= max(0.25 * usual, 1.0)
    if even and min(first, last) > 0.6 * middle and (stop == len(z) or n >= 8):
        return "level shift"
    return "level shift" if stop == len(z) and n >= LASTS else brief


def _highest(parts: Mapping[str, FloatArray], name: str, start: int, stop: int) -> float:
    return float(parts[name][start:stop].max()) if name in parts else 0.0
