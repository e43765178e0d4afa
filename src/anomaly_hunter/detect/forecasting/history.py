"""The history of a series as forecasters see it: on a regular grid, without holes, on a safe scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.clock import read_clock
from anomaly_hunter.detect.profile import clock_periods, profile
from anomaly_hunter.model import FloatArray, Series, TimeArray
from anomaly_hunter.stats.robust import median, tame, wide_scale

MOST = 50_000
"""So many points are looked at, the last ones."""

SPARSE = 4
"""A grid with more places per point than this is no grid: the points are taken in their order."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From the unit of the data to one where the median is 0 and the spread 1, and back.

    Counts go through ``2 sqrt(y + 3/8)``, after which Poisson noise has one size (Anscombe 1948);
    quantiles keep their probability through a function that only rises.

    >>> s = Scale.of(np.array([4.0, 9.0, 16.0, 25.0]), counts=True)
    >>> s.back(s.to(np.array([7.0]))).round(6).tolist()
    [7.0]
    """

    factor: float
    centre: float
    unit: float
    counts: bool
    positive: bool

    @classmethod
    def of(cls, value: FloatArray, counts: bool) -> Self:
        """Learn from ``(n,)`` values, NaN = missing."""
        known = value[np.isfinite(value)]
        calm, factor = tame(known)
        counts = counts and factor == 1.0 and bool((known >= 0).all())
        if counts:
            calm = 2.0 * np.sqrt(calm + 0.375)
        centre = median(calm)
        unit = wide_scale(calm, centre)
        return cls(factor, centre, unit if unit > 0 else 1.0, counts, bool((known >= 0).all()))

    def to(self, value: FloatArray) -> FloatArray:
        """Standardised, clipped to ±1e8."""
        with np.errstate(over="ignore", under="ignore"):
            calm = np.ldexp(value, round(np.log2(self.factor)))
            if self.counts:
                calm = 2.0 * np.sqrt(np.maximum(calm, 0.0) + 0.375)
            clipped: FloatArray = np.clip((calm - self.centre) / self.unit, -1e8, 1e8)
        return clipped

    def back(self, standard: FloatArray) -> FloatArray:
        """In the unit of the data; never below zero where the history never was."""
        most = np.finfo(np.float64).max
        with np.errstate(over="ignore", under="ignore"):
            calm = standard * self.unit + self.centre
            if self.counts:
                calm = np.maximum(calm, 1.2247448713915890) ** 2 / 4.0 - 0.375
            raw: FloatArray = np.clip(calm / self.factor, -most, most)
        return np.maximum(raw, 0.0) if self.positive else raw


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """``(n,)`` standardised values in a row.

    ``known`` marks those that were measured; a hole holds the value of a season before, else the
    last one before it, so that no value rests on a later one. ``seasons`` are lengths in points, the
    strongest first: one that was found, then a day and a week of the clock. ``found`` says whether
    there is one of the first kind. ``time`` is None without a clock.
    """

    value: FloatArray
    known: npt.NDArray[np.bool_]
    scale: Scale
    seasons: tuple[int, ...] = ()
    found: bool = False
    time: TimeArray | None = None

    def __len__(self) -> int:
        return len(self.value)

    @property
    def period(self) -> int:
        """The season that was found in the values, 0 for none."""
        return self.seasons[0] if self.found else 0

    def reversed(self) -> History:
        """The same history, the last value first."""
        turned = None if self.time is None else self.time[::-1]
        return History(
            self.value[::-1].copy(), self.known[::-1].copy(), self.scale, self.seasons, self.found, turned
        )


def read_history(
    series: Series, period: int | None = None, counts: bool = False, most: int = MOST
) -> History:
    """The last ``most`` points of a series of one channel.

    ``period`` in points is taken as given; None: it is looked for; 0: there is none.

    >>> h = read_history(Series.of([1.0, np.nan, 3.0] + [2.0, 4.0] * 8))
    >>> len(h), int(h.known.sum()), h.period
    (19, 18, 2)
    """
    value, time, interval_s = on_grid(series)
    value = value[-most:]
    about = profile(value, interval_s, counts or series.counts, period)
    known = np.isfinite(value)
    scale = Scale.of(value, about.counts)
    n = len(value)
    by_clock = [p for p in clock_periods(interval_s) if 3 * p <= n and p != about.period]
    seasons = tuple([about.period] * bool(about.period) + by_clock)
    filled = _filled(scale.to(value), known, about.period)
    return History(filled, known, scale, seasons, bool(about.period), None if time is None else time[-most:])


def on_grid(series: Series) -> tuple[FloatArray, TimeArray | None, float]:
    """Values at regular times (of two at one time the mean), those times, and the step in seconds.

    Where times are no grid at all, the points in their order and no times.
    """
    clock = read_clock(series)
    step = clock.interval_s * 1e9
    if not step >= 1 or not len(series):
        return series.value, None, float("nan")
    stamps = series.time.view(np.int64)
    place = np.round((stamps - stamps[0]) / step).astype(np.int64)
    size = int(place[-1]) + 1
    if size > SPARSE * len(series):
        return series.value, None, float("nan")
    value = _means(place, series.value, size)
    last = stamps[-1] - (np.arange(size)[::-1] * step).round().astype(np.int64)
    return value, last.view("datetime64[ns]"), clock.interval_s


def _means(place: npt.NDArray[np.int64], value: FloatArray, size: int) -> FloatArray:
    """The mean of the known values at each place, NaN where there are none."""
    known = np.isfinite(value)
    if len(value) == size and bool((np.diff(place) == 1).all()):
        return value
    number = np.bincount(place[known], minlength=size)
    with np.errstate(over="ignore"):
        mean = np.bincount(place[known], value[known] / number[place[known]], size)
    empty: FloatArray = np.where(number == 0, np.nan, mean)
    return empty


def _filled(value: FloatArray, known: npt.NDArray[np.bool_], period: int) -> FloatArray:
    if known.all() or not known.any():
        return np.nan_to_num(value)
    first = int(np.argmax(known))
    last_known = np.maximum.accumulate(np.where(known, np.arange(len(value)), first))
    result = value[last_known]
    if period:
        for start in range(period, len(value), period):
            part = slice(start, min(start + period, len(value)))
            before = result[start - period : start][: part.stop - start]
            result[part] = np.where(known[part], result[part], before)
    return result
