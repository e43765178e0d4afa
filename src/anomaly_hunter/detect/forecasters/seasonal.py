"""The built-in forecaster: trend, season, and what recent values say beyond both."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.detect.forecasting.base import Forecasting
from anomaly_hunter.detect.forecasting.contract import Learned
from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.detect.forecasting.linear import learn_linear


class Seasonal(Forecasting):
    """Damped trend plus usual course of the season plus a linear answer to recent values.

    ``y[t + h] = line[t + h] + course[t + h] + b_h . x[t]``: ``course`` is the mean of the middle half of
    the last twelve cycles; ``x`` holds running means of what line and course leave, over 1, 4, 16
    and 64 points and a season, and its value one season ago and over three; ``b_h`` is learnt for
    each of a few horizons by least absolute deviations, drawn towards 0, and interpolated between them.

    >>> import numpy as np
    >>> t = np.arange(400)
    >>> x = 50 + 10 * np.sin(t * 2 * np.pi / 24) + np.random.default_rng(0).normal(0, 1, 400)
    >>> found = Seasonal().fit(x).predict(24)
    >>> truth = 50 + 10 * np.sin(np.arange(400, 424) * 2 * np.pi / 24)
    >>> bool(np.abs(found.expected - truth).max() < 2), bool((found.lower < truth).all())
    (True, True)
    """

    name: ClassVar[str] = "seasonal"

    def learn(self, history: History, stop: int, horizon: int) -> Learned:
        """Trend, course and coefficients."""
        return learn_linear(history, stop, horizon)
