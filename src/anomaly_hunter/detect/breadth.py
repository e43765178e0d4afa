"""How far the ends of the band are from its course, above and below, by phase and by time."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from anomaly_hunter.detect.calendar import BoolArray
from anomaly_hunter.detect.rhythm import Rhythm
from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.cycles import averaged
from anomaly_hunter.stats.robust import quantiles

TIMES = 48
"""The size of the noise is looked at in so many parts of a series of 1,000 points and more,"""

PHASES = 48
"""and in so many parts of a cycle."""

PRIOR = 20.0
"""Each part is drawn to the usual size as if so many points of that had been seen there."""

NORMAL = 0.39894
"""Mean of the positive part of the standard normal law."""


@dataclass(frozen=True, slots=True, eq=False)
class Breadth:
    """Distances from the course to the upper and the lower end of the band, ``(n,)`` each."""

    up: FloatArray
    down: FloatArray


def learn_breadth(residual: FloatArray, rhythm: Rhythm, share: float, floor: float) -> Breadth:
    """The distances beyond which half of ``1 - share`` of the residuals lie, on each side.

    ``residual`` is ``(n,)`` with NaN = not to be learnt from. Each side: the mean of its excesses by
    time and by phase is the size of the noise there; the end is as many sizes away as the
    ``ceil((m + 1)(1 + share) / 2)``-th of the ``m`` residuals over their sizes is (normalised
    conformal prediction: Papadopoulos et al. 2008; Lei et al. 2018, section 5.2; here the residuals are
    those of the fit). With fewer points than two per tail, the normal law fills in. No distance is
    below two ``floor``.
    """
    inner = ~np.isnan(residual)
    tail = 0.5 * (1.0 - share)
    known = residual[inner]
    plain = NormalDist().inv_cdf(1.0 - tail) / NORMAL
    rank = min(int(np.ceil((len(known) + 1) * (1.0 - tail))) - 1, len(known) - 1)
    weight = min(len(known) * tail / 2.0, 1.0)
    sides = []
    for side in (residual, -residual):
        size = _sizes(side, inner, rhythm, tail, floor)
        away = float(np.partition((side / size)[inner], rank)[rank])
        sides.append(np.maximum(size * (weight * away + (1.0 - weight) * plain), 2.0 * floor))
    return Breadth(*sides)


def _sizes(residual: FloatArray, inner: BoolArray, rhythm: Rhythm, tail: float, floor: float) -> FloatArray:
    """``(n,)`` the mean excess around each point; what is beyond the band itself counts as its end.

    Points that are not to be learnt from have neither an excess nor a weight.
    """
    n = len(residual)
    known = residual[inner]
    end = max(float(quantiles(known, (1.0 - tail,))[0]), floor)
    over = np.clip(np.where(inner, residual, 0.0), 0.0, end)
    usual = max(float(over.sum()) / max(len(known), 1), floor)
    size = np.full(n, usual)
    if n >= 1_000:
        size = size * _by_time(over / usual, inner)
    if rhythm.period >= 2:
        count = min(PHASES, rhythm.period)
        size = size * _by_phase(over / size, inner, rhythm.phase * count // rhythm.period, count)
    return size


def _by_time(ratio: FloatArray, inner: BoolArray) -> FloatArray:
    n = len(ratio)
    part = np.arange(n) * TIMES // n
    weights = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
    total, many = (np.convolve(np.bincount(part, what, TIMES), weights, "same") for what in (ratio, inner))
    local = (total + 5.0 * PRIOR) / (many + 5.0 * PRIOR)
    return np.interp(np.arange(n), (np.arange(TIMES) + 0.5) * n / TIMES, local)


def _by_phase(ratio: FloatArray, inner: BoolArray, part: IntArray, count: int) -> FloatArray:
    reach = 1 if count > 12 else 0
    total, many = averaged(np.stack([np.bincount(part, what, count) for what in (ratio, inner)]), reach)
    local = (total + PRIOR) / (many + PRIOR)
    return np.asarray(local[part])
