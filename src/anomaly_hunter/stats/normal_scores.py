"""Residuals as normal scores: "so many standard deviations", also where noise is skewed or heavy-tailed."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import LIMIT, median, quantiles

DEPTHS = (0.25, 0.125, 0.0625)
TURNS = np.array([-NormalDist().inv_cdf(p) for p in DEPTHS])
BEND = TURNS**2 / 2.0 - float(np.mean(TURNS**2)) / 2.0
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
    letters = quantiles(residual, (0.5, *depths, *(1.0 - p for p in depths)))
    lower = np.maximum(letters[0] - letters[1 : len(depths) + 1], 1e-9 * unit)
    upper = np.maximum(letters[len(depths) + 1 :] - letters[0], 1e-9 * unit)
    raw = median(np.log(upper / lower) / turns)
    g = math.copysign(min(max(abs(raw) - 0.75 / math.sqrt(n), 0.0), 1.0), raw)
    wide = (upper + lower) / (2.0 * turns if abs(g) < 1e-6 else (np.exp(g * turns) - np.exp(-g * turns)) / g)
    slope = 0.0
    if len(turns) > 2:
        slope = float(BEND @ np.log(wide)) / float(BEND @ BEND)
    return g, min(max(slope - 1.0 / math.sqrt(n), 0.0), 0.3)


def normal_scores(residual: FloatArray, unit: float, g: float, h: float) -> FloatArray:
    """Signed z for residuals from zero; never larger than the plain ``residual / unit``.

    >>> normal_scores(np.array([2.0, -2.0]), 1.0, 0.0, 0.0).tolist()
    [2.0, -2.0]
    >>> normal_scores(np.array([np.expm1(0.5 * 4) / 0.5]), 1.0, 0.5, 0.0).round(3).tolist()
    [4.0]
    """
    with np.errstate(over="ignore"):
        plain: FloatArray = np.minimum(np.maximum(residual / unit, -LIMIT), LIMIT)
    if g == 0.0 and h == 0.0:
        return plain
    tail = np.exp(0.5 * h * GRID**2)
    upper = _bent(GRID, g) * tail
    lower = -_bent(-GRID, g) * tail
    size, positive = np.abs(plain), plain >= 0
    above = np.interp(size, np.maximum.accumulate(upper), GRID)
    below = np.interp(size, np.maximum.accumulate(lower), GRID)
    bent = np.where(positive, above, below)
    edge = np.where(positive, upper[-1], lower[-1])
    bent = np.where(size > edge, GRID[-1] * size / edge, bent)
    signed: FloatArray = np.copysign(np.minimum(bent, size), plain)
    return signed


def _bent(z: FloatArray, g: float) -> FloatArray:
    return np.expm1(g * z) / g if abs(g) > 1e-9 else z
