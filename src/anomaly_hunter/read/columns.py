"""What every source hands on: named columns as they came, nothing decided yet."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, IntArray, Issue, TimeArray

EXACT_INTEGER = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """One column as it came.

    ``values`` is ``(n,)``: ``str`` objects ("" = missing), float64 (NaN = missing), int64, or
    datetime64[ns] (NaT = missing). ``zoned`` says that times are UTC already; otherwise they are
    local times without a zone. ``labels`` come from header lines above the name.
    """

    name: str
    values: AnyArray
    zoned: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether the cells are text still to be understood."""
        return self.values.dtype == object


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All columns of one file, frame or dictionary.

    ``row`` is the position of each row in what the user gave; it has holes where unreadable
    rows were left out, and those are in ``issues``. ``decimal_comma`` is True where the form of
    the file already tells that numbers are written as 1,5.
    """

    name: str
    columns: tuple[Raw, ...]
    source: str = ""
    row: IntArray | None = None
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()
    decimal_comma: bool | None = None

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @property
    def shown(self) -> str:
        """What messages call it: the file, or what it is."""
        return self.source or self.name

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)


def unique_names(names: Sequence[str]) -> list[str]:
    """Names for every column: blank ones are numbered, repeated ones counted.

    >>> unique_names(["t", "", "x", "x"])
    ['t', 'column 2', 'x', 'x (2)']
    """
    seen: dict[str, int] = {}
    result = []
    for position, name in enumerate(names):
        plain = name.strip() or f"column {position + 1}"
        seen[plain] = seen.get(plain, 0) + 1
        result.append(plain if seen[plain] == 1 else f"{plain} ({seen[plain]})")
    return result


def text_array(cells: Iterable[str]) -> AnyArray:
    """``(n,)`` array of ``str`` objects."""
    cells = cells if isinstance(cells, list | tuple) else list(cells)
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array


def nanoseconds(times: AnyArray) -> TimeArray:
    """Times of any unit as datetime64[ns]; what lies outside 1678 to 2261 becomes NaT, not another year.

    >>> nanoseconds(np.array(["2026-01-01", "9999-12-31"], "datetime64[D]")).astype("datetime64[D]")
    array(['2026-01-01',        'NaT'], dtype='datetime64[D]')
    """
    if times.dtype == np.dtype("datetime64[ns]"):
        return times
    seconds = times.astype("datetime64[s]").view(np.int64)
    inside = np.abs(seconds) < np.iinfo(np.int64).max // 1_000_000_000
    return np.where(inside, times, np.datetime64("NaT")).astype("datetime64[ns]")


def from_cells(cells: Sequence[Any]) -> AnyArray:
    """Python values to one column, without losing digits.

    Numbers become float64 when every cell is a number or missing; integers beyond 2^53, which a
    float cannot hold, and any mixture stay text, so that nothing is rounded or guessed here.

    >>> from_cells([1, 2.5, None])
    array([1. , 2.5, nan])
    >>> from_cells([12345678901234567890, "a"])
    array(['12345678901234567890', 'a'], dtype=object)
    """
    if all(type(cell) is float or (type(cell) is int and _exact(cell)) for cell in cells):
        return np.asarray(cells, dtype=np.float64)
    if all(cell is None or _is_number(cell) for cell in cells):
        return np.array([math.nan if cell is None else float(cell) for cell in cells])
    return text_array([cell_text(cell) for cell in cells])


def _exact(cell: int) -> bool:
    return -EXACT_INTEGER <= cell <= EXACT_INTEGER


def _is_number(cell: object) -> bool:
    if isinstance(cell, bool | np.bool_):
        return False
    if isinstance(cell, int | np.integer):
        return _exact(int(cell))
    return isinstance(cell, float | np.floating)


def cell_text(cell: object) -> str:
    """A value as text, without losing digits; "" when it is missing."""
    if isinstance(cell, Mapping | list | tuple | np.ndarray):
        import json

        return json.dumps(
            cell.tolist() if isinstance(cell, np.ndarray) else cell, ensure_ascii=False, default=str
        )
    if cell is None or cell != cell:  # noqa: PLR0124 - NaN and NaT of every library differ from themselves
        return ""
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell)


def from_records(records: Sequence[Mapping[str, Any]], name: str, source: str = "") -> Columns:
    """One column per key; nested objects become ``outer.inner``, an absent key is missing.

    >>> from_records([{"t": 1, "labels": {"host": "a"}}, {"t": 2}], "x").names
    ('t', 'labels.host')
    """
    flat = [_flatten(record) for record in records]
    keys = list(dict.fromkeys(key for record in flat for key in record))
    cells = [from_cells([record.get(key) for record in flat]) for key in keys]
    names = unique_names(keys)
    return Columns(name, tuple(Raw(n, c) for n, c in zip(names, cells, strict=True)), source)


def _flatten(record: Mapping[str, Any], depth: int = 0) -> Mapping[str, Any]:
    if depth > 3 or not any(isinstance(value, Mapping) for value in record.values()):
        return record
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat.update({f"{key}.{inner}": cell for inner, cell in _flatten(value, depth + 1).items()})
        else:
            flat[key] = value
    return flat


def check_lengths(columns: Mapping[str, Sequence[Any] | AnyArray], what: str) -> None:
    """DataError when the columns differ in length."""
    lengths = {str(name): len(cells) for name, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in list(lengths.items())[:4])
        raise DataError(
            f"the columns of {what} differ in length ({shown})",
            "as many cells in every column",
            "fill the short ones with null",
        )
