"""ARIMA of a small order by statsmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.detect.forecasting.base import Forecasting
from anomaly_hunter.detect.forecasting.contract import Learned
from anomaly_hunter.detect.forecasting.features import Features
from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.model import FloatArray, IntArray

SEEN: Final = 1_000
"""Coefficients are learnt from so many points, the last ones."""

ORDERS: Final = {
    0: ((1, 0, 0), (2, 0, 0), (1, 0, 1)),
    1: ((0, 1, 1), (1, 1, 1)),
}
"""Orders that are tried, without and with a difference."""

UNIT_ROOT: Final = -2.86
"""A Dickey-Fuller statistic above this does not speak against a unit root at 5%."""


class Arima(Forecasting):
    """ARIMA on what trend and season leave, its order chosen among five by AICc.

    Differenced once where an augmented Dickey-Fuller test does not speak against a unit root; then
    the order with the least AICc (Hurvich & Tsai 1989). Learnt by maximum likelihood from the last
    1,000 points, in at most 40 iterations, so that the time is bounded.
    """

    name: ClassVar[str] = "arima"
    packages: ClassVar[tuple[str, ...]] = ("statsmodels",)
    most: ClassVar[int] = 20_000

    def learn(self, history: History, stop: int, horizon: int) -> Learned:
        """Order and coefficients."""
        features = Features.of(history, stop)
        part = features.rest[max(stop - SEEN, 0) : stop]
        centre = float(part.mean())
        found = _fitted(part - centre)
        if found is None:
            return _Filtered(features, centre, np.zeros((1, 1)), np.zeros(1), np.zeros((1, len(history) + 1)))
        states = found.apply(features.rest - centre).filter_results
        transition, design = states.transition[:, :, 0], states.design[0, :, 0]
        return _Filtered(features, centre, transition, design, states.predicted_state)


@dataclass(frozen=True, slots=True, eq=False)
class _Filtered:
    """Forecast ``h`` after ``t``: ``Z T^(h-1) a[t+1]`` with the state predicted from values up to ``t``."""

    features: Features
    centre: float
    transition: FloatArray
    design: FloatArray
    states: FloatArray

    def ahead(self, origins: IntArray, steps: IntArray) -> FloatArray:
        state = self.states[:, origins + 1]
        result = np.empty((len(origins), len(steps)))
        done = 1
        for column, step in enumerate(steps.tolist()):
            for _ in range(step - done):
                state = self.transition @ state
            done = step
            result[:, column] = self.design @ state
        base: FloatArray = self.features.base(origins[:, None], steps[None, :])
        return base + self.centre + result


def _fitted(part: FloatArray) -> Any:
    """The result with the least AICc, None where nothing varies."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    from statsmodels.tsa.stattools import adfuller

    n = len(part)
    if n < 12 or not float(np.ptp(part)) > 1e-9:
        return None
    best, least = None, np.inf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            root = adfuller(part, maxlag=min(8, n // 4 - 1), autolag=None)[0] > UNIT_ROOT
            for order in ORDERS[int(root)]:
                model = SARIMAX(part, order=order, trend="n")
                found = model.fit(disp=0, maxiter=40, cov_type="none")
                if np.isfinite(found.aicc) and found.aicc < least:
                    best, least = found, found.aicc
        except (np.linalg.LinAlgError, ValueError):  # a part so regular that a matrix is singular
            return best
    return best
