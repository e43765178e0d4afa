"""Does it work on everything without a flag? Every series, table and ticket file, two ways.

As an array and as a CSV that is written here without the label. What counts as a failure is an
exception; warnings and a kind that was read wrongly are counted apart.
"""

from __future__ import annotations

import csv
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anomaly_hunter.bench.what.tables import QUICK_CELLS, cells
from anomaly_hunter.model import FloatArray
from benchmarks import product, record
from benchmarks.data import find_data, parts_of, quick_ones, read_csv_series, read_series

SERIES = ("nab", "wsd")
SUMMARY = {
    "group": ("group", ""),
    "given_as": ("given as", ""),
    "tried": ("tried", "d"),
    "failed": ("failed", "d"),
    "with_warnings": ("with warnings", "d"),
    "read_as_other": ("read as another kind", "d"),
    "seconds": ("s/file", ".2f"),
    "slowest_s": ("slowest, s", ".1f"),
}
TROUBLE = {
    "group": ("group", ""),
    "name": ("file", ""),
    "given_as": ("given as", ""),
    "kind": ("read as", ""),
    "error": ("error", ""),
    "warnings": ("warnings", ""),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One file in one of its two forms."""

    group: str
    name: str
    given_as: str
    kind: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is run on one task."""

    folder: Path
    hunt: product.HuntCall = product.hunt

    def __call__(self, task: Task) -> dict[str, Any]:
        """What happened: the kind that was recognised, alarms, warnings, the error."""
        row: dict[str, Any] = {"group": task.group, "name": task.name, "given_as": task.given_as}
        row |= {"expected": task.kind, "kind": "", "error": "", "where": "", "warnings": []}
        with tempfile.TemporaryDirectory() as place:
            data = self._given(task, Path(place))
            started = time.perf_counter()
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    found = self.hunt(data)
                    row |= {"kind": found.dataset.kind, "alarms": len(found.anomalies)}
                    row |= {"reading": found.dataset.reading}
                except Exception as error:  # noqa: BLE001 - any failure is what this measures
                    row |= {"error": f"{type(error).__name__}: {error}", "where": _where(error)}
            row["seconds"] = time.perf_counter() - started
        row["warnings"] = sorted({f"{w.category.__name__}: {w.message}" for w in caught})
        return row

    def _given(self, task: Task, place: Path) -> object:
        if task.group == "tickets":
            path = self.folder / "tickets" / task.name
            if task.given_as == "dict":
                return read_columns(path)
            return str(path) if task.given_as == "csv" else read_csv_series(path)[0]
        if task.group == "tables":
            with np.load(self.folder / "tables" / f"{task.name}.npz") as file:
                rows = file["X"].astype(np.float64)
            return rows if task.given_as == "array" else str(write_rows(place / f"{task.name}.csv", rows))
        series = read_series(self.folder, task.group, task.name)
        if task.given_as == "array":
            return series.value
        return str(write_series(place / f"{task.name}.csv", series.value, series.time_s))


def read_columns(path: Path) -> dict[str, list[str]]:
    """A CSV as a dict of columns of text."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    return {name: [row[i] for row in rows] for i, name in enumerate(head)}


def _where(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"


def write_series(path: Path, value: FloatArray, time_s: FloatArray | None) -> Path:
    """A CSV of timestamp (ISO-8601, UTC) and value; without times, of value alone."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        if time_s is None:
            out.writerow(["value"])
            out.writerows([_number(v)] for v in value)
        else:
            out.writerow(["timestamp", "value"])
            stamps = np.datetime_as_string(time_s.astype("datetime64[s]"), timezone="UTC")
            out.writerows((stamp, _number(v)) for stamp, v in zip(stamps, value, strict=True))
    return path


def write_rows(path: Path, rows: FloatArray) -> Path:
    """A CSV of the columns x0, x1, ..."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow([f"x{i}" for i in range(rows.shape[1])])
        out.writerows([_number(v) for v in row] for row in rows)
    return path


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.9g}"


def tasks(folder: Path, quick: bool) -> Iterator[Task]:
    """Everything that is tried."""
    for source in SERIES:
        parts = parts_of(folder, source)
        for part in quick_ones(parts) if quick else parts:
            yield from (Task(source, part.name, form, "series") for form in ("array", "csv"))
    for path in sorted((folder / "tables").glob("*.npz")):
        if not quick or cells(path) <= QUICK_CELLS:
            yield from (Task("tables", path.stem, form, "table") for form in ("array", "csv"))
    for path in sorted((folder / "tickets").glob("*.csv")):
        with path.open(newline="") as file:
            daily = next(csv.reader(file)) == ["timestamp", "count"]
        yield Task("tickets", path.name, "csv", "series" if daily else "tickets")
        # Text has no array form.
        yield Task("tickets", path.name, *(("array", "series") if daily else ("dict", "tickets")))


def summary(rows: Sequence[record.Row]) -> list[dict[str, Any]]:
    """One row per group and form."""
    table = []
    for group, form in dict.fromkeys((row["group"], row["given_as"]) for row in rows):
        mine = [row for row in rows if (row["group"], row["given_as"]) == (group, form)]
        table.append(
            {
                "group": group,
                "given_as": form,
                "tried": len(mine),
                "failed": sum(bool(row["error"]) for row in mine),
                "with_warnings": sum(bool(row["warnings"]) for row in mine),
                "read_as_other": sum(_read_as_other(row) for row in mine),
                "seconds": record.mean(mine, "seconds"),
                "slowest_s": max(row["seconds"] for row in mine),
            }
        )
    return table


def _read_as_other(row: record.Row) -> bool:
    return not row["error"] and row["kind"] != row["expected"]


def run(arguments: Sequence[str] | None = None, hunt: product.HuntCall = product.hunt) -> None:
    """Try everything and write the result."""
    given = record.options("works", "try every file as an array and as a CSV").parse_args(arguments)
    folder = find_data(given.data, "series/baselines.csv", "tables", "tickets")
    rows = record.in_jobs(Attempt(folder, hunt), list(tasks(folder, given.quick)), given.jobs)
    trouble = [
        {**row, "warnings": "; ".join(row["warnings"])}
        for row in rows
        if row["error"] or row["warnings"] or _read_as_other(row)
    ]
    tables = [record.Table("Tried", SUMMARY, summary(rows))]
    if trouble:
        tables.append(record.Table("Trouble", TROUBLE, trouble))
    notes = [
        "No option is given. A failure is an exception; seconds are wall time of `hunt(...)` with "
        f"{given.jobs} files side by side."
    ]
    record.write(
        record.Result("works", "Does it work without a flag", tables, notes, rows), given.out, arguments
    )


if __name__ == "__main__":
    record.main(run)
