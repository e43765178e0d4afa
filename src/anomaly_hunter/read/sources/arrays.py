"""What is in memory already: numpy arrays, lists, dictionaries, and our own series and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, ClassVar

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, Column, Dataset, Issue, Kind, Series, Table
from anomaly_hunter.read import quality
from anomaly_hunter.read.options import ReadOptions


class Arrays:
    """Reads arrays and plain Python data.

    ``(n,)`` is one series whose positions are the clock. ``(n, k)`` is a table of n records,
    and one series of k channels when ``kind="series"`` is said. Dictionaries hold columns, or
    ``{"data": [...], "timestamps": [...]}``; a list of dictionaries holds records.
    """

    name: ClassVar[str] = "arrays"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """Arrays, lists and dictionaries that are no paths; our own Series, Table and Dataset."""
        if isinstance(data, list | tuple):
            return not (data and all(isinstance(one, str | PathLike) for one in data))
        return isinstance(data, np.ndarray | Mapping | Series | Table | Dataset)

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options

    def read(self) -> Dataset:
        """The data, understood; the input is not changed and not kept."""
        ready = _ready(self._data)
        if ready is not None:
            return ready
        array, kind = _as_numbers(self._data), self._options.kind
        if array is not None and kind in (None, "series"):
            if array.ndim == 1 or array.shape[1] == 1:
                return _of_values(array.reshape(-1))
            if kind == "series":
                return _of_values(array)
        from anomaly_hunter.read.dataset import to_dataset
        from anomaly_hunter.read.plain import from_plain

        return to_dataset([from_plain(self._data if array is None else array, "data")], self._options, "data")


def _ready(data: object) -> Dataset | None:
    """What is one of our nouns already."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, Series):
        return of_series((data,))
    if isinstance(data, Table):
        return _of_table(data)
    if isinstance(data, list | tuple) and data and all(isinstance(one, Series) for one in data):
        return of_series(tuple(data))
    return None


def _as_numbers(data: object) -> AnyArray | None:
    """``(n,)`` or ``(n, k)`` float64 of plain numbers; None when it is something else."""
    if isinstance(data, np.ma.MaskedArray):
        data = np.ma.filled(data.astype(np.float64), np.nan)
    if isinstance(data, np.ndarray):
        if data.ndim not in (1, 2):
            raise DataError(
                f"an array of shape {data.shape}",
                "(n,) values or (n, k) rows by columns",
                "reshape or flatten it",
            )
        if not data.size:
            raise DataError(
                f"an empty array of shape {data.shape}", "at least one value", "check where it comes from"
            )
        if data.dtype.kind in "fiub":
            return data.astype(np.float64)
        if data.dtype.kind == "c":
            raise DataError(
                "an array of complex numbers", "real numbers", "pass the absolute value, or two columns"
            )
        return None
    if isinstance(data, Sequence) and data and all(type(item) in (int, float) for item in data):
        try:
            return np.array(data, dtype=np.float64)
        except OverflowError as error:
            raise DataError(
                "a list with a whole number too large for a float", "numbers up to 1e308", "scale it"
            ) from error
    return None


def _of_values(values: AnyArray) -> Dataset:
    """One series without a clock; infinite values are counted and become NaN."""
    infinite = np.isinf(values)
    missing = int(np.isnan(values).sum())
    if missing + int(infinite.sum()) == values.size:
        raise DataError(
            "all values of the array are missing", "at least one number", "check where it comes from"
        )
    series = Series.of(np.where(infinite, np.nan, values) if infinite.any() else values)
    issues = quality.of_cells(series.title, missing, int(infinite.sum()), values.size) + quality.of_values(
        series
    )
    channels = f" of {values.shape[1]} channels" if values.ndim == 2 else ""
    plural = "point" if len(series) == 1 else "points"
    reading = f"{len(series):,} {plural}{channels}, no time: positions are the clock"
    return Dataset(
        "data", "series", quality.report(issues, len(series), values.size // len(series)), reading, (series,)
    )


def of_series(series: tuple[Series, ...]) -> Dataset:
    """A dataset of series that are there already."""
    from anomaly_hunter.read.dataset import series_reading

    issues = quality.of_series(series)
    rows = sum(len(one) for one in series)
    if not rows:
        raise DataError("a series without a point", "at least one point", "check where it comes from")
    name = series[0].source or series[0].title
    return Dataset(
        name, "series", quality.report(issues, rows, 1, len(series)), series_reading(series), series
    )


def _of_table(table: Table) -> Dataset:
    from anomaly_hunter.read.dataset import table_reading

    if not len(table):
        raise DataError(
            f"the table {table.name} has no rows", "at least one row", "check where it comes from"
        )
    issues = [issue for column in table.by_role("measure") for issue in _column_issues(column)]
    kind: Kind = "tickets" if table.by_role("text") and not table.by_role("measure") else "table"
    roles = {column.name: column.role for column in table.columns}
    found = quality.report(issues, len(table), max(1, len(table.by_role("measure"))))
    return Dataset(table.name, kind, found, table_reading(table, kind), table=table, roles=roles)


def _column_issues(column: Column) -> list[Issue]:
    missing = int(np.isnan(column.values).sum())
    return quality.of_cells(column.name, missing, int(np.isinf(column.values).sum()), len(column.values))
