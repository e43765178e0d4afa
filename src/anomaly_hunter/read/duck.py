"""DuckDB relations and Parquet to columns: types are kept, nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray
from anomaly_hunter.read.columns import Columns, Raw, nanoseconds, unique_names

_WHOLE: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_FLOATING: Final = ("FLOAT", "DOUBLE", "DECIMAL", "HUGEINT", "UBIGINT", "UHUGEINT")
_ZONED: Final = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS WITH TIME ZONE")
_NAIVE: Final = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "DATE")
_MEMORY: Final = "768MB"
_NAT: Final = np.iinfo(np.int64).min


def read_parquet(path: Path, name: str, source: str) -> Columns:
    """All columns of a Parquet file.

    Raises
    ------
    DataError
        The file is cut off or is no Parquet.
    """
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": _MEMORY})
    try:
        return from_relation(connection.read_parquet(str(path)), name, source)
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise DataError(
            f"{source} cannot be read as Parquet ({first[:160]})",
            "a whole Parquet file",
            "copy or export it again",
        ) from error
    finally:
        connection.close()


def from_relation(relation: Any, name: str, source: str = "") -> Columns:
    """All columns of a DuckDB relation, in the order that it gives its rows."""
    names, types = list(relation.columns), [str(kind).upper() for kind in relation.types]
    plain = unique_names([str(n) for n in names])
    if not names:
        return Columns(name, (), source)
    parts = [f"{_expression(n, kind)} AS c{i}" for i, (n, kind) in enumerate(zip(names, types, strict=True))]
    found = relation.project(", ".join(parts)).fetchnumpy()
    raws = [Raw(plain[i], _column(found[f"c{i}"], kind), kind in _ZONED) for i, kind in enumerate(types)]
    return Columns(name, tuple(raws), source)


def _base(kind: str) -> str:
    return kind.partition("(")[0].strip()


def _expression(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if _base(kind) in _FLOATING:
        return f"CAST({quoted} AS DOUBLE)"
    if kind in _ZONED or _base(kind) in (*_NAIVE, "TIMESTAMP_NS"):
        # Every kind of time as a number since 1970, so that no time-zone library is needed.
        return f"epoch_ns({quoted})" if kind.startswith("TIMESTAMP_NS") else f"epoch_us({quoted})"
    if _base(kind) in _WHOLE:
        return quoted
    if kind in ("VARCHAR", "BOOLEAN") or kind.startswith("ENUM"):
        return f"coalesce(CAST({quoted} AS VARCHAR), '')"
    if kind == "INTERVAL":
        return f"epoch({quoted})"
    return f"coalesce(CAST(to_json({quoted}) AS VARCHAR), '')"


def _column(cells: Any, kind: str) -> AnyArray:
    """A fetched column; masked cells are missing."""
    mask = np.ma.getmaskarray(cells) if isinstance(cells, np.ma.MaskedArray) else np.zeros(len(cells), bool)
    array = np.asarray(np.ma.getdata(cells))
    if kind in _ZONED or _base(kind) in (*_NAIVE, "TIMESTAMP_NS"):
        unit = "ns" if kind.startswith("TIMESTAMP_NS") else "us"
        return nanoseconds(np.where(mask, _NAT, array.astype(np.int64)).view(f"datetime64[{unit}]"))
    if array.dtype == object:
        return array
    if _base(kind) in _WHOLE and not mask.any():
        return array.astype(np.int64)
    return np.where(mask, np.nan, array.astype(np.float64))
