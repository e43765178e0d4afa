"""Where the marks of an axis stand, and what they say: round numbers, round times."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import numpy as np

from anomaly_hunter.tell.words import number

Tick: TypeAlias = tuple[float, str]

_NS: Final = 1_000_000_000
_SECONDS: Final = (1, 2, 5, 10, 15, 30)
_STEPS_S: Final = (
    *_SECONDS,
    *(60 * step for step in _SECONDS),
    *(3600 * step for step in (1, 2, 3, 4, 6, 12)),
    *(86400 * step for step in (1, 2, 7, 14)),
)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400)
_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number_ticks(low: float, high: float, most: int) -> list[Tick]:
    """At most ``most`` multiples of 1, 2, 2.5 or 5 times a power of ten in ``[low, high]``.

    >>> number_ticks(96.0, 163.0, 4)
    [(100.0, '100'), (120.0, '120'), (140.0, '140'), (160.0, '160')]
    """
    if not high - low > 1e-300 or not math.isfinite(high - low):
        return [(low, number(low))]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50, 100):
        step = factor * power
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 <= most:
            values = [float(f"{k * step:.12g}") for k in range(first, last + 1)]
            return [(value, number(value)) for value in values]
    return [(low, number(low)), (high, number(high))]


def position_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Round data rows for a series without a clock.

    >>> position_ticks(0, 119, 3)
    [(0.0, '#0'), (50.0, '#50'), (100.0, '#100')]
    """
    ticks = number_ticks(low, high, most)
    return [(value, f"#{int(value)}") for value, _ in ticks if value.is_integer()]


def time_ticks(begin: np.datetime64, end: np.datetime64, most: int) -> list[Tick]:
    """At most ``most`` round times in ``[begin, end]``, as nanoseconds since 1970 and a label.

    The first mark of a day carries the day; from marks of a day on the first carries the year.

    >>> begin, end = np.datetime64("2026-03-04T20:00"), np.datetime64("2026-03-05T09:00")
    >>> [label for _, label in time_ticks(begin, end, 5)]
    ['4 Mar 21:00', '5 Mar', '03:00', '06:00', '09:00']
    >>> [label for _, label in time_ticks(begin, end + np.timedelta64(90, "D"), 4)]
    ['Apr 2026', 'May', 'Jun']
    """
    first, last = (int(time.astype("datetime64[ns]").astype(np.int64)) for time in (begin, end))
    for step in _STEPS_S:
        if last // (step * _NS) - -(-first // (step * _NS)) < most:
            return _even_ticks(first, last, step)
    return _month_ticks(begin, end, most)


def _even_ticks(first: int, last: int, step_s: int) -> list[Tick]:
    step = step_s * _NS
    ticks: list[Tick] = []
    day = ""
    for tick in range(-(-first // step) * step, last + 1, step):
        text = str(np.datetime64(tick, "ns"))
        date, clock = text[:10], text[11:19]
        label = clock if step_s < 60 else clock[:5]
        if date != day:
            name = f"{int(date[8:])} {_NAMES[int(date[5:7]) - 1]}"
            year = f" {date[:4]}" if step_s >= 86400 and date[:4] != day[:4] else ""
            label = f"{name}{year}" if clock == "00:00:00" else f"{name} {label}"
            day = date
        ticks.append((float(tick), label))
    return ticks


def _month_ticks(begin: np.datetime64, end: np.datetime64, most: int) -> list[Tick]:
    first, last = (int(time.astype("datetime64[M]").astype(np.int64)) for time in (begin, end))
    step = next((step for step in _MONTH_STEPS if (last - first) / step <= most - 1), _MONTH_STEPS[-1])
    ticks: list[Tick] = []
    year = ""
    for month in range(-(-first // step) * step, last + 1, step):
        time = np.datetime64(month, "M")
        if time.astype("datetime64[ns]") < begin.astype("datetime64[ns]"):
            continue
        text = str(time)
        name = _NAMES[int(text[5:7]) - 1]
        label = text[:4] if step >= 12 else name if text[:4] == year else f"{name} {text[:4]}"
        year = text[:4]
        ticks.append((float(time.astype("datetime64[ns]").astype(np.int64)), label))
    return ticks
