"""Counters: series that only ever rise are looked at by how much they rise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly_hunter.model import Dataset, FloatArray, Series

FEWEST = 32
RESETS = 0.01
"""A larger share of falls, and it is a saw tooth, not a counter that was restarted."""

RESTART = 0.5
"""A restarted counter begins again at this share of its last value or below."""

MARK = " (increase)"


def by_increase(dataset: Dataset) -> Dataset:
    """The data set with every counter replaced by its increase per step, and a note on each."""
    if dataset.kind != "series":
        return dataset
    series, notes = [], []
    for one in dataset.series:
        rising = one.value.ndim == 1 and not one.counts and is_counter(one.value)
        if rising:
            restarts = int(np.count_nonzero(_steps(one.value) < 0))
            again = (
                f", restarted {restarts} times" if restarts > 1 else ", restarted once" if restarts else ""
            )
            notes.append(f"{one.title} is a counter{again}: its increase per step is looked at")
        series.append(increases(one) if rising else one)
    return replace(dataset, series=tuple(series), notes=(*dataset.notes, *notes)) if notes else dataset


def is_counter(value: FloatArray) -> bool:
    """Whether ``(n,)`` values are those of a counter: never negative, rising, falling only to start again.

    At least 32 values are known, half of the steps or more rise, and at most one in a hundred falls,
    each to half of the value before or less.

    >>> is_counter(np.cumsum(np.r_[np.full(30, 2.0), np.full(30, 5.0)]))
    True
    >>> is_counter(np.tile(np.arange(10.0), 10)), is_counter(np.full(50, 3.0))
    (False, False)
    """
    known = value[np.isfinite(value)]
    if len(known) < FEWEST or float(known.min()) < 0:
        return False
    falls = known[1:] < known[:-1]
    rises = known[1:] > known[:-1]
    if np.count_nonzero(rises) < 0.5 * len(rises) or np.count_nonzero(falls) > RESETS * len(falls):
        return False
    return bool((known[1:][falls] <= RESTART * known[:-1][falls]).all())


def increases(series: Series) -> Series:
    """How much a counter rose up to each point; after a restart, what it shows (as Prometheus' ``increase``).

    The first point has no increase (NaN). After missing values the increase is the mean per step
    since the last value.

    >>> increases(Series.of([5.0, 7.0, 12.0, 3.0, np.nan, 9.0])).value.tolist()
    [nan, 2.0, 5.0, 3.0, nan, 3.0]
    """
    steps = _steps(series.value)
    place = np.flatnonzero(np.isfinite(series.value))
    known = series.value[place]
    rise = np.full(len(series), np.nan)
    rise[place[1:]] = np.where(steps < 0, known[1:], steps) / np.diff(place)
    return replace(series, name=series.name + MARK, value=rise)


def _steps(value: FloatArray) -> FloatArray:
    """Differences of the known values; those of values that are never negative cannot overflow."""
    known = value[np.isfinite(value)]
    return np.diff(known)
