"""Strangeness of windows, of one or of several lengths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats import windows
from anomaly_hunter.stats.robust import mad, median, quantiles

BoolArray = npt.NDArray[np.bool_]

BANK = 500
FEW = 128
MANY = 100_000
CENTRES = 20
FIT = 4_000
ROUNDING = 1e-4
"""Distances below are those of equal windows in single precision."""

SEED = 20_260_301


def strangeness(value: FloatArray, widths: tuple[int, ...], missing: BoolArray | None = None) -> FloatArray:
    """``(n,)`` the distance to the nearest other window, spread over the points that it covers.

    ``value`` is standardised, without missing ones. Widths that leave fewer than four windows
    side by side are left out. Windows of which more than a quarter is ``missing`` (and was
    filled) score nothing. Of several widths, the root mean square of each in its own units.
    """
    n = len(value)
    fitting = [width for width in widths if 2 <= width <= n // 4]
    views = [window_distance(value, width, missing) for width in fitting]
    if not views:
        return np.zeros(n)
    if len(views) == 1:
        return views[0]
    total = np.zeros(n)
    for view in views:
        total += in_units(view) ** 2
    return np.sqrt(total / len(views))


def in_units(score: FloatArray) -> FloatArray:
    """The score above its median, in units of the distance from there to its 97% quantile.

    So scores of different kinds can be added: each is 1 where a point in thirty-three reaches.

    >>> in_units(np.arange(101.0))[[0, 50, 97]].tolist()
    [0.0, 0.0, 1.0]
    """
    middle, high = (float(q) for q in quantiles(score, (0.5, 0.97)))
    above: FloatArray = np.maximum(score - middle, 0.0)
    if high > middle:
        above /= high - middle
    elif above.any():
        # Fewer than three points in a hundred say anything: the unit is what those say on average.
        above /= float(above[above > 0].mean())
    return above


def window_distance(value: FloatArray, width: int, missing: BoolArray | None = None) -> FloatArray:
    """``(n,)`` distance of the windows of one width to their nearest reference, spread over points."""
    step = windows.block(width)
    width = width // step * step
    view = windows.view(value, width)
    if len(value) > MANY:
        middle = windows.centres(view[_drawn(len(view), FIT)], CENTRES, SEED)
        distance = windows.to_centre(view, middle)
    else:
        distance = windows.nearest(view, _drawn(len(view), BANK), width)
    distance[distance < ROUNDING] = 0.0
    if missing is not None and missing.any():
        holes = np.concatenate(([0], np.cumsum(missing)))
        poor = holes[width:] - holes[:-width] > width / 4
        distance[poor[: len(distance)]] = 0.0
    return windows.spread(distance, width)


def _drawn(count: int, most: int) -> IntArray:
    """Sorted positions: all of a few, else ``most`` at random (fewer where windows are few)."""
    if count <= FEW:
        return np.arange(count)
    # Not evenly spaced ones: their step could be a divisor of the season.
    size = min(most, FEW + (count - FEW) // 8)
    return np.sort(np.random.default_rng(SEED).choice(count, size, replace=False))


def straightened(value: FloatArray) -> FloatArray:
    """The values without their trend, where that is nearly all that they do.

    Windows at both ends of a steady trend have neighbours on one side only. The line goes through
    the medians of the first and the last third; it is taken out where less than a third of the
    spread is left.

    >>> straightened(np.arange(9.0)).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    n = len(value)
    third = max(n // 3, 1)
    slope = (median(value[-third:]) - median(value[:third])) / max(n - third, 1)
    rest = value - slope * (np.arange(n) - (n - 1) / 2.0)
    rest = rest - median(rest)
    return rest if mad(rest) < mad(value) / 3.0 else value
