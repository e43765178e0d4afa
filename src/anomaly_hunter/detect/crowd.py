"""What chance reaches in one of many channels, and in one score that changes slowly."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import Bend, budgeted, farthest
from anomaly_hunter.stats.robust import median, quantiles, wide_scale
from anomaly_hunter.stats.season import autocorrelation

BLOCK = 128
"""Points of a block: twice the longest window, so that blocks hardly know of each other."""

BLOCKS = 4_000
MANY_BLOCKS = 60
"""From so many blocks that are independent the tail of a score can be seen."""

SIDE_BY_SIDE = 8
TENTH = 10

RISK = 0.002
"""Chance of a false alarm of a score of which the tail cannot be seen."""

BEND = Bend(0.25, 0.25)
"""Of a tail that is followed far beyond what was seen."""

ALIKE = 0.2
"""Points whose scores correlate less than this are independent."""


def crowd_limit(score: FloatArray, expected: float, block: int = BLOCK) -> float:
    """The score that chance reaches ``expected`` times in any of the columns of ``(n, k)``.

    From the tail of the block maxima of all columns together: 30 channels of 1,500 points
    show 330 of them where one shows 11. So it allows for what all channels do, be it heavy tails,
    autocorrelation or drift, and what one of them does not share with the others stands out. The
    tenth of the blocks of time (at least one) in which all together are strangest has no part in it:
    an incident in all channels is no reason to think it usual. Columns of zeros say nothing.

    >>> rng = np.random.default_rng(0)
    >>> 3.5 < crowd_limit(np.abs(rng.normal(size=(1000, 20))), 0.05) < 9.0
    True
    """
    n = len(score)
    block = max(min(block, n // SIDE_BY_SIDE), 1)
    count = n // block
    maxima = np.stack([score[i * block : (i + 1) * block].max(axis=0) for i in range(count)])
    maxima = maxima[:, maxima.any(axis=0)]
    if count >= SIDE_BY_SIDE and maxima.size:
        kept = np.argsort(maxima.mean(axis=1), kind="stable")[: count - max(count // TENTH, 1)]
        maxima = maxima[np.sort(kept)]
    top = budgeted(np.ascontiguousarray(maxima.T).ravel(), 1, expected, BEND) if maxima.size else 0.0
    return _audible(top, score)


def limit_of(score: FloatArray, expected: float) -> float:
    """The level that chance lets a score ``(n,)`` reach ``expected`` times in a series like this.

    Blocks are at least twice as long as the score takes to forget what it was; from 60 of them on,
    by their tail. Fewer say too little about a tail, and the limit is that of a new
    value among as many independent ones: far away.

    >>> slow = np.sin(np.arange(2000) / 300) + 1
    >>> bool(limit_of(slow, 0.05) > 3 * slow.max())
    True
    """
    n = len(score)
    block = max(BLOCK // 2, n // BLOCKS, 2 * memory(score))
    if n >= MANY_BLOCKS * block:
        return _audible(budgeted(score, block, expected, BEND), score)
    effective = n / block
    middle = median(score)
    top = middle + wide_scale(score, middle) * farthest(effective, effective, RISK)
    return _audible(top, score)


def memory(score: FloatArray) -> int:
    """After how many points the score no longer knows what it was: autocorrelation below 0.2.

    The highest tenth is clipped: an incident that lasts is not how the noise behaves.

    >>> memory(np.tile([0.0, 1.0], 50)), memory(np.arange(100.0)) > 20
    (1, True)
    """
    n = len(score)
    if n < SIDE_BY_SIDE:
        return max(n, 1)
    calm = np.minimum(score, float(quantiles(score, (0.9,))[0]))
    calm = calm - calm.mean()
    if not calm.any():
        return 1
    low = np.flatnonzero(autocorrelation(calm, n // 2)[1:] < ALIKE)
    return int(low[0]) + 1 if len(low) else n // 2


def _audible(top: float, score: FloatArray) -> float:
    """A boundary that is not zero."""
    return max(top, 1e-3 * float(score.max(initial=0.0)), 1e-12)
