"""Which records an anomaly of counts speaks of, and which ones they are compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from anomaly_hunter.model import Anomaly, Column, IntArray, Series, Table, TimeArray
from anomaly_hunter.stats.facets import facets

BEFORE_DAYS: Final = 7
WEEKS: Final = 4

_DAY: Final = np.timedelta64(86_400 * 10**9, "ns")
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The records of an anomaly and those of the 7 days before it.

    ``inside`` and ``before`` are rows of the table in order of time; ``usual`` is how many records
    were to be expected inside, ``usual_of`` says what that rests on.
    """

    subject: str
    inside: IntArray
    before: IntArray
    usual: float
    usual_of: str

    @property
    def increase(self) -> float:
        """Records inside beyond the usual number; negative for a drop."""
        return len(self.inside) - self.usual

    @property
    def comparable(self) -> bool:
        """Both sides hold enough records (10) to compare shares."""
        return min(len(self.inside), len(self.before)) >= 10


def window_of(table: Table, series: Series, anomaly: Anomaly, expected: float | None = None) -> Window | None:
    """The window of an anomaly in a series of counts of this table; None where there is none.

    Shares are compared with all records of the 7 days before the window, which hold each weekday
    once. The usual number inside is ``expected`` when it is given, else the median of the same
    hours one to four weeks before, else the rate of the days before. Where the series is of one
    segment, only the records of that segment count.
    """
    if not series.counts or not series.clocked or anomaly.rows or not len(table):
        return None
    begin, end = _span(series, anomaly)
    time = _time_of(table, series, anomaly, begin, end)
    if time is None:
        return None
    rows = _of_segment(table, series)
    moment = time[rows]
    rows, moment = rows[~np.isnat(moment)], moment[~np.isnat(moment)]
    order = np.argsort(moment, kind="stable")
    rows, moment = rows[order], moment[order]
    inside = rows[_between(moment, begin, end)]
    before = rows[_between(moment, begin - BEFORE_DAYS * _DAY, begin)]
    usual, basis = _usual(moment, begin, end)
    if expected is not None and np.isfinite(expected):
        usual, basis = float(expected), "the expected band"
    return Window(series.title, inside, before, usual, basis)


def narrowed(table: Table, window: Window) -> tuple[Table, Window]:
    """Only the records that are compared: what is asked next takes their time, not that of the table."""
    rows = np.concatenate((window.inside, window.before))
    columns = tuple(Column(c.name, c.role, c.values[rows], c.categories) for c in table.columns)
    inside = np.arange(len(window.inside))
    before = np.arange(len(window.inside), len(rows))
    return Table(table.name, columns), replace(window, inside=inside, before=before)


def _span(series: Series, anomaly: Anomaly) -> tuple[np.datetime64, np.datetime64]:
    stop = min(anomaly.stop, len(series))
    if stop < len(series):
        return series.time[anomaly.start], series.time[stop]
    step = np.median(np.diff(series.time).view(np.int64)) if len(series) > 1 else _DAY.astype(np.int64)
    return series.time[anomaly.start], series.time[stop - 1] + np.timedelta64(int(step), "ns")


def _time_of(
    table: Table, series: Series, anomaly: Anomaly, begin: np.datetime64, end: np.datetime64
) -> TimeArray | None:
    """The time that the series was counted by: of several, the one whose count agrees."""
    columns: tuple[Column, ...] = table.by_role("time")
    rows = _of_segment(table, series) if len(columns) > 1 else np.empty(0, np.int64)
    counted = np.nansum(series.value[anomaly.start : anomaly.stop])
    for column in columns[: len(columns) if len(columns) > 1 else 0]:
        time = column.values[rows]
        if ((time >= begin) & (time < end)).sum() == counted:
            return column.values
    return columns[0].values if columns else None


def _of_segment(table: Table, series: Series) -> IntArray:
    keep = np.ones(len(table), bool)
    found = {facet.name: facet for facet in facets(table)} if series.labels else {}
    for name, value in series.labels.items():
        facet = found.get(name)
        if facet and value in facet.values:
            has = np.zeros(len(table), bool)
            has[facet.row[facet.code == facet.values.index(value)]] = True
            keep &= has
    return np.flatnonzero(keep)


def _between(moment: TimeArray, begin: np.datetime64, end: np.datetime64) -> slice:
    """Positions in sorted times."""
    return slice(int(np.searchsorted(moment, begin)), int(np.searchsorted(moment, end)))


def _usual(moment: TimeArray, begin: np.datetime64, end: np.datetime64) -> tuple[float, str]:
    if not len(moment) or moment[0] >= begin:
        return 0.0, "no record before"
    first = moment[0]
    skip = max(1, int(np.ceil((end - begin) / _WEEK)))
    counts = []
    for week in range(skip, skip + WEEKS):
        back = week * _WEEK
        if begin - back >= first - _DAY / 2:
            part = _between(moment, begin - back, end - back)
            counts.append(part.stop - part.start)
    if counts:
        return float(np.median(counts)), f"the same hours {_weeks(skip, len(counts))} before"
    from_ = max(first, begin - BEFORE_DAYS * _DAY)
    part = _between(moment, from_, begin)
    return float((part.stop - part.start) * ((end - begin) / (begin - from_))), "the rate of the days before"


def _weeks(first: int, count: int) -> str:
    last = first + count - 1
    return f"{first} to {last} weeks" if last > first else "1 week" if first == 1 else f"{first} weeks"
