"""How far is too far: boundaries from what is known of the noise, or from the tail of the scores."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import quantiles

SHAPES = np.linspace(-0.1, 0.5, 31)
"""Shapes of the generalised extreme value distribution that are tried: from light to heavy tails."""


EQUAL = 1.1
"""What blocks must reach that all others reach exactly: a series may repeat itself to the last bit."""


@lru_cache(maxsize=1024)
def student(probability: float, freedom: float) -> float:
    """Upper quantile of Student's t: ``P(T > t) = probability`` (below 0.5).

    By the approximation of Wallace (1959), solved for t. Error below 1% from 10 degrees of freedom
    on; too large (so: cautious) by 4% at 5 and up to 20% at 3 of them, far out.

    >>> round(student(0.025, 10), 2), round(student(0.005, 1e9), 3)
    (2.23, 2.576)
    """
    z = NormalDist().inv_cdf(1.0 - probability)
    nu = max(freedom, 1.0)
    inner = (z * (8.0 * nu + 3.0) / (8.0 * nu + 1.0)) ** 2 / nu
    return float(np.sqrt(nu * np.expm1(min(inner, 60.0))))


def farthest(tests: float, effective: float, risk: float = 0.01) -> float:
    """How many standard deviations a new value may lie off before it is strange.

    The limit of a prediction interval, both sides, so that among ``tests`` values of normal noise
    one lies outside with probability ``risk``, when centre and spread were estimated by median and
    MAD from ``effective`` independent values (MAD has 37% of the efficiency of the standard
    deviation, hence the degrees of freedom)::

        t(risk / (2 tests); 0.37 effective) * sqrt(1 + 1.57 / effective)

    >>> round(farthest(100, 100), 1), round(farthest(100, 1e9), 1), farthest(100, 10) > 8
    (4.4, 3.9, True)
    """
    size = max(effective, 4.0)
    freedom = max(0.37 * size, 2.0)
    return student(risk / (2.0 * max(tests, 1.0)), freedom) * float(np.sqrt(1.0 + 1.57 / size))


def independent(residual: FloatArray) -> float:
    """How many independent values a stretch of residuals is worth: ``n (1 - r) / (1 + r)``.

    ``r`` is the correlation of neighbours of the clipped residual, corrected for its bias
    ``-(1 + 3 r) / n`` in short series (Marriott & Pope 1954), between 0 and 0.98.

    >>> noise = np.random.default_rng(0).normal(size=1_000)
    >>> round(independent(noise)), round(independent(np.repeat(noise, 4)))
    (985, 565)
    """
    n = len(residual)
    if n < 4:
        return float(n)
    size = math.sqrt(float(residual @ residual) / n)
    if not size > 0:
        return float(n)
    clipped = np.minimum(np.maximum(residual, -2.0 * size), 2.0 * size)
    clipped -= float(clipped.sum()) / n
    total = float(clipped @ clipped)
    raw = float(clipped[1:] @ clipped[:-1]) / total if total > 0 else 0.0
    r = min(max(raw + (1.0 + 3.0 * raw) / n, 0.0), 0.98)
    return n * (1.0 - r) / (1.0 + r)


def _level(shape: FloatArray, probability: float) -> FloatArray:
    """Quantile of the standard generalised extreme value distribution, for each shape."""
    log = -np.log(-np.log(probability))
    bent = np.abs(shape) > 1e-9
    safe = np.where(bent, shape, 1.0)
    level: FloatArray = np.where(bent, np.expm1(safe * log) / safe, log)
    return level


_LOW, _MIDDLE, _HIGH = 0.5, 0.8, 0.92
_RATIO = (_level(SHAPES, _HIGH) - _level(SHAPES, _MIDDLE)) / (_level(SHAPES, _MIDDLE) - _level(SHAPES, _LOW))


def _beyond(low: float, high: float) -> float:
    """A level over ``high`` where most blocks reach the same: as far again, or a tenth where all do."""
    return float(2.0 * high - low if high > low else EQUAL * high)


def tail(score: FloatArray, block: int, expected: float) -> float:
    """The level that the maxima of blocks exceed ``expected`` times in a series like this one.

    A generalised extreme value distribution is matched to the 50%, 80% and 92% quantiles of the
    block maxima, its shape between -0.1 and 0.5 (Coles 2001, sections 3.1 and 3.3); what lies above the last
    quantile, where the anomalies are, has no part in it.

    >>> rng = np.random.default_rng(1)
    >>> level = tail(rng.exponential(size=100_000), 20, 1.0)
    >>> 9 < level < 14  # the exact one is log(100000) = 11.5
    True
    """
    count = len(score) // block
    maxima = score[: count * block].reshape(count, block).max(axis=1)
    low, middle, high = quantiles(maxima, (_LOW, _MIDDLE, _HIGH))
    if not middle > low:
        return _beyond(low, high)
    ratio = (high - middle) / (middle - low)
    shape = np.interp(ratio, _RATIO, SHAPES)[None]
    probability = float(np.clip(1.0 - expected / count, 0.5, 1.0 - 1e-9))
    levels = [float(_level(shape, p)[0]) for p in (_LOW, _MIDDLE, probability)]
    unit = (middle - low) / (levels[1] - levels[0])
    return float(low + unit * (levels[2] - levels[0]))


class Bend(NamedTuple):
    """The usual shape of a tail, and how much the shape that was found counts beside it."""

    usual: float
    trust: float


BEND = Bend(0.2, 0.5)
"""Of a tail in which there are incidents."""

FEWEST_BLOCKS = 120


def budgeted(score: FloatArray, block: int, expected: float, bend: Bend = BEND) -> float:
    """The level that the noise of a long series passes ``expected`` times.

    A generalised Pareto tail through the 50%, 80% and 92% quantiles ``q1, q2, q3`` of the maxima
    of blocks: of those above ``q1``, a share ``p`` passes

        q1 + (q2 - q1) (p^-s - 1) / (0.4^-s - 1)

    The shape that fits ``q3`` lies in [0, 0.5] and is drawn to the usual one (0.2, half of the way): three
    quantiles alone say little about it, and incidents in a tenth of the blocks pretend a heavy
    tail. Where half of the blocks score nothing, blocks are made longer until they do.

    >>> rng = np.random.default_rng(1)
    >>> level = budgeted(rng.exponential(size=100_000), 20, 10.0)
    >>> 9 < level < 16  # that of an exponential tail would be log(10000) = 9.2
    True
    """
    while True:
        count = max(len(score) // block, 1)
        maxima = score[: count * block].reshape(count, -1).max(axis=1)
        low, middle, high = (float(q) for q in quantiles(maxima, (0.5, 0.8, 0.92)))
        if (low > 0 and middle > low) or count < 2 * FEWEST_BLOCKS:
            break
        block *= 2
    if not middle > low:
        return _beyond(low, high)
    found = float(np.interp((high - low) / (middle - low), _GROWTH, _BENDS))
    shape = (1.0 - bend.trust) * bend.usual + bend.trust * found
    share = float(np.clip(2.0 * expected / count, 1e-9, 0.4))
    return low + (middle - low) * float(np.expm1(-shape * np.log(share)) / np.expm1(-shape * np.log(0.4)))


_BENDS = np.linspace(1e-6, 0.5, 51)
_GROWTH = np.expm1(-_BENDS * np.log(0.16)) / np.expm1(-_BENDS * np.log(0.4))
