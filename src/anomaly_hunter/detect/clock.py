"""The step of a series in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.model import Series
from anomaly_hunter.stats.robust import median

WEEK_S = 604_800.0
WEEK_POINTS = 10_080
"""Points that count as a week where there is no clock: one a minute."""

LEAST_POINTS = 2_016
"""Points that a week with a clock holds at least: one in five minutes."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The usual step in seconds (NaN: none), and whether nine in ten steps keep it within a tenth."""

    interval_s: float
    regular: bool
    weeks: float


def read_clock(series: Series) -> Clock:
    """The clock of a series; ``weeks`` is the time it spans, at most one week per 2,016
    points; without a clock one per 10,080.

    >>> minutes = np.datetime64("2026-01-01T00:00") + np.arange(3)
    >>> read_clock(Series.of([1.0, 2.0, 3.0], minutes)).interval_s
    60.0
    """
    n = len(series)
    most = n / WEEK_POINTS
    if not series.clocked or n < 2:
        return Clock(float("nan"), False, most)
    stamps = series.time.view(np.int64)
    steps = np.diff(stamps)
    usual = median(steps)
    if not usual > 0:
        positive = steps[steps > 0]
        usual = median(positive) if len(positive) else float("nan")
    if not usual > 0:
        return Clock(float("nan"), False, most)
    regular = bool(np.count_nonzero(np.abs(steps - usual) <= 0.1 * usual) >= 0.9 * len(steps))
    weeks = (float(stamps[-1]) - float(stamps[0])) / 1e9 / WEEK_S
    return Clock(usual / 1e9, regular, min(weeks, n / LEAST_POINTS))
