"""What a series is like."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.counts import looks_like_counts
from anomaly_hunter.stats.robust import fill, mad, median, standard, tame
from anomaly_hunter.stats.season import find_period, phase_course

DAY_S = 86_400.0
WEEK_S = 7 * DAY_S


def profile(
    value: FloatArray, interval_s: float = float("nan"), counts: bool = False, period: int | None = None
) -> Profile:
    """Describe a series: ``(n,)`` values with NaN = missing, ``interval_s`` seconds apart.

    ``period`` in points is taken as given; None: it is looked for, also at a day and a week of
    the clock; 0: there is none. The trend is the slope between the medians of the first and the
    last third (Tukey's resistant line).

    >>> day = 10 * np.sin(np.arange(24 * 9) / 24 * 2 * np.pi)
    >>> profile(day + np.random.default_rng(0).normal(size=216), interval_s=3600.0).period
    24
    >>> profile(np.random.default_rng(0).normal(size=216), interval_s=3600.0).period
    0
    """
    n = len(value)
    present = np.isfinite(value)
    known = value if present.all() else value[present]
    if len(known) == 0:
        return Profile(n, interval_s, n, 0, 0.0, 0.0, 0.0, float("nan"), counts, True)
    calm, factor = tame(known)
    constant = bool((known == known[0]).all())
    level = median(calm)
    whole = calm if len(known) == n else fill(tame(value)[0])
    season, strength = 0, 0.0
    if not constant:
        season, strength = _season(whole, interval_s, period)
    third = max(len(whole) // 3, 1)
    slope = (median(whole[-third:]) - median(whole[:third])) / max(n - third, 1)
    rest = whole - slope * np.arange(n)
    if season:
        rest = rest - np.resize(phase_course(rest, season), n)
    noise = mad(rest)
    whole_numbers = counts or looks_like_counts(calm, noise)
    with np.errstate(over="ignore", under="ignore"):
        limit = np.finfo(float).max
        back = np.clip(np.array([slope, noise, level]) / factor, -limit, limit)
    missing = n - len(known)
    trend, noise, level = (float(number) for number in back)
    return Profile(n, interval_s, missing, season, strength, trend, noise, level, whole_numbers, constant)


def clock_periods(interval_s: float) -> tuple[int, ...]:
    """A day and a week in points, where that is a whole number of two or more.

    >>> clock_periods(3600.0), clock_periods(86400.0), clock_periods(float("nan"))
    ((24, 168), (7,), ())
    """
    if not interval_s > 0:
        return ()
    points = [span / interval_s for span in (DAY_S, WEEK_S)]
    return tuple(round(p) for p in points if p >= 2 and abs(p - round(p)) < 0.01)


def unused_season(period: int, n: int) -> str:
    """What is said of a given season that ``n`` points cannot show.

    >>> unused_season(1_000, 600)
    'seasonality is 1,000 and was not used: 600 points can show seasons of 2 to 300'
    """
    return f"seasonality is {period:,} and was not used: {n:,} points can show seasons of 2 to {n // 2:,}"


def _season(value: FloatArray, interval_s: float, period: int | None) -> tuple[int, float]:
    if period is not None:
        return (period, 1.0) if 2 <= period <= len(value) // 2 else (0, 0.0)
    return find_period(standard(value), clock_periods(interval_s))
