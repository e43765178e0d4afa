"""Residuals as normal scores: "so many standard deviations", also where noise is skewed or heavy-tailed."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import LIMIT, quantiles

DEPTHS = (0.25, 0.125, 0.0625)
TURNS = np.array([-NormalDist().inv_cdf(p) for p in DEPTHS])
GRID = np.concatenate([np.linspace(0.0, 6.0, 25), np.linspace(6.5, 12.0, 12)])


def skew_and_tail(residual: FloatArray, unit: float) -> tuple[float, float]:
    """``(g, h)`` of Tukey's g-and-h distribution, from letter values, cautious in small samples.

    A residual is ``unit * (exp(g z) - 1) / g * exp(h z² / 2)`` with z normal: ``h = 0`` is a shifted
    lognormal, both zero the normal (Hoaglin 1985, in *Exploring Data Tables, Trends, and Shapes*,
    chapter 11).
    Each is drawn towards zero by its sampling error, so clean normal noise stays normal.

    >>> skewed = np.exp(np.random.default_rng(0).normal(0.0, 0.5, 4_000)) - 1.0
    >>> g, h = skew_and_tail(skewed, 0.5)
    >>> round(g, 1), round(h, 1)
    (0.5, 0.0)
    """
    n = len(residual)
    if n < 24 or not unit > 0:
        return 0.0, 0.0
    depths = DEPTHS if n >= 96 else DEPTHS[:2]
    turns = TURNS[: len(depths)]
    middle, *rest = quantiles(residual, (0.5, *depths, *(1.0 - p for p in depths)))
    lower = np.maximum(middle - np.array(rest[: len(depths)]), 1e-9 * unit)
    upper = np.maximum(np.array(rest[len(depths) :]) - middle, 1e-9 * unit)
    raw = float(np.median(np.log(upper / lower) / turns))
    error = 0.75 / np.sqrt(n)
    g = float(np.sign(raw) * np.clip(abs(raw) - error, 0.0, 1.0))
    wide = (upper + lower) / (2.0 * turns if abs(g) < 1e-6 else (np.exp(g * turns) - np.exp(-g * turns)) / g)
    slope = 0.0
    if len(turns) > 2:
        bend = turns**2 / 2.0 - float(np.mean(turns**2)) / 2.0
        slope = float(bend @ np.log(wide)) / float(bend @ bend)
    return g, float(np.clip(slope - 1.0 / np.sqrt(n), 0.0, 0.3))


def normal_scores(residual: FloatArray, unit: float, g: float, h: float) -> FloatArray:
    """Signed z for residuals from zero; never larger than the plain ``residual / unit``.

    >>> normal_scores(np.array([2.0, -2.0]), 1.0, 0.0, 0.0).tolist()
    [2.0, -2.0]
    >>> normal_scores(np.array([np.expm1(0.5 * 4) / 0.5]), 1.0, 0.5, 0.0).round(3).tolist()
    [4.0]
    """
    with np.errstate(over="ignore"):
        plain: FloatArray = np.clip(residual / unit, -LIMIT, LIMIT)
    if g == 0.0 and h == 0.0:
        return plain
    tail = np.exp(0.5 * h * GRID**2)
    upper = _bent(GRID, g) * tail
    lower = -_bent(-GRID, g) * tail
    size = np.abs(plain)
    above = np.interp(size, np.maximum.accumulate(upper), GRID)
    below = np.interp(size, np.maximum.accumulate(lower), GRID)
    bent = np.where(plain >= 0, above, below)
    edge = np.where(plain >= 0, upper[-1], lower[-1])
    bent = np.where(size > edge, GRID[-1] * size / edge, bent)
    signed: FloatArray = np.sign(plain) * np.minimum(bent, size)
    return signed


def _bent(z: FloatArray, g: float) -> FloatArray:
    return np.expm1(g * z) / g if abs(g) > 1e-9 else z
