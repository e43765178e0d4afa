"""Strangeness of windows, of one or of several lengths."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats import windows
from anomaly_hunter.stats.robust import LIMIT, mad, median, quantiles
from anomaly_hunter.stats.season import autocorrelation

BoolArray = npt.NDArray[np.bool_]

BANK = 500
FEW = 128

REFINED = 2_000
"""From this many windows on, a small bank says which are far, and a large one how far those are."""

FIRST, SECOND = 250, 4_000
"""The sizes of the two banks."""

FAR = 0.1
"""The share of windows that is compared with the second."""

MANY = 100_000
"""Beyond this many windows the first bank shrinks (to 100), and the far ones are at most 20,000."""

PEAKS, PEAK = 32, 0.85
"""Ordinary peaks: this quantile of the maxima of blocks of so many points."""

SOONEST, LATEST = 6, 300
"""Beats are looked for between these lengths,"""

LOOK = 20_000
"""among so many points;"""

NO_BEAT = 128
"""a series without one is seen by windows of this length."""

ROUNDING = 1e-4
"""Distances below are those of equal windows in single precision."""

SEED = 20_260_301


def strangeness(
    value: FloatArray, widths: tuple[int, ...], missing: BoolArray | None = None, level: float = 1.0
) -> FloatArray:
    """``(n,)`` the distance to the nearest other window, spread over the points that it covers.

    ``value`` is standardised, without missing ones. Widths that leave fewer than four windows
    side by side are left out. Windows of which more than a quarter is ``missing`` (and was
    filled) score nothing. Of several widths, the root mean square of each in its own units.
    ``level`` is how much the means of windows count (:func:`~anomaly_hunter.stats.windows.nearest`).
    """
    n = len(value)
    fitting = [width for width in widths if 2 <= width <= n // 4]
    views = [window_distance(value, width, missing, level) for width in fitting]
    if not views:
        return np.zeros(n)
    if len(views) == 1:
        return views[0]
    total = np.zeros(n)
    for view in views:
        total += in_units(view) ** 2
    return np.sqrt(total / len(views))


def in_units(score: FloatArray) -> FloatArray:
    """The score above its median, in units of the distance from there to its ordinary peaks.

    Those are what the maxima of blocks of 32 points (fewer in a short series) reach in one block
    of seven. So scores of different kinds can be added: it is by their peaks that they are
    compared, and one that is restless everywhere says less with the same peak. At most 1e8.

    >>> in_units(np.arange(101.0))[[0, 50, 85]].tolist()
    [0.0, 0.0, 1.0]
    """
    width = min(max(len(score) // (4 * PEAKS), 1), PEAKS)
    peaks = score[: len(score) // width * width].reshape(-1, width).max(axis=1)
    middle, high = float(quantiles(score, (0.5,))[0]), float(quantiles(peaks, (PEAK,))[0])
    above: FloatArray = np.maximum(score - middle, 0.0)
    if high > middle:
        above /= high - middle
    elif above.any():
        # Fewer than one block in seven says anything: the unit is what those say on average.
        above /= float(above[above > 0].mean())
    return np.minimum(above, LIMIT)


def window_distance(
    value: FloatArray, width: int, missing: BoolArray | None = None, level: float = 1.0
) -> FloatArray:
    """``(n,)`` distance of the windows of one width to their nearest reference, spread over points.

    The references are a random bank. Of 2,000 windows or more, the tenth that is farthest from a
    small bank is then compared with a large one: a distance to few references is never below that
    to more of them, so those few windows hold nearly all that are far from everything (the pruning
    rule of Bay & Schwabacher, "Mining distance-based outliers in near linear time", KDD 2003).

    >>> value = np.sin(np.arange(1_000) * 2 * np.pi / 50)
    >>> value[500:510] = 0.0
    >>> int(window_distance(value, 16).argmax() // 25)
    20
    """
    step = windows.block(width)
    width = width // step * step
    view = windows.view(value, width)
    count = len(view)
    if count < REFINED:
        distance = windows.nearest(view, _drawn(count, BANK, SEED), width, level)
    else:
        first = max(100, min(FIRST, FIRST * MANY // count))
        distance = windows.nearest(view, _drawn(count, first, SEED), width, level)
        share = int(min(FAR * count, 2 * FAR * MANY))
        far = np.sort(np.argpartition(distance, count - share)[count - share :])
        nearer = windows.nearest(view, _drawn(count, SECOND, SEED + 1), width, level, far)
        distance[far] = np.minimum(distance[far], nearer)
    distance[distance < ROUNDING] = 0.0
    if missing is not None and missing.any():
        holes = np.concatenate(([0], np.cumsum(missing)))
        poor = holes[width:] - holes[:-width] > width / 4
        distance[poor[: len(distance)]] = 0.0
    return windows.spread(distance, width)


def _drawn(count: int, most: int, seed: int) -> IntArray:
    """Sorted positions: all of a few, else ``most`` at random (fewer where windows are few)."""
    if count <= FEW:
        return np.arange(count)
    return _some(count, most, seed)


@lru_cache(maxsize=16)
def _some(count: int, most: int, seed: int) -> IntArray:
    # Not evenly spaced ones: their step could be a divisor of the season.
    room = FEW + (count - FEW) // 8 if count < REFINED else count // 2
    drawn = np.sort(np.random.default_rng(seed).choice(count, min(most, room), replace=False))
    drawn.flags.writeable = False  # others are given the same
    return drawn


def beat(value: FloatArray) -> int:
    """The length at which the series repeats itself soonest: the highest peak of its autocorrelation.

    Between 6 and 300 points, looked for among the first 20,000; 128 where there is no such peak. Unlike
    a season it need not be exact or last: a heart beats so, and a pump.

    >>> beat(np.sin(np.arange(2000) * 2 * np.pi / 40)), beat(np.arange(2000.0))
    (40, 128)
    """
    if len(value) < 4 * SOONEST:
        return NO_BEAT
    part = value[:LOOK] - value[:LOOK].mean()
    course = autocorrelation(part, min(LATEST, len(part) - 2) + 1)
    # By all pairs, not by those of each lag: of equal peaks the first is the higher one.
    course = course * (1.0 - np.arange(len(course)) / len(part))
    inner = course[SOONEST:-1]
    peaks = np.flatnonzero((inner > course[SOONEST - 1 : -2]) & (inner >= course[SOONEST + 1 :]))
    return int(peaks[np.argmax(inner[peaks])]) + SOONEST if len(peaks) else NO_BEAT


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
