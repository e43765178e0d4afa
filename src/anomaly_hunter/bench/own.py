"""Labelled files of users: CSV, Parquet, JSON with a value and a label column, or a JSON of spans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.bench.folder import Labelled, Part
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray, IntArray, Series
from anomaly_hunter.read.columns import Columns, Raw
from anomaly_hunter.read.dataset import to_dataset
from anomaly_hunter.read.one_file import read_file
from anomaly_hunter.read.options import ReadOptions

USUAL: Final = ("label", "is_anomaly", "anomaly")
"""Names of the label column that need not be said."""

ENDINGS: Final = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".csv.gz")
WORDS: Final = {"0": 0, "1": 1, "": 0, "false": 0, "true": 1, "no": 0, "yes": 1, "0.0": 0, "1.0": 1}


def find_own(paths: Sequence[Path], label: str, column: str) -> list[Part]:
    """A part for every file, scored from its first point on. DataError where one has no label."""
    parts = []
    for path in paths:
        source = path.parent.name if len(paths) > 1 else path.stem
        part = Part(path, source or path.stem, path.stem, 0, 0, label=label, column=column)
        read = read_own(part)
        found = bool(read.label.any())
        clocked = read.time_s is not None
        parts.append(replace(part, stop=len(read.value), clocked=clocked, abnormal=found, clean=not found))
    return parts


def files_in(folder: Path) -> list[Path]:
    """The files of a folder that could be series of a user."""
    return sorted(path for path in folder.iterdir() if path.name.lower().endswith(ENDINGS))


def read_values(path: Path) -> tuple[FloatArray, FloatArray | None]:
    """Values and times in seconds (None: no clock) of the only series of a file."""
    series = _series(read_file(path), "", "")
    return series.value, _seconds(series)


def read_own(part: Part) -> Labelled:
    """The series of a user's file; its label column is taken out before the values are read."""
    columns = read_file(part.path)
    in_file = not part.label.lower().endswith(".json")
    name = _label_column(columns, part.label) if in_file else ""
    series = _series(columns, name, part.column)
    if not in_file:
        return Labelled(series.value, _seconds(series), _spanned(series, Path(part.label), part.path))
    raw = next(raw for raw in columns.columns if raw.name == name)
    given = _zeros_and_ones(raw, columns.shown)
    rows = np.arange(len(columns)) if columns.row is None else columns.row
    by_row = np.zeros(int(max(rows.max(initial=0), series.row.max(initial=0))) + 1, dtype=np.int64)
    by_row[rows] = given
    return Labelled(series.value, _seconds(series), by_row[series.row])


def _series(columns: Columns, label: str, column: str) -> Series:
    options = ReadOptions(kind="series", ignore=(label,) if label else (), value=(column,) if column else ())
    found = to_dataset([columns], options).series
    if len(found) != 1:
        names = ", ".join(series.title for series in found[:6]) or "none"
        raise DataError(f"{columns.shown} holds {len(found)} series ({names})", "one", "name it with --value")
    return found[0]


def _seconds(series: Series) -> FloatArray | None:
    return series.time.view(np.int64) / 1e9 if series.clocked else None


def _label_column(columns: Columns, asked: str) -> str:
    lower = {name.lower(): name for name in columns.names}
    for name in (asked,) if asked else USUAL:
        if name.lower() in lower:
            return lower[name.lower()]
    raise DataError(
        f"{columns.shown} has no column {asked!r}" if asked else f"{columns.shown} has no label column",
        f"one of {', '.join(columns.names)}",
        "name it with --label COLUMN, or give spans with --label FILE.json",
    )


def _zeros_and_ones(raw: Raw, shown: str) -> IntArray:
    if raw.is_text:
        cells = [str(cell).strip().lower() for cell in raw.values]
        strange = sorted({cell for cell in cells if cell not in WORDS})
        if not strange:
            return np.array([WORDS[cell] for cell in cells], dtype=np.int64)
        came = ", ".join(strange[:4])
    elif raw.values.dtype.kind in "fiub":
        return (np.nan_to_num(raw.values.astype(np.float64)) > 0).astype(np.int64)
    else:
        came = str(raw.values.dtype)
    raise DataError(
        f"column {raw.name!r} of {shown} holds {came}", "0 and 1, or true and false", "rewrite it"
    )


def _spanned(series: Series, path: Path, of: Path) -> IntArray:
    """Labels from a JSON of spans: positions or times, both ends inclusive."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        spans = _of_file(content, of) if isinstance(content, dict) else content
        label = np.zeros(len(series), dtype=np.int64)
        for first, last in spans:
            inside = _inside(series, first, last)
            if not inside.any():
                raise ValueError(f"no point of {of.name} lies within {first} to {last}")
            label[inside] = 1
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"the spans in `{path}` cannot be read ({type(error).__name__}: {error})",
            "[[first, last], ...] of data rows or times, or {FILE: [[first, last], ...]}",
            "correct it",
        ) from error
    return label


def _of_file(content: dict[str, Any], of: Path) -> Iterable[tuple[Any, Any]]:
    for name, spans in content.items():
        if Path(name).name == of.name or Path(name).stem == of.stem:
            return list(spans)
    raise KeyError(f"no spans for {of.name}")


def _inside(series: Series, first: Any, last: Any) -> npt.NDArray[np.bool_]:
    if isinstance(first, int) and isinstance(last, int):
        return (series.row >= first) & (series.row <= last)
    return (series.time >= _moment(first)) & (series.time <= _moment(last))


def _moment(text: Any) -> np.datetime64:
    """A time in ISO-8601; without a zone it is UTC."""
    moment = datetime.fromisoformat(str(text))
    naive = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(naive, "ns")
