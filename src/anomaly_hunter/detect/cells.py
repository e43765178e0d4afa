"""Cells that stand apart from all others of their column, also when several do."""

from __future__ import annotations

from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import quantiles

MOST: Final = 0.05
"""Share of the rows that may stand apart in one column."""

FEWEST: Final = 30
"""Cells of a column, below which a gap says nothing."""

HEAVY: Final = 0.35
"""The tail index that columns are taken to have at least: light tails have smaller gaps."""

HEAVIEST: Final = 3.0
ROUGHLY: Final = 3.0
"""The standard error of the index, times the root of the number of cells."""
FARTHEST: Final = 1e300
FAR: Final = 5.0
"""Robust standard deviations that a cell must be away, too."""

CHANCE: Final = 0.001
"""Chance of an alarm in a table of heavy tails without outliers."""

CONTINUOUS: Final = 0.5
"""The share of different values from which on a column measures something."""


def apart_cells(data: FloatArray) -> FloatArray:
    """``(n,)`` how far the cells of a row ``(n, k)`` stand apart, 1.0 and more; 0 where none does.

    Beyond its body a column has a tail, in which the largest deviations from the median obey the
    representation of Rényi (1953): the ``j`` largest lie over the next one by a factor ``f`` or more with
    probability ``f^(-j / index)``. A gap below ``j`` cells that all columns, sides and ``j`` up to 5% of
    the rows would show once in a thousand tables parts them from the rest, and the score is the
    deviation over the middle of that gap. So ten equal outliers are more certain than one, where a
    boundary that follows the tail would be moved by them. The
    index is what the body shows (40, 70, 85% of a side) and its standard error, at least 0.35. Columns of few
    different values have gaps by nature and are left out.

    >>> x = np.random.default_rng(0).normal(size=(200, 3))
    >>> bool(apart_cells(x).any())
    False
    >>> x[:6, 1] += 10.0
    >>> np.flatnonzero(apart_cells(x)).tolist()
    [0, 1, 2, 3, 4, 5]
    """
    score = np.zeros(len(data))
    looks = 2 * data.shape[1] * max(int(MOST * len(data)), 1)
    for column in data.T:
        known = np.flatnonzero(np.isfinite(column))
        if len(known) < FEWEST or len(np.unique(column[known])) < CONTINUOUS * len(known):
            continue
        low, middle, high = quantiles(column[known], (0.25, 0.5, 0.75))
        if not high > low:
            continue
        with np.errstate(over="ignore"):
            away = (column[known] / 2 - middle / 2) / (float(high / 2 - low / 2) / 1.349)
        away = np.clip(away, -FARTHEST, FARTHEST)
        for side in (away, -away):
            limit = _gap(side, CHANCE / looks)
            found = side >= limit
            score[known[found]] = np.maximum(score[known[found]], side[found] / limit)
    return score


def _gap(side: FloatArray, chance: float) -> float:
    """The middle of the gap that parts cells from the others; infinite where there is none."""
    most = max(int(MOST * len(side)), 1)
    top = np.sort(side)[::-1][: most + 1]
    above, next_one = top[:-1], np.maximum(top[1:], 1.0)
    rank = np.arange(1, len(above) + 1)
    unlikely = rank * np.log(np.maximum(above / next_one, 1.0)) >= -np.log(chance) * _index(side)
    places = np.flatnonzero(unlikely & (above >= FAR))
    if not len(places):
        return float("inf")
    j = int(places[-1])
    return max(float(np.sqrt(above[j]) * np.sqrt(next_one[j])), FAR)


def _index(side: FloatArray) -> float:
    """The tail index of the body: how the deviations of the side grow from quantile to quantile."""
    first, second, third = (max(float(q), 1e-9) for q in quantiles(side[side > 0], (0.4, 0.7, 0.85)))
    if not third > second > first:
        return HEAVY
    grown = np.log((third - second) / (second - first)) / np.log(2.0)
    return float(np.clip(grown + ROUGHLY / np.sqrt((side > 0).sum()), HEAVY, HEAVIEST))
