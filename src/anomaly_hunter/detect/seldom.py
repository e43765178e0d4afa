"""Values that are seldom anything but one: what comes by chance among them is no incident."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from anomaly_hunter.detect.spans import Span
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.enrichment import log_tail
from anomaly_hunter.stats.robust import median

ALMOST: Final = 0.9
OFTEN: Final = 3
FEWEST: Final = 10
RARE: Final = 50
CHANCE: Final = -2.0
"""Decimal logarithm of the chance, in the whole series, below which so many together are no coincidence."""


def by_chance(value: FloatArray, span: Span) -> bool:
    """Whether a span of a series that mostly stands at one value holds nothing that is not seen elsewhere.

    More than half of the points are equal to the median, and one in fifty (ten at least) is not: what
    is rarer is worth a look each time. Nothing new: its largest deviation is reached, to nine tenths, by
    three or more points outside of it, and points off the median are not denser in it than they come
    together by chance: the hypergeometric tail, times the number of such spans, is over 1%.

    >>> x = np.zeros(600)
    >>> x[::20] = 1.0
    >>> x[300] = 5.0
    >>> by_chance(x, (40, 41)), by_chance(x, (300, 301))
    (True, False)
    >>> x[500:510] = 1.0
    >>> by_chance(x, (500, 510))
    False
    """
    known = value[~np.isnan(value)]
    largest = float(np.abs(known).max(initial=0.0))
    if largest == 0.0:
        return False
    known = known / largest
    usual = median(known)
    off = np.abs(np.where(np.isnan(value), usual, value / largest) - usual)
    n, moved = len(known), int((off > 0).sum())
    if 2 * moved >= n or moved < max(FEWEST, n / RARE):
        return False
    start, stop = span
    inside = off[start:stop]
    peak = float(inside.max(initial=0.0))
    if peak <= 0:
        return False
    high = off >= ALMOST * peak
    if int(high.sum() - high[start:stop].sum()) < OFTEN:
        return False
    chance = log_tail(int((inside > 0).sum()), moved, stop - start, n)
    return chance + math.log10(max(1.0, n / (stop - start))) > CHANCE
