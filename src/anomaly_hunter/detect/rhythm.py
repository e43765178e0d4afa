"""Day and week together: what repeats in a series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from anomaly_hunter.detect.calendar import Calendar, day_of_month
from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.cycles import Cycle, learn_cycle
from anomaly_hunter.stats.robust import carried
from anomaly_hunter.stats.segments import rolling_median

SWING = 5
"""From so many cycles on their size may change: the median size of as many neighbours is taken."""

LONG = 1_000
"""That needs so many points to be seen."""

SEEN = 1.4
"""A cycle must have been seen so many times."""

YEAR = 365
"""Days of the month show in daily data of a year."""


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """What repeats: ``course``, its standard error ``doubt``, and the course if it were Sunday.

    ``period`` is that of the shortest cycle (0: there is none), ``phase`` the place of each point
    in it; arrays are ``(n,)``.
    """

    course: FloatArray
    doubt: FloatArray
    on_sunday: FloatArray
    period: int
    phase: IntArray


def learn_rhythm(rest: FloatArray, period: int, calendar: Calendar) -> Rhythm:
    """The cycles of ``(n,)`` values around their level, NaN = not to be learnt from.

    One cycle of ``period`` points; where that is a day or a week of the clock, the day (its size
    may change slowly) and then what each day of the week does differently; in daily data of a year
    also what the days of the month do.
    """
    n = len(rest)
    cycles = cycles_of(period, calendar)
    by_clock = bool(cycles) and cycles[0] in (calendar.day, calendar.week)
    slot = calendar.slot if by_clock else np.arange(n)
    course, doubt, sunday = np.zeros(n), np.zeros(n), np.zeros(n)
    for number, cycle in enumerate(cycles):
        if int(slot[-1]) - int(slot[0]) < SEEN * cycle:
            continue
        rows = rows_of(rest - course, slot, cycle)
        learnt = learn_cycle(rows, cycle // 24 if cycle >= 48 else 0)
        size = swing(rows, learnt, slot) if number == 0 and n >= LONG and len(rows) >= SWING else 1.0
        phase = slot % cycle
        course = course + size * learnt.course[phase]
        free = slot % cycle if not by_clock or cycle < calendar.week else _sunday(slot, calendar)
        sunday = sunday + size * learnt.course[free]
        if number == 0:
            doubt = learnt.doubt[phase]
    if calendar.week == 7 and n >= YEAR:
        month = days_of_month(rest - course, calendar.date)
        course, sunday = course + month, sunday + month
    first = cycles[0] if cycles else 0
    return Rhythm(course, doubt, sunday, first, slot % first if first else np.zeros(n, np.int64))


def cycles_of(period: int, calendar: Calendar) -> tuple[int, ...]:
    """The cycles to learn, the shortest first.

    >>> hourly = Calendar(np.arange(400), 24, 168, np.zeros(400, np.int64), np.zeros(400, bool))
    >>> cycles_of(24, hourly), cycles_of(168, hourly), cycles_of(10, hourly), cycles_of(0, hourly)
    ((24, 168), (24, 168), (10,), ())
    """
    day, week = calendar.day, calendar.week
    if day and (abs(period - day) <= 0.02 * day or period == week):
        return day, week
    return (period,) if period else ()


def rows_of(value: FloatArray, slot: IntArray, period: int) -> FloatArray:
    """``(cycles, period)`` values by their place in the cycle, NaN where there is none."""
    first = int(slot[0]) // period
    count = int(slot[-1]) // period - first + 1
    grid = np.full(count * period, np.nan)
    grid[slot - first * period] = value
    return grid.reshape(count, period)


def swing(rows: FloatArray, learnt: Cycle, slot: IntArray) -> FloatArray:
    """``(n,)`` how large the cycle is around each point, 1 = as usual.

    For each cycle of which half is known the slope of its values over the course, extremes cut off;
    then a running median over five.
    """
    course, known = learnt.course, ~np.isnan(rows)
    whole = float(np.square(course - course.mean()).sum())
    many = np.maximum(known.sum(axis=1, keepdims=True), 1)
    usual = np.where(known, course, 0.0)
    usual = np.where(known, usual - usual.sum(axis=1, keepdims=True) / many, 0.0)
    limit = 3.0 * float(np.abs(course).mean()) + np.abs(course)
    seen = np.clip(np.where(known, rows, 0.0), -limit, limit)
    power = np.square(usual).sum(axis=1)
    usable = power > 0.5 * whole
    if np.count_nonzero(usable) < SWING:
        return np.ones(len(slot))
    size = np.where(usable, (seen * usual).sum(axis=1) / np.where(usable, power, 1.0), np.nan)
    size = rolling_median(np.clip(carried(size), 0.0, 4.0), SWING)
    period = rows.shape[1]
    middle = (np.arange(len(rows)) + 0.5) * period - 0.5
    return np.asarray(np.interp(slot - int(slot[0]) // period * period, middle, size))


def days_of_month(rest: FloatArray, date: IntArray) -> FloatArray:
    """``(n,)`` what the day of the month, or its distance from the end, adds: shrunken medians.

    A median of ``k`` days counts as far as it is beyond two and a half of its standard errors.
    """
    number = day_of_month(date)
    usual = float(np.nanmedian(np.abs(rest - np.nanmedian(rest)))) if np.isfinite(rest).any() else 0.0
    added = np.zeros(len(rest))
    for day in np.unique(number):
        mine = number == day
        inner = rest[mine & ~np.isnan(rest)]
        if len(inner) >= 6:
            middle = float(np.median(inner))
            error = 1.4826 * 1.2533 * usual / np.sqrt(len(inner))
            added[mine] = np.sign(middle) * max(abs(middle) - 2.5 * error, 0.0)
    return added


def _sunday(slot: IntArray, calendar: Calendar) -> IntArray:
    """The place in the week that the time of day has on a Sunday."""
    if not calendar.day:
        return np.full(len(slot), calendar.week - 1)
    return 6 * calendar.day + slot % calendar.day
