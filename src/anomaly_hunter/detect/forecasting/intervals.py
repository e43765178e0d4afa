"""Intervals from the errors of rolling origins: how far off forecasts were that had not seen the value.

Split conformal prediction (Lei et al. 2018, section 2.2) on errors divided by the spread that
belongs to their horizon, pooled over horizons. Errors of neighbouring origins are alike, the more so
the longer the horizon, so the finite-sample corrections count how many independent ones there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.limits import independent, student

LEAST_FREEDOM: Final = 3.0

EACH_SIDE: Final = 5.0
"""With fewer independent errors than this beyond a bound both bounds are equally far away."""


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """``value[i, j]`` is actual minus expected, ``steps[j]`` after origin ``i``; NaN = not known."""

    steps: IntArray
    value: FloatArray

    def known(self) -> Self:
        """Without the horizons of which no error is known."""
        some = np.isfinite(self.value).any(axis=0)
        return type(self)(self.steps[some], self.value[:, some])


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Bounds around an expected value, by horizon.

    ``spread[j]`` belongs to ``steps[j]``; the bounds are ``low`` and ``high`` times that. Beyond the last
    horizon that was tried the spread grows like the square root of the horizon, as that of a random walk.
    """

    steps: IntArray
    spread: FloatArray
    low: float
    high: float

    @classmethod
    def of(cls, errors: Errors, level: float) -> Self:
        """Learn from the errors of rolling origins.

        >>> noise = np.random.default_rng(0).normal(0, 2, (400, 3))
        >>> found = Intervals.of(Errors(np.array([1, 2, 3]), noise), 0.95)
        >>> low, high = found.around(np.arange(1, 4))
        >>> bool((np.abs(high - 4) < 0.6).all() and (np.abs(low + 4) < 0.6).all())
        True
        """
        errors = errors.known()
        if not len(errors.steps):
            return cls(np.array([1]), np.zeros(1), 0.0, 0.0)
        weight = np.isfinite(errors.value).sum(axis=0)
        size = np.nansum(np.abs(errors.value), axis=0) / weight
        spread = rising(size, weight.astype(np.float64))
        if not spread[-1] > 0:
            return cls(errors.steps, np.zeros(len(spread)), 0.0, 0.0)
        spread = np.maximum(spread, 1e-9 * spread[-1])
        scaled = errors.value / spread
        worth = np.array([independent(column[np.isfinite(column)]) for column in scaled.T])
        pooled = scaled[np.isfinite(scaled)]
        tail = 0.5 * (1.0 - level)
        if worth.max() < EACH_SIDE / tail:
            high = _upper(np.abs(pooled), 2.0 * tail, worth.max())
            low = -high
        else:
            low, high = -_upper(-pooled, tail, worth.max()), _upper(pooled, tail, worth.max())
        unsure = np.maximum.accumulate([_unsure(tail, number) for number in worth])
        return cls(errors.steps, spread * unsure, min(low, 0.0), max(high, 0.0))

    def around(self, steps: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """``(h,)`` what to add to the expected value for the lower and for the upper bound."""
        spread = np.interp(steps, self.steps, self.spread)
        spread = spread * np.sqrt(np.maximum(steps / self.steps[-1], 1.0))
        return self.low * spread, self.high * spread

    def unit(self) -> float:
        """The spread of the shortest horizon."""
        return float(self.spread[0])


def rising(value: FloatArray, weight: FloatArray) -> FloatArray:
    """The closest numbers that never fall (isotonic regression by pooling neighbours that do).

    >>> rising(np.array([1.0, 3.0, 2.0, 4.0]), np.ones(4)).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    blocks: list[tuple[float, float, int]] = []
    for number, mass in zip(value.tolist(), weight.tolist(), strict=True):
        blocks.append((number, mass, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, wa, na), (b, wb, nb) = blocks[-2], blocks.pop()
            blocks[-1] = ((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)
    return np.repeat([block[0] for block in blocks], [block[2] for block in blocks])


def _unsure(tail: float, worth: float) -> float:
    """How much wider Student's t is than the normal distribution: a spread from few errors is not exact."""
    return student(tail, max(worth - 1.0, LEAST_FREEDOM)) / student(tail, 1e9)


def _upper(error: FloatArray, tail: float, worth: float) -> float:
    """The ``ceil((m + 1)(1 - tail)) / m`` quantile of errors worth ``m`` independent ones.

    Where there are too few for that, the largest, or what a normal distribution of that size has there.
    """
    worth = max(worth, 1.0)
    share = np.ceil((worth + 1.0) * (1.0 - tail)) / worth
    if share <= 1.0:
        return float(np.quantile(error, share, method="higher"))
    return max(float(error.max()), float(np.sqrt(np.mean(error * error))) * student(min(tail, 0.4), 1e9))
