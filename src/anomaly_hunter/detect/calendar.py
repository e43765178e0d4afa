"""Where each point stands in the day and in the week, by the clock that people there live by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.clock import WEEK_S, Clock
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray, IntArray, Series

BoolArray = npt.NDArray[np.bool_]

DAY_S = 86_400
HOUR_S = 3_600
MONDAY_S = 4 * DAY_S
"""1970 began on a Thursday; its first Monday was four days later."""

SPARSE = 4
"""Where the points fill less than a fourth of their time, their order counts and not the clock."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """``slot`` is ``(n,)``: steps since a Monday 00:00 (local), or the position without a clock.

    ``day`` and ``week`` are in steps, 0 where the step does not divide them (or a day is one
    step). ``date`` is ``(n,)``, the local days since 1970; ``special`` marks the points of
    holidays and the like. Both are empty without a clock.
    """

    slot: IntArray
    day: int
    week: int
    date: IntArray
    special: BoolArray

    @property
    def clocked(self) -> bool:
        """Are the slots times of the week?"""
        return len(self.date) > 0


def no_calendar(n: int) -> Calendar:
    """The calendar of ``n`` points without a clock."""
    return Calendar(np.arange(n), 0, 0, np.empty(0, np.int64), np.zeros(n, bool))


def read_calendar(series: Series, clock: Clock, special: IntArray | None = None) -> Calendar:
    """The calendar of a series, by the local time of ``series.tz``; ``special`` are local days since 1970.

    >>> hours = np.datetime64("2026-01-05T00:00") + np.arange(3) * np.timedelta64(1, "h")
    >>> read = read_calendar(Series.of([1.0, 2.0, 3.0], hours), Clock(3600.0, True, 0.0))
    >>> (read.slot % read.week).tolist(), read.day
    ([0, 1, 2], 24)
    """
    n = len(series)
    if not (clock.regular and series.clocked):
        return no_calendar(n)
    second = local_seconds(series.time.view(np.int64) // 1_000_000_000, series.tz)
    slot = np.rint((second - MONDAY_S) / clock.interval_s).astype(np.int64)
    week = round(WEEK_S / clock.interval_s)
    even = week >= 2 and abs(week * clock.interval_s - WEEK_S) < 0.01 * clock.interval_s
    week = week if even else 0
    slot = slot - (int(slot[0]) // week * week if week else int(slot[0]))
    if int(slot[-1]) > SPARSE * n + week:
        return no_calendar(n)
    date = second // DAY_S
    marked = np.zeros(n, bool) if special is None else np.isin(date, special)
    day = week // 7 if week % 7 == 0 and week > 7 else 0
    return Calendar(slot, day, week, date, marked)


def local_seconds(second: IntArray, zone: str) -> IntArray:
    """Seconds of UTC as the wall clock of ``zone`` shows them.

    The zone is asked once a day, and by the hour on days on which the clock changes (the clocks
    of the world change on the quarter of an hour; those are rounded to the hour).

    >>> local_seconds(np.array([1_774_746_000, 1_774_749_600]), "Europe/Berlin") - 1_774_746_000
    array([ 7200, 10800])
    """
    if zone in ("", "UTC") or not len(second):
        return second
    try:
        known = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        came = f"time zone {zone!r} is not known here"
        raise UsageError(
            came, "an IANA name such as Europe/Berlin", "correct it, or install tzdata"
        ) from error
    days, of = np.unique(second // DAY_S, return_inverse=True)
    begin = _offsets(np.append(days, days[-1] + 1) * DAY_S, known)
    end = _offsets((days + 1) * DAY_S, known)
    offset = begin[:-1][of]
    changing = (begin[:-1] != end)[of]
    if changing.any():
        hours, hour_of = np.unique(second[changing] // HOUR_S, return_inverse=True)
        offset[changing] = _offsets(hours * HOUR_S, known)[hour_of]
    return np.asarray(second + offset)


def _offsets(second: IntArray, zone: ZoneInfo) -> IntArray:
    moments = (datetime.fromtimestamp(s, UTC).astimezone(zone) for s in second.tolist())
    return np.array([round(m.utcoffset().total_seconds()) for m in moments], dtype=np.int64)  # type: ignore[union-attr]


def day_of_month(date: IntArray) -> FloatArray:
    """Day of the month of days since 1970, from 1; the last three days are -1, -2, -3.

    >>> days = np.array(["2026-02-01", "2026-02-27", "2026-02-28"], "datetime64[D]")
    >>> day_of_month(days.astype(np.int64)).tolist()
    [1.0, -2.0, -1.0]
    """
    day = date.view("datetime64[D]")
    month = day.astype("datetime64[M]")
    number = (day - month.astype("datetime64[D]")).astype(np.int64) + 1
    left = ((month + 1).astype("datetime64[D]") - day).astype(np.int64)
    return np.asarray(np.where(left <= 3, -left, number), dtype=np.float64)
