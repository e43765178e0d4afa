"""The usual course of a cycle of which some values are missing, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.model import AnyArray, FloatArray
from anomaly_hunter.stats.robust import column_medians
from anomaly_hunter.stats.running_median import running_median

FEW = 8
"""With fewer cycles a phase that stands alone is believed only in part."""

BETTER = 0.99
"""A sharper course must predict the other half of the cycles at least that much better."""


@dataclass(frozen=True, slots=True, eq=False)
class Cycle:
    """``course`` is ``(period,)``, zero where nothing is known; ``doubt`` its standard error."""

    course: FloatArray
    doubt: FloatArray


def learn_cycle(rows: FloatArray, widest: int) -> Cycle:
    """The course of ``(cycles, period)`` values around zero, NaN = missing.

    Each phase is the median of its values, averaged over as many neighbouring phases (at most
    ``widest`` on each side) as make one half of the cycles predict the other half best, then
    drawn towards zero by ``t² / (t² + e²)``, where ``e`` is its standard error (half of the gap
    between the halves, root mean square over neighbours) and ``t²`` the variance of the
    true course (James & Stein 1961, by phase). With fewer than eight cycles, what a phase has alone and its
    neighbours do not share counts for ``k / (k + 1)`` of ``k`` cycles, and is in doubt by a ``k``-th.

    >>> wave = np.tile([0.0, 5.0, 0.0, -5.0], (10, 1))
    >>> learn_cycle(wave, 0).course.tolist()
    [0.0, 5.0, 0.0, -5.0]
    """
    known = np.count_nonzero(~np.isnan(rows), axis=0)
    middle = np.where(known, column_medians(rows), 0.0)
    half = np.stack([column_medians(rows[::2]), column_medians(rows[1::2])]) if len(rows) > 1 else rows
    both = ~np.isnan(half[0] + half[-1])
    if len(rows) < 2 or not both.any():
        return Cycle(np.zeros(len(middle)), np.abs(middle))
    half = np.where(both, half, middle)
    reach = _best_reach(half, both, widest)
    even, odd = averaged(half, reach)
    gap = 0.25 * (even - odd) ** 2
    gap = np.where(both, gap, float(gap[both].mean()))
    error, course = averaged(gap, max(reach, min(widest, len(middle) // 24))), averaged(middle, reach)
    alone = np.zeros(len(middle))
    if len(rows) < FEW and len(middle) >= 6:
        alone = course - _neighbourly(course)
        course = course - alone / (known + 1.0)
    signal = max(float(course @ course - error.sum()) / len(course), 0.0)
    trust = signal / np.maximum(signal + error, 1e-300)
    doubt = np.sqrt(error + (alone / np.maximum(known, 1)) ** 2)
    return Cycle(trust * course, doubt)


def averaged(course: AnyArray, reach: int) -> FloatArray:
    """Closed courses ``(..., m)``, each phase averaged with ``reach`` phases on each side, twice.

    >>> averaged(np.array([0.0, 0.0, 9.0, 0.0, 0.0, 0.0]), 1).tolist()
    [1.0, 2.0, 3.0, 2.0, 1.0, 0.0]
    """
    m = course.shape[-1]
    reach = min(reach, (m - 1) // 4)
    if reach < 1:
        return np.asarray(course, dtype=np.float64)
    width = 2 * reach + 1
    around = np.concatenate([course[..., m - 2 * reach :], course, course[..., : 2 * reach]], axis=-1)
    for _ in range(2):
        total = np.cumsum(around, axis=-1)
        more = total[..., width:] - total[..., :-width]
        around = np.concatenate([total[..., width - 1 : width], more], axis=-1)
    return np.asarray(around / width**2)


def _best_reach(half: FloatArray, both: AnyArray, widest: int) -> int:
    best, least = 0, np.inf
    reach, other = 0, half[::-1]
    while reach <= widest:
        gap = float(np.abs(averaged(half, reach) - other)[:, both].sum())
        if gap * BETTER < least:
            best, least = reach, min(gap, least)
        reach = 2 * reach or 1
    return best


def _neighbourly(course: FloatArray) -> FloatArray:
    """A running median around the closed course."""
    half = max(len(course) // 96, 2)
    around = np.concatenate([course[-half:], course, course[:half]])
    return running_median(around, 2 * half + 1)
