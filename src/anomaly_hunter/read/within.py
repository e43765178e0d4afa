"""Data of a certain time: whatever a source gives, from one moment to before another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, Column, Dataset, Series, Table, moment


@dataclass(frozen=True, slots=True)
class Within:
    """What any source reads, cut to a time: ``begin`` belongs to it, ``end`` does not."""

    data: object
    begin: np.datetime64
    end: np.datetime64


def cut(dataset: Dataset, begin: np.datetime64, end: np.datetime64) -> Dataset:
    """The points and rows from ``begin`` to before ``end``; what has no clock stays as it is.

    Raises
    ------
    DataError
        Nothing is left.
    """
    series = tuple(part for one in dataset.series if (part := _of_series(one, begin, end)) is not None)
    table = None if dataset.table is None else _of_table(dataset.table, begin, end)
    if (dataset.series and not series) or (table is not None and not len(table)):
        last = _last(dataset)
        raise DataError(
            f"{dataset.name} has nothing from {moment(begin)} to {moment(end)} UTC"
            + (f"; its last moment is {moment(last)}" if last is not None else ""),
            "data of that time", "check what writes them, or look further back (history)",
        )  # fmt: skip
    return replace(dataset, series=series, table=table)


def points(dataset: Dataset, begin: np.datetime64, end: np.datetime64) -> int:
    """How many points or rows lie there; where there is no clock, all."""
    if dataset.series:
        return sum(
            int(_inside(one.time, begin, end).sum()) if one.clocked else len(one) for one in dataset.series
        )
    if dataset.table is None:
        return 0
    clock = dataset.table.by_role("time")
    return int(_inside(clock[0].values, begin, end).sum()) if clock else len(dataset.table)


def _inside(times: AnyArray, begin: np.datetime64, end: np.datetime64) -> AnyArray:
    return (times >= begin) & (times < end)


def _of_series(series: Series, begin: np.datetime64, end: np.datetime64) -> Series | None:
    if not series.clocked:
        return series
    first, last = np.searchsorted(series.time, np.array([begin, end]), side="left")
    if first == 0 and last == len(series):
        return series
    value = series.value[first:last]
    if not np.isfinite(value).any():
        return None
    return replace(series, time=series.time[first:last], value=value, row=series.row[first:last])


def _of_table(table: Table, begin: np.datetime64, end: np.datetime64) -> Table:
    clock = table.by_role("time")
    if not clock:
        return table
    inside = _inside(clock[0].values, begin, end)
    if inside.all():
        return table
    columns = (Column(one.name, one.role, one.values[inside], one.categories) for one in table.columns)
    return Table(table.name, tuple(columns))


def _last(dataset: Dataset) -> np.datetime64 | None:
    ends = [one.time[-1] for one in dataset.series if one.clocked and len(one)]
    if dataset.table is not None:
        times = [one.values[~np.isnat(one.values)] for one in dataset.table.by_role("time")[:1]]
        ends += [one.max() for one in times if len(one)]
    return max(ends, default=None)
