"""A straight line with one bend: since when, and how fast, does something ramp?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.model import FloatArray


@dataclass(frozen=True, slots=True)
class Hinge:
    """Flat until ``bend`` (a position), then ``slope`` per point.

    ``explained`` is the share of variance the hinge explains, ``step_explained`` the share that the
    best single step explains: a ramp has ``explained > step_explained``.
    """

    bend: int
    level: float
    slope: float
    explained: float
    step_explained: float


def fit_hinge(y: FloatArray) -> Hinge | None:
    """Least-squares fit of ``level + slope * max(0, i - bend)`` over every bend.

    All bends at once from suffix sums, O(n). NaN are left out. None with fewer than 5 numbers or
    no variance. The bend of a noisy ramp is uncertain by some points.

    >>> y = np.r_[np.full(10, 5.0), 5.0 + 2.0 * np.arange(1, 11)]
    >>> fit = fit_hinge(y)
    >>> fit.bend, round(fit.level, 6), round(fit.slope, 6), round(fit.explained, 6)
    (9, 5.0, 2.0, 1.0)
    """
    i = np.flatnonzero(~np.isnan(y))
    n = len(i)
    if n < 5:
        return None
    scale = float(np.abs(y[i]).max()) or 1.0
    v = y[i] / scale
    x = i.astype(np.float64)
    centred = v - v.mean()
    total = float(centred @ centred)
    if not total > 1e-18 * n:
        return None
    bends = slice(0, n - 2)  # at least two points on the ramp
    count, sx, sxx, sv, sxv = (_suffix(part)[1:-1] for part in (np.ones(n), x, x * x, centred, x * centred))
    b = x[bends]
    # Sums over points behind the bend of h = x - b, h^2 and h * v.
    h = sx - b * count
    hh = sxx - 2 * b * sx + b * b * count
    hv = sxv - b * sv
    variance = hh - h * h / n
    gain = np.divide(hv * hv, variance, out=np.zeros_like(hv), where=variance > 1e-12 * np.maximum(hh, 1.0))
    best = int(gain.argmax())
    slope = float(hv[best] / variance[best]) if variance[best] > 0 else 0.0
    level = float(v.mean() - slope * h[best] / n)
    cut = np.cumsum(centred)[:-1]
    left = np.arange(1, n, dtype=np.float64)
    step = float((cut * cut * n / (left * (n - left))).max())
    return Hinge(
        int(i[best]),
        level * scale,
        slope * scale,
        min(1.0, float(gain[best]) / total),
        min(1.0, step / total),
    )


def _suffix(part: FloatArray) -> FloatArray:
    """``out[k]`` is the sum over positions k and later."""
    return np.asarray(part[::-1].cumsum()[::-1])
