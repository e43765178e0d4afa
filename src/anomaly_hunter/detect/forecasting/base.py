"""What every forecaster of ours does in the same way: read, try itself on the past, give intervals, score."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import pairwise
from typing import ClassVar, Final, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.expecting import needed
from anomaly_hunter.detect.forecasting.contract import Forecast, Learned
from anomaly_hunter.detect.forecasting.history import MOST, History, Scale, read_history
from anomaly_hunter.detect.forecasting.intervals import Errors, Intervals
from anomaly_hunter.detect.forecasting.packages import require
from anomaly_hunter.detect.forecasting.steps import anchors
from anomaly_hunter.detect.forecasting.times import times_after
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import FloatArray, IntArray, Profile, Series
from anomaly_hunter.stats.robust import scale

MOST_AHEAD: Final = 10_000
"""The longest horizon, in points."""


class Forecasting(ABC):
    """A forecaster from one method: :meth:`learn`.

    Parameters
    ----------
    period:
        Points per season; None: it is looked for; 0: there is none.
    counts:
        The values are numbers of events: forecasts are never negative and bounds are whole numbers.
    """

    name: ClassVar[str]
    takes: ClassVar[Takes] = "series"
    pointwise: ClassVar[bool] = True
    refits: ClassVar[int] = 4
    """How often it learns anew to try itself on the past."""
    origins: ClassVar[int] = 60
    """From how many points after each of them a forecast is tried."""
    most: ClassVar[int] = MOST
    """So many points it learns from, the last ones."""
    packages: ClassVar[tuple[str, ...]] = ()
    """What must be installed."""

    def __init__(self, period: int | None = None, counts: bool = False) -> None:
        require(self)
        self.period = period
        self.counts = counts
        self._series = Series.of(np.empty(0))

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """With the season of the series, and for counts where it holds counts."""
        return cls(profile.period, profile.counts)

    @abstractmethod
    def learn(self, history: History, stop: int, horizon: int) -> Learned:
        """Learn from ``history`` before ``stop`` alone, for forecasts up to ``horizon`` steps ahead."""

    def fit(self, data: Series | FloatArray, time: npt.ArrayLike | None = None) -> Self:
        """Take the history. Returns itself.

        Raises
        ------
        DataError
            More than one channel, no numbers, or infinite values.
        """
        if not isinstance(data, Series):
            data = Series.of(one_series(data, self.name), time)
        elif data.value.ndim != 1:
            one_series(data.value, self.name)
        self._series = data
        return self

    def predict(self, horizon: int, level: float = 0.95) -> Forecast:
        """The next ``horizon`` values, and intervals from errors of forecasts that rolled over the history.

        Raises
        ------
        UsageError
            The horizon is not between 1 and 10,000, or the level not between 0.5 and 0.999.
        DataError
            Too few values are known: 8, or 30 where less than a twentieth of the times have one.
        """
        _check(horizon, level)
        series = self._series
        history = self._history(series)
        if int(history.known.sum()) < needed(len(history)):
            raise too_few(series, int(history.known.sum()), needed(len(history)))
        steps = np.arange(1, horizon + 1)
        n = len(history)
        if bool((history.value == history.value[0]).all()):
            middle, low, high = np.zeros(horizon) + history.value[0], np.zeros(horizon), np.zeros(horizon)
        else:
            errors = self.errors(history, horizon)
            middle = self.learn(history, n, horizon).ahead(np.array([n - 1]), steps)[0]
            low, high = Intervals.of(errors, level).around(steps)
        expected, lower, upper = _in_unit(history.scale, middle, low, high)
        time, clocked = times_after(series, horizon)
        return Forecast(time, expected, lower, upper, level, series.title, self.name, clocked)

    def errors(self, history: History, horizon: int) -> Errors:
        """Errors of forecasts from origins in the second half, each learnt from what lies before."""
        n = len(history)
        first = min(max(n // 2, 4), n - 2)
        reach = max(min(horizon, (n - first) // 2), 1)
        steps = anchors(reach)
        edges = np.unique(np.linspace(first, n - 1, self.refits + 1).astype(int))
        rows = []
        for start, stop in pairwise(edges.tolist()):
            origins = np.unique(np.linspace(start - 1, stop - 2, min(self.origins, stop - start)).astype(int))
            expected = self.learn(history, start, reach).ahead(origins, steps)
            rows.append(_actual(history, origins, steps) - expected)
        return Errors(steps, np.concatenate(rows))

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` |actual - expected| over the spread of such errors; expected from other parts alone.

        Eight blocks in the order of time, each forecast by what was learnt before it; the first quarter
        is forecast backwards from what comes after.
        """
        value = one_series(data, self.name)
        if int(np.isfinite(value).sum()) < needed(len(value)):
            return np.zeros(len(value))
        history = self._history(Series.of(value))
        error = np.zeros(len(value))
        late = self._one_ahead(history, max(len(history) // 4, 4))
        early = self._one_ahead(history.reversed(), len(history) - max(len(history) // 4, 4))[::-1]
        both = np.where(np.isfinite(late), late, early)
        error[len(value) - len(both) :] = np.nan_to_num(both)
        unit = scale(both[np.isfinite(both) & history.known], 0.0)
        return blank_missing(np.abs(error) / unit if unit > 0 else np.zeros(len(value)), value)

    def _one_ahead(self, history: History, first: int) -> FloatArray:
        """``(n,)`` actual minus expected from the value before, NaN before ``first``."""
        n = len(history)
        error = np.full(n, np.nan)
        edges = np.unique(np.linspace(first, n, self.refits + 1).astype(int))
        for start, stop in pairwise(edges.tolist()):
            origins = np.arange(start - 1, stop - 1)
            expected = self.learn(history, start, 1).ahead(origins, np.array([1]))[:, 0]
            error[start:stop] = history.value[start:stop] - expected
        return error

    def _history(self, series: Series) -> History:
        return read_history(series, self.period, self.counts, self.most)


def too_few(series: Series, known: int, least: int) -> DataError:
    """What is said of a series too short to forecast."""
    some = f"{known or 'no'} value{'s' * (known != 1)}"
    return DataError(f"series {series.title!r} has {some}", f"at least {least}", "give it a longer history")


def _check(horizon: int, level: float) -> None:
    if not 1 <= horizon <= MOST_AHEAD:
        cure = "count the points to forecast; add points up to a longer interval for a longer time"
        raise UsageError(f"the horizon is {horizon}", f"1 to {MOST_AHEAD}", cure)
    if not 0.5 <= level <= 0.999:
        raise UsageError(f"the level is {level}", "0.5 to 0.999", "write 0.95 for 95%")


def _actual(history: History, origins: IntArray, steps: IntArray) -> FloatArray:
    """``(origins, steps)`` what came, NaN where it is not known."""
    place = origins[:, None] + steps
    inside = place < len(history)
    place = np.minimum(place, len(history) - 1)
    return np.where(inside & history.known[place], history.value[place], np.nan)


def _in_unit(
    unit: Scale, middle: FloatArray, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """In the unit of the data; bounds of counts are the whole numbers inside, which lose no coverage."""
    expected, lower, upper = unit.back(middle), unit.back(middle + low), unit.back(middle + high)
    if unit.counts:
        lower, upper = np.ceil(np.maximum(lower - 1e-9, 0.0)), np.floor(upper + 1e-9)
        lower, upper = np.minimum(lower, np.floor(expected)), np.maximum(upper, np.ceil(expected))
    return expected, np.minimum(lower, expected), np.maximum(upper, expected)
