"""The times that follow a series."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from anomaly_hunter.detect.clock import read_clock
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import Series, TimeArray

_LAST: Final = np.iinfo(np.int64).max
_DAY: Final = 86_400_000_000_000
_SECOND: Final = 1_000_000_000


def times_after(series: Series, horizon: int) -> tuple[TimeArray, bool]:
    """``(horizon,)`` times after the last one, a usual step apart, and whether there is a clock.

    Whole days are days of the series' time zone, 23 or 25 hours long where its clock changes. Without a
    clock the positions go on, one second per point from 1970.

    Raises
    ------
    DataError
        They would lie beyond the year 2262, where 64-bit nanoseconds end.

    >>> days = np.datetime64("2026-03-20T23:00") + np.arange(8) * np.timedelta64(1, "D")
    >>> series = Series.of(np.arange(8.0), days, tz="Europe/Berlin")
    >>> times_after(series, 2)[0].astype("datetime64[h]").astype(str).tolist()
    ['2026-03-28T23', '2026-03-29T22']
    """
    interval_s = read_clock(series).interval_s
    after = np.arange(1, horizon + 1)
    if not interval_s > 0:
        return ((len(series) - 1 + after) * _SECOND).view("datetime64[ns]"), False
    step, last = round(interval_s * _SECOND), int(series.time[-1].view(np.int64))
    if last + (step + _DAY) * horizon > _LAST and last + step * horizon > _LAST - _DAY:
        raise DataError(
            f"{horizon} steps after {series.when(len(series) - 1)} end after the year 2262",
            "earlier times",
            "ask for a shorter horizon, or check the times",
        )
    if step % _DAY == 0 and series.tz != "UTC":
        return _calendar_days(series, step // _DAY, horizon), series.clocked
    return (last + step * after).view("datetime64[ns]"), series.clocked


def _calendar_days(series: Series, days: int, horizon: int) -> TimeArray:
    """The same hour of local time on later days."""
    seconds = series.time[-1].astype("datetime64[s]").item().replace(tzinfo=UTC)
    local = seconds.astimezone(ZoneInfo(series.tz))
    later = [(local + timedelta(days=days * k)).astimezone(UTC) for k in range(1, horizon + 1)]
    return np.array([moment.replace(tzinfo=None) for moment in later], "datetime64[ns]")
