"""Counts: how strange is a number of events, given how many were expected."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import mad, median


def count_scores(count: FloatArray, mean: FloatArray, dispersion: float = 0.0) -> FloatArray:
    """Signed normal scores of counts under a Poisson or negative binomial distribution.

    For a count above its mean the z with ``P(Z >= z) = P(X >= count)``, for one below the z with
    ``P(Z <= z) = P(X <= count)``, and 0 where that tail holds more than half. The variance is
    ``mean + dispersion * mean²``. By the normal approximations of Peizer & Pratt (1968) for the
    binomial and Poisson distributions, good to 0.02 for z up to 6.

    >>> count_scores(np.array([0.0, 4.0, 13.0]), np.full(3, 4.0)).round(1).tolist()
    [-2.1, 0.0, 3.5]
    """
    mean = np.maximum(mean, 1e-9)
    upper = -_lower_tail(np.maximum(count - 1.0, -0.5), mean, dispersion)
    upper = np.where(count >= 1.0, upper, 8.0)
    lower = _lower_tail(np.maximum(count, 0.0), mean, dispersion)
    high = np.where(upper < 0, -upper, 0.0)
    low = np.where(lower < 0, lower, 0.0)
    return np.where(count > mean, high, low)


def _lower_tail(count: FloatArray, mean: FloatArray, dispersion: float) -> FloatArray:
    """z with ``P(Z <= z)`` about ``P(X <= count)``."""
    if dispersion < 1e-9:
        gap = count + 2.0 / 3.0 - mean + 0.02 / (count + 1.0)
        with np.errstate(over="ignore", under="ignore"):
            return gap * np.sqrt((1.0 + _bend((count + 0.5) / mean)) / mean)
    size = 1.0 / dispersion
    share = mean / (mean + size)  # of a trial ending in a count rather than in one of `size` stops
    trials = count + size
    wins, stops = count + 0.5, np.maximum(size - 0.5, 0.05)
    rest = 1.0 - share
    gap = count + 2.0 / 3.0 - (trials + 1.0 / 3.0) * share
    gap += 0.02 * (rest / (count + 1.0) - share / size + (rest - 0.5) / (trials + 1.0))
    bend = 1.0 + rest * _bend(wins / (trials * share)) + share * _bend(stops / (trials * rest))
    return gap * np.sqrt(bend / ((trials + 1.0 / 6.0) * share * rest))


def _bend(x: FloatArray) -> FloatArray:
    """``(1 - x² + 2 x log x) / (1 - x)²``, continued by 0 at x = 1 and 1 at x = 0."""
    x = np.clip(x, 1e-300, 1e12)
    gap = 1.0 - x
    near = np.abs(gap) < 1e-3
    safe = np.where(near, 0.5, gap)
    full = (1.0 - x * x + 2.0 * x * np.log(x)) / (safe * safe)
    return np.where(near, gap / 3.0, full)


def typical_ratio(count: FloatArray, mean: FloatArray) -> float:
    """Sum of counts over sum of means, counts far above cut off; corrects means taken from medians.

    >>> typical_ratio(np.array([0.0, 0.0, 1.0, 0.0, 900.0, 0.0, 0.0, 1.0]), np.full(8, 0.1)) < 20
    True
    """
    ratio = 1.0
    total = float(mean.sum())
    for _ in range(3):
        centre = mean * ratio
        cut = np.minimum(count, centre + 3.0 * np.sqrt(centre) + 2.0)
        ratio = max(float(cut.sum()) / total, 1e-3)
    return ratio


def dispersion(count: FloatArray, mean: FloatArray) -> float:
    """Overdispersion ``a`` in ``variance = mean + a mean²``, robustly; 0 for Poisson or less.

    From the MAD of ``(count - mean) / sqrt(mean)``, whose square is ``1 + a mean``; where means
    are below 5 and medians say little, from the mean square with values cut off at 4.

    >>> rng = np.random.default_rng(0)
    >>> even, uneven = rng.poisson(20.0, 4_000), rng.negative_binomial(4, 4 / 24, 4_000)
    >>> mean = np.full(4_000, 20.0)
    >>> round(dispersion(even * 1.0, mean), 2), round(dispersion(uneven * 1.0, mean), 2)
    (0.0, 0.22)
    """
    pearson = (count - mean) / np.sqrt(np.maximum(mean, 1e-9))
    if len(pearson) == 0:
        return 0.0
    size = float(mean.mean())
    wide = mad(pearson, 0.0) ** 2 if size >= 5.0 else float(np.mean(np.minimum(pearson * pearson, 16.0)))
    return float(max(wide - 1.0 - 2.0 / np.sqrt(len(pearson)), 0.0) / max(size, 1e-9))


def looks_like_counts(value: FloatArray, noise: float) -> bool:
    """True for non-negative whole numbers that vary at least half as much as Poisson counts do.

    ``noise`` is a robust standard deviation of what season and trend leave.

    >>> looks_like_counts(np.array([3.0, 5.0, 4.0, 2.0]), 1.5), looks_like_counts(np.array([3.5, 5.0]), 1.0)
    (True, False)
    """
    if len(value) == 0 or bool((value < 0).any()) or float(value.max()) > 1e9:
        return False
    if bool((value != np.floor(value)).any()):
        return False
    middle = median(value)
    return bool(value.any()) if middle == 0.0 else noise * noise >= 0.5 * middle
