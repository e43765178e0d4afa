"""Prophet (Taylor & Letham 2018)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.detect.forecasting.base import Forecasting
from anomaly_hunter.detect.forecasting.contract import Learned
from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.model import FloatArray, IntArray, TimeArray

LOGGERS: Final = ("prophet", "prophet.plot", "prophet.models", "cmdstanpy", "stan")
DAY_NS: Final = 86_400_000_000_000
HOUR_NS: Final = DAY_NS // 24
FIRST: Final = np.datetime64("2000-01-03", "ns")
"""Where positions without a clock begin, an hour apart."""


class Prophet(Forecasting):
    """Piecewise linear trend and Fourier series of the day, the week, the year and the season found.

    The package's own defaults, without its intervals: ours come from errors on the past, as for
    all forecasters. What it expects is a function of time alone; values after those it learnt from do
    not move it.
    """

    name: ClassVar[str] = "prophet"
    packages: ClassVar[tuple[str, ...]] = ("prophet",)
    refits: ClassVar[int] = 3
    origins: ClassVar[int] = 20
    most: ClassVar[int] = 5_000

    def learn(self, history: History, stop: int, horizon: int) -> Learned:
        """Trend and Fourier coefficients."""
        times = _times(history, horizon)
        with _silent():
            import pandas
            from prophet import Prophet as Model

            known = history.known[:stop]
            frame = pandas.DataFrame({"ds": times[:stop][known], "y": history.value[:stop][known]})
            if len(frame) < 2:
                return _Curve(np.zeros(len(times)))
            model = Model(uncertainty_samples=0)
            for season in _seasons(history, times):
                model.add_seasonality(**season)
            model.fit(frame, seed=0)
            last = min(len(times), len(history) + horizon)
            curve = model.predict(pandas.DataFrame({"ds": times[:last]}))["yhat"].to_numpy(np.float64)
        return _Curve(np.nan_to_num(curve))


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    expected: FloatArray

    def ahead(self, origins: IntArray, steps: IntArray) -> FloatArray:
        found: FloatArray = self.expected[np.minimum(origins[:, None] + steps, len(self.expected) - 1)]
        return found


def _times(history: History, horizon: int) -> TimeArray:
    """``(n + horizon,)`` times of the history and after it."""
    n = len(history)
    if history.time is None or n < 2:
        step = HOUR_NS
        first = FIRST
    else:
        first = history.time[0]
        step = max(int((history.time[-1] - first).astype(np.int64)) // (n - 1), 1)
    later: TimeArray = first + (step * np.arange(n + horizon)).astype("timedelta64[ns]")
    return later


def _seasons(history: History, times: TimeArray) -> Iterator[dict[str, Any]]:
    """The season found in the values, where it is neither a day nor a week."""
    period = history.period
    if not period:
        return
    days = period * float((times[1] - times[0]).astype(np.int64)) / DAY_NS
    if abs(days - 1) > 0.01 and abs(days - 7) > 0.07:
        yield {"name": "found", "period": days, "fourier_order": int(min(max(period // 3, 1), 10))}


@contextmanager
def _silent() -> Iterator[None]:
    """No warning and no log line of Prophet and of the compiler behind it."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [logger.disabled for logger in loggers]
    try:
        for logger in loggers:
            logger.disabled = True
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
