"""What a score is at this time of the day anyway: what recurs every day is no alarm."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray

REACH = 288
"""A day over this, five minutes (but one point at least), is how far off what recurs may come."""

FEWEST, MANY = 5, 21
"""Days from which on half of them show what is usual, and from which on three quarters must."""

HALF, MOST = 0.5, 0.75


def daily_usual(score: FloatArray, slot: IntArray, day: int) -> FloatArray:
    """``(n,)`` what the score reaches within 5 minutes of this time of the day, on half of the days.

    ``slot`` counts steps, ``day`` of them make a day (0: there is no clock). With three weeks of
    data it is what is reached on all but a quarter of the days; before that an incident of days
    could be as much. Zeros with less than five days. Missing points count as nothing.

    >>> score = np.zeros(60)
    >>> score[[3, 13, 24, 33, 43, 53, 57]] = 2.0
    >>> daily_usual(score, np.arange(60), 10)[:10].tolist()
    [0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    n = len(score)
    days = int(slot.max() - slot.min()) // day + 1 if day > 1 and n else 0
    if days < FEWEST:
        return np.zeros(n)
    place = slot - slot.min()
    grid = np.zeros(days * day)
    grid[place] = _around(score, max(round(day / REACH), 1))
    share = MOST if days >= MANY else HALF
    rank = round(share * (days - 1))
    typical = np.partition(grid.reshape(days, day), rank, axis=0)[rank]
    usual: FloatArray = typical[place % day]
    return usual


def _around(score: FloatArray, reach: int) -> FloatArray:
    """The largest within so many points on both sides."""
    wide = np.concatenate((np.zeros(reach), score, np.zeros(reach)))
    largest: FloatArray = np.maximum.reduce([wide[k : k + len(score)] for k in range(2 * reach + 1)])
    return largest
