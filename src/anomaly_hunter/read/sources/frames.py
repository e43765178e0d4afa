"""Data frames of any library: pandas, Polars, Arrow, Modin, DuckDB relations."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, Dataset
from anomaly_hunter.read.columns import Columns, Raw, from_cells, nanoseconds, unique_names
from anomaly_hunter.read.options import ReadOptions

_LIBRARIES: Final = (
    "pandas",
    "polars",
    "pyarrow",
    "modin",
    "cudf",
    "duckdb",
    "narwhals",
    "dask",
    "ibis",
    "pyspark",
)


class Frames:
    """Reads a frame or a single column of one. Row numbers out are positions in the frame."""

    name: ClassVar[str] = "frames"

    @classmethod
    def accepts(cls, data: object) -> bool:
        """Whether the object comes from a data frame library."""
        return type(data).__module__.partition(".")[0].lstrip("_") in _LIBRARIES

    def __init__(self, data: Any, options: ReadOptions) -> None:
        self._data = data
        self._options = options

    def read(self) -> Dataset:
        """All columns, understood; a frame's own index becomes a column when it says something."""
        from anomaly_hunter.read.dataset import to_dataset

        return to_dataset([_columns(self._data)], self._options, "data frame")


def _columns(data: Any) -> Columns:
    if type(data).__module__.lstrip("_").startswith("duckdb"):
        from anomaly_hunter.read.duck import from_relation

        return from_relation(data, "data frame")
    import narwhals as nw

    try:
        frame = nw.from_native(_plainly_named(_with_index(data)), allow_series=True)
    except TypeError as error:
        raise DataError(
            f"a {type(data).__module__}.{type(data).__name__}",
            "a data frame or a column of one",
            "convert it to a frame",
        ) from error
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, nw.Series):
        frame = frame.alias(str(frame.name or "value")).to_frame()
    names = unique_names([str(name) for name in frame.columns])
    raws = (_raw(name, frame.get_column(source)) for name, source in zip(names, frame.columns, strict=True))
    return Columns("data frame", tuple(raws))


def _with_index(data: Any) -> Any:
    """A pandas index that is more than row numbers becomes the first column."""
    index = getattr(data, "index", None)
    if index is None or not hasattr(data, "reset_index") or type(index).__name__ == "RangeIndex":
        return data
    numbered = (
        getattr(index, "dtype", None) is not None
        and getattr(index.dtype, "kind", "") == "i"
        and not index.name
    )
    if numbered:
        return data  # row numbers that a filter or a sort left behind
    if not hasattr(data, "columns"):
        data = data.to_frame(name=data.name if data.name is not None else "value")
    names = [name if name is not None else "index" for name in index.names]
    taken = set(map(str, data.columns))
    return data.reset_index(names=[f"{name} (index)" if str(name) in taken else name for name in names])


def _plainly_named(data: Any) -> Any:
    """Columns that pandas calls 0, None, ("a", "x") or twice the same get texts as names, all different."""
    if not hasattr(data, "set_axis") or not hasattr(data, "columns"):
        return data
    given = list(data.columns)
    texts = [
        ".".join(filter(None, map(str, name))) if isinstance(name, tuple) else str(name) for name in given
    ]
    names = unique_names(texts)
    return data if names == given else data.set_axis(names, axis=1)


def _raw(name: str, column: Any) -> Raw:
    import narwhals as nw

    kind = column.dtype
    if kind == nw.Datetime:
        zoned = getattr(kind, "time_zone", None) is not None
        if zoned:
            column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return Raw(name, _times(column), zoned)
    if kind == nw.Date:
        return Raw(name, _times(column.cast(nw.Datetime("us"))))
    if kind == nw.Duration:
        return Raw(name, column.dt.total_microseconds().cast(nw.Float64).to_numpy() / 1e6)
    if kind.is_integer() and not column.is_null().any() and kind not in (nw.UInt64, nw.Int128, nw.UInt128):
        return Raw(name, column.to_numpy().astype(np.int64))
    if kind.is_numeric():
        return Raw(name, np.asarray(column.cast(nw.Float64).to_numpy(), dtype=np.float64))
    nulls = column.is_null().to_list()
    return Raw(
        name, from_cells([None if gone else cell for cell, gone in zip(column.to_list(), nulls, strict=True)])
    )


def _times(column: Any) -> AnyArray:
    return nanoseconds(np.asarray(column.to_numpy()))
