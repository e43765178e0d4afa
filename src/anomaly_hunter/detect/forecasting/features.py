"""What a direct forecast of ``value[origin + step]`` may look at: nothing after the origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import independent
from anomaly_hunter.stats.robust import median, scale, wide_scale

WIDTHS: Final = (1, 4, 16, 64)
"""Widths of the running means, beside that of one season."""

CYCLES: Final = 12
"""The usual course of a season is learnt from so many cycles."""

FAR: Final = 4.0
"""A value farther than this many deviations from the median of the last seven is pulled back to there."""

Place = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """A series taken apart so that a forecast from any origin can be made without looking ahead.

    ``line`` ``(n + h,)`` is a damped robust trend; ``course[c]`` the usual course of a season as known
    before cycle ``c`` begins; ``rest`` ``(n,)`` what both leave, spikes cut off; ``total`` its
    running sum and ``farthest`` its running maximum.
    """

    value: FloatArray
    slope: tuple[float, float, float]
    course: FloatArray
    rest: FloatArray
    total: FloatArray
    farthest: FloatArray
    widths: tuple[int, ...]
    lags: tuple[int, ...]

    @classmethod
    def of(cls, history: History, stop: int) -> Self:
        """Trend and size of spikes are learnt from the values before ``stop``."""
        value, period = history.value, history.period
        known_cycles = stop // period if period else 0
        slope = _trend(value[:stop], period if known_cycles >= 2 else 0)
        level = value - _line(slope, np.arange(len(value)))
        course = _courses(level, period) if period else np.zeros((1, 1))
        place = np.arange(len(value))
        rest = level - _at(course, place, place)
        rest = _without_spikes(rest, stop)
        widths = {w for w in (*WIDTHS, period) if w and (w == 1 or 3 * w <= stop)}
        lags = tuple(p for p in history.seasons if 2 * p <= stop)
        total, farthest = np.append(0.0, np.cumsum(rest)), np.maximum.accumulate(np.abs(rest))
        return cls(value, slope, course, rest, total, farthest, tuple(sorted(widths)), lags)

    def base(self, origin: Place, step: Place) -> FloatArray:
        """Trend and usual course at ``origin + step``; the arguments are broadcast."""
        return _line(self.slope, origin + step) + _at(self.course, origin, origin + step)

    def columns(self, origin: Place, step: Place) -> FloatArray:
        """``(..., k)``: running means of the rest, the rest one and three seasons ago, the usual course."""
        origin, step = np.broadcast_arrays(origin, step)
        found = [self._mean(np.maximum(origin - width, -1), origin) for width in self.widths]
        for lag in self.lags:
            half = lag // 48
            same = origin + step - lag * -(-step // lag)
            past = [
                self._mean(same - back * lag - half - 1, np.minimum(same - back * lag + half, origin))
                for back in range(3)
            ]
            found += [past[0], (past[0] + past[1] + past[2]) / 3.0]
        if len(self.course) > 1:
            found.append(_at(self.course, origin, origin + step))
        return np.stack(found, axis=-1)

    def _mean(self, before: Place, last: Place) -> FloatArray:
        """Mean of the rest over ``(before, last]``, 0 where that lies before the first value."""
        low, high = np.maximum(before, -1) + 1, np.maximum(last, -1) + 1
        mean: FloatArray = (self.total[high] - self.total[low]) / np.maximum(high - low, 1)
        return mean


def _at(course: FloatArray, origin: Place, target: Place) -> FloatArray:
    cycles, period = course.shape
    found: FloatArray = course[np.minimum(origin // period, cycles - 1), target % period]
    return found


def _line(slope: tuple[float, float, float], place: Place) -> FloatArray:
    """``rise * place`` up to ``end``, then more and more slowly: in all ``reach`` steps further."""
    rise, end, reach = slope
    if rise == 0.0:
        return np.zeros(np.shape(place))
    after = np.maximum(place - end, 0.0)
    line: FloatArray = rise * (np.minimum(place, end) - reach * np.expm1(-after / reach))
    return line


def _trend(value: FloatArray, period: int) -> tuple[float, float, float]:
    """Slope between the medians of the first and last third (Tukey 1977), 0 where it may be chance."""
    n = len(value)
    reach = max(n / 6.0, 1.0)
    whole = n - n % period if period and n // period >= 6 else n
    part = value[n - whole :]
    third = max(whole // 3, 1)
    third -= third % period if period and third >= period else 0
    rise = (median(part[-third:]) - median(part[:third])) / max(whole - third, 1)
    rest = part - rise * np.arange(whole)
    if period and whole >= period:
        rest = rest[: whole - whole % period].reshape(-1, period).mean(axis=1)
    rest = rest - median(rest)
    noise = scale(rest, 0.0)
    error = noise * np.sqrt(12.0 / max(independent(rest), 2.0)) / whole
    return (rise if abs(rise) > 4.0 * error and abs(rise) > 0 else 0.0, float(n), reach)


def _courses(level: FloatArray, period: int) -> FloatArray:
    """``(cycles + 1, period)`` mean of the middle half of the last twelve cycles, before each cycle."""
    cycles = len(level) // period
    rows = level[: cycles * period].reshape(cycles, period)
    rows = rows - np.median(rows, axis=1, keepdims=True)
    courses = np.zeros((cycles + 1, period))
    for cycle in range(1, min(cycles, CYCLES) + 1):
        courses[cycle] = _middle(np.sort(rows[:cycle], axis=0))
    if cycles > CYCLES:
        seen = np.lib.stride_tricks.sliding_window_view(rows, CYCLES, axis=0)[1:]
        courses[CYCLES + 1 :] = _middle(np.moveaxis(np.sort(seen, axis=-1), -1, 0))
    return courses


def _middle(ordered: FloatArray) -> FloatArray:
    """Mean over the first axis without its lowest and highest quarter."""
    cut = len(ordered) // 4
    mean: FloatArray = ordered[cut : len(ordered) - cut].mean(axis=0)
    return mean


def _without_spikes(rest: FloatArray, stop: int) -> FloatArray:
    width = 7
    if len(rest) < width:
        return rest
    padded = np.concatenate([np.full(width - 1, rest[0]), rest])
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    middle = np.partition(windows, width // 2, axis=1)[:, width // 2]
    gap = rest - middle
    far = FAR * wide_scale(gap[:stop], 0.0)
    return middle + np.clip(gap, -far, far)
