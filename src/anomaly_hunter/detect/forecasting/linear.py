"""A linear answer to recent values, one for each horizon, around trend and season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.detect.forecasting.features import Features
from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.detect.forecasting.steps import anchors
from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.robust import median

ROWS: Final = 2_000
"""Origins that coefficients are learnt from."""

ROUNDS: Final = 3
"""Rounds of reweighting: from least squares to nearly least absolute deviations."""


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Features and ``(steps, k + 1)`` coefficients, interpolated over the logarithm of the horizon."""

    features: Features
    steps: IntArray
    coefficients: FloatArray

    def ahead(self, origins: IntArray, steps: IntArray) -> FloatArray:
        """``(origins, steps)`` expected values."""
        where = np.log(np.minimum(steps, self.steps[-1]))
        knots = np.log(self.steps)
        b = np.stack([np.interp(where, knots, column) for column in self.coefficients.T], axis=-1)
        origin, step = origins[:, None], steps[None, :]
        x = self.features.columns(origin, step)
        far = self.features.farthest[origin]
        rest = np.clip(np.einsum("osk,sk->os", x, b[:, :-1]) + b[:, -1], -far, far)
        expected: FloatArray = self.features.base(origin, step) + rest
        return expected


def learn_linear(history: History, stop: int, horizon: int) -> Linear:
    """Trend, course and coefficients from the values before ``stop``."""
    features = Features.of(history, stop)
    steps = anchors(max(min(horizon, stop // 2), 1))
    found = []
    for step in steps:
        rows = training_rows(history, stop, int(step), ROWS)
        y = history.value[rows + step] - features.base(rows, step)
        found.append(_least_deviations(features.columns(rows, step), y, float(step)))
    return Linear(features, steps, np.array(found))


def training_rows(history: History, stop: int, step: int, most: int) -> IntArray:
    """Origins whose target ``step`` ahead lies before ``stop`` and is known, at most so many.

    The first of each season is left out where there are three: nothing is known of one before.
    """
    first = max((season for season in history.seasons if stop >= 3 * season), default=min(4, stop // 3))
    rows = np.linspace(first, max(stop - step - 1, first), most).astype(np.int64)
    rows = rows[np.diff(rows, prepend=-1) > 0]
    rows = rows[rows + step < stop]
    usable: IntArray = rows[history.known[rows + step]]
    return usable


def _least_deviations(x: FloatArray, y: FloatArray, step: float) -> FloatArray:
    """``(k + 1,)`` coefficients and constant; drawn to 0 as by ``2 (1 + step)`` more values.

    Targets of neighbouring origins share most of their way, so long horizons have fewer independent
    ones.
    """
    k = x.shape[1] + 1
    if not len(y):
        return np.zeros(k)
    full = np.column_stack([x, np.ones(len(y))])
    size = np.sqrt(np.mean(full * full, axis=0))
    size = np.where(size > 1e-12, size, np.inf)
    full = full / size
    weight = np.ones(len(y))
    b = np.zeros(k)
    for _ in range(1 + ROUNDS):
        weighted = full * weight[:, None]
        left = weighted.T @ full + 2.0 * (1.0 + step) * np.eye(k) * float(weight.mean())
        b = np.linalg.solve(left, weighted.T @ y)
        error = np.abs(y - full @ b)
        knee = 0.5 * median(error)
        if not knee > 0:
            break
        weight = np.minimum(1.0, knee / np.maximum(error, knee))
    found: FloatArray = b / size
    return found
