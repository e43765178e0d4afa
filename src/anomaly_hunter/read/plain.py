"""Plain Python data (lists and dictionaries, as JSON gives them) to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray
from anomaly_hunter.read.columns import (
    Columns,
    Raw,
    check_lengths,
    from_cells,
    from_records,
    nanoseconds,
    unique_names,
)

_VALUES: Final = ("data", "values", "value", "y")
_TIMES: Final = ("timestamps", "timestamp", "times", "time", "ts", "dates", "index")
_WRAPPERS: Final = (
    "data",
    "records",
    "rows",
    "items",
    "results",
    "values",
    "series",
    "events",
    "tickets",
    "issues",
)

_EXPECTED: Final = "a list of numbers, a list of objects, an object of lists, or {data, timestamps}"


def from_plain(data: Any, name: str, source: str = "") -> Columns:
    """A list of numbers, of rows or of records; a dictionary of columns; {"data", "timestamps"}.

    Raises
    ------
    DataError
        It is none of these, it is empty, or columns differ in length.

    >>> from_plain({"data": [1, 2], "timestamps": ["2026-01-01", "2026-01-02"]}, "x").names
    ('timestamps', 'value')
    """
    if isinstance(data, Mapping):
        return _from_mapping(data, name, source)
    if not _is_column(data):
        raise DataError(f"{source or name} holds {_kind_of(data)}", _EXPECTED, "reshape it")
    if not len(data):
        raise DataError(f"{source or name} is empty", "at least one value", "check where it comes from")
    if isinstance(data, np.ndarray):
        return _from_array(data, name, source)
    if all(isinstance(item, Mapping) for item in data):
        return from_records(data, name, source)
    if all(_is_column(item) for item in data):
        return _from_rows(data, name, source)
    if any(isinstance(item, Mapping) or _is_column(item) for item in data):
        raise DataError(f"{source or name} is a list of different things", _EXPECTED, "use one form for all")
    return Columns(name, (Raw("value", from_cells(data)),), source)


def _is_column(item: object) -> bool:
    return isinstance(item, Sequence | np.ndarray) and not isinstance(item, str | bytes)


def _kind_of(data: object) -> str:
    return f"a single {type(data).__name__}" if not isinstance(data, str) else f"the text {data[:30]!r}"


def _from_rows(rows: Sequence[Sequence[Any]], name: str, source: str) -> Columns:
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        raise DataError(
            f"the rows of {source or name} have {min(widths)} to {max(widths)} cells",
            "as many cells in every row", "fill the short rows with null",
        )  # fmt: skip
    columns = [from_cells(list(cells)) for cells in zip(*rows, strict=True)]
    return Columns(name, tuple(Raw(f"column {i + 1}", cells) for i, cells in enumerate(columns)), source)


def _from_array(data: AnyArray, name: str, source: str) -> Columns:
    if data.dtype.names:
        cells = {field: data[field] for field in data.dtype.names}
        return Columns(name, tuple(Raw(field, column_of(cell)) for field, cell in cells.items()), source)
    flat = data.reshape(len(data), -1)
    names = ["value"] if flat.shape[1] == 1 else [f"column {i + 1}" for i in range(flat.shape[1])]
    return Columns(name, tuple(Raw(n, column_of(flat[:, i])) for i, n in enumerate(names)), source)


def column_of(cells: Any) -> AnyArray:
    """One column of any array-like: numbers, times, or text."""
    array = cells if isinstance(cells, np.ndarray) else None
    if array is None:
        return from_cells(list(cells))
    if array.dtype.kind == "M":
        return nanoseconds(array)
    if array.dtype.kind == "m":
        return array.astype("timedelta64[ns]").view(np.int64) / 1e9
    if array.dtype.kind in "iu":
        fits = array.dtype != np.uint64 or not len(array) or int(array.max()) < 2**63
        return array.astype(np.int64) if fits else array.astype(np.float64)
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    return from_cells(array.tolist())


def _from_mapping(data: Mapping[str, Any], name: str, source: str) -> Columns:
    columns = {str(key): value for key, value in data.items() if _is_column(value)}
    if not columns:
        inner = next((data[key] for key in _WRAPPERS if isinstance(data.get(key), Mapping)), None)
        if inner is not None:
            return _from_mapping(inner, name, source)
        raise DataError(f"{source or name} is an object without a list in it", _EXPECTED, "reshape it")
    values = next((key for key in _VALUES if key in columns), "")
    times = next((key for key in _TIMES if key in columns and key != values), "")
    if values and times and set(columns) == {values, times}:
        check_lengths(columns, source or name)
        inner = from_plain(columns[values], name, source)
        return Columns(name, (Raw(times, column_of(columns[times])), *inner.columns), source)
    if len(columns) == 1 and next(iter(columns)) in _WRAPPERS:
        return from_plain(next(iter(columns.values())), name, source)
    nested = [key for key, value in columns.items() if any(isinstance(item, Mapping) for item in value)]
    wrapped = next((key for key in _WRAPPERS if key in nested), "")
    if wrapped:
        return from_plain(columns[wrapped], name, source)
    check_lengths(columns, source or name)
    names = unique_names(list(columns))
    return Columns(
        name, tuple(Raw(n, column_of(v)) for n, v in zip(names, columns.values(), strict=True)), source
    )
