"""What is forecast with: ours, and the simple methods that any forecaster has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.bench.others.windows import filled
from anomaly_hunter.bench.window import autocorrelation_window
from anomaly_hunter.model import FloatArray, Series


class Forecast(NamedTuple):
    """``(steps,)`` expected values and the ends of their 95% interval."""

    expected: FloatArray
    lower: FloatArray
    upper: FloatArray


Forecaster: TypeAlias = Callable[[FloatArray, FloatArray | None, int], Forecast]
"""``forecaster(value, time_s, steps)``: what comes in the next ``steps`` points."""

_Z95: Final = 1.96


def last(value: FloatArray, time_s: FloatArray | None, steps: int) -> Forecast:
    """The last value goes on; a random walk's interval: 1.96 deviations of the steps, times sqrt(h).

    >>> last(np.array([1.0, 2.0, 1.0, 2.0]), None, 2).expected.tolist()
    [2.0, 2.0]
    """
    x = filled(value)[:, 0]
    wide = _Z95 * float(np.diff(x).std() if len(x) > 1 else 0.0) * np.sqrt(np.arange(1, steps + 1))
    expected = np.full(steps, x[-1])
    return Forecast(expected, expected - wide, expected + wide)


def seasonal_naive(value: FloatArray, time_s: FloatArray | None, steps: int) -> Forecast:
    """The last season goes on, the season by autocorrelation or a day; interval from seasonal differences.

    >>> seasonal_naive(np.tile([1.0, 2.0, 5.0, 2.0, 1.0, 0.0, 0.0, 0.0], 40), None, 3).expected.tolist()
    [1.0, 2.0, 5.0]
    """
    x = filled(value)[:, 0]
    period = season(x, time_s)
    ahead = np.arange(steps)
    expected = x[len(x) - period + ahead % period]
    gaps = x[period:] - x[:-period]
    spread = float(gaps.std()) if len(gaps) else 0.0
    wide = _Z95 * spread * np.sqrt(1 + ahead // period)
    return Forecast(expected, expected - wide, expected + wide)


def season(value: FloatArray, time_s: FloatArray | None) -> int:
    """Points per day where there is a clock and two days of data, else by autocorrelation."""
    period = autocorrelation_window(value)
    if time_s is not None and len(time_s) > 1:
        step = float(np.median(np.diff(time_s)))
        day = round(86_400 / step) if step > 0 else 0
        period = day if day >= 2 and 2 * day <= len(value) else period
    return max(1, min(period, len(value)))


def product(name: str) -> Forecaster:
    """The forecaster of this name in the registry."""

    def forecast(value: FloatArray, time_s: FloatArray | None, steps: int) -> Forecast:
        time = None if time_s is None else (np.asarray(time_s) * 1e9).astype(np.int64).view("datetime64[ns]")
        said = registry.lookup("forecasters", name)().fit(Series.of(value, time)).predict(steps)
        return Forecast(said.expected, said.lower, said.upper)

    return forecast


def forecasters() -> Mapping[str, Forecaster]:
    """The simple ones, and those of the registry whose packages are installed."""
    installed = [entry.name for entry in registry.describe("forecasters") if entry.installed]
    return SIMPLE | {name: product(name) for name in installed}


SIMPLE: Final[dict[str, Forecaster]] = {"last": last, "seasonal-naive": seasonal_naive}
USUAL: Final = (*SIMPLE, "seasonal")
"""What is run when nothing was asked for."""
