"""How well the rows of tables are ranked: AUROC and average precision.

At most 10,000 rows, drawn stratified by label; every column standardised. No label is handed over.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench import npz
from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.memory import peak_of
from anomaly_hunter.bench.methods import RowMethod, cpu_s, distinct, row_method_of, takes_tables
from anomaly_hunter.bench.ranking import auroc, average_precision
from anomaly_hunter.bench.result import Columns, Result, Row, Table, mean
from anomaly_hunter.bench.side_by_side import GIVEN, against, failures, given_rows
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray, IntArray

MOST_ROWS: Final = 10_000
QUICK_CELLS: Final = 100_000
MEASURES: Final = (("auroc", "AUROC"), ("ap", "Average precision"))


@dataclass(frozen=True, slots=True)
class Rows:
    """What is run on one method and table."""

    def __call__(self, task: tuple[RowMethod, Path]) -> Row:
        """AUROC, average precision, CPU seconds and memory of one method on one table."""
        method, path = task
        rows, label = capped(*read_table(path))
        rows = standardised(rows)
        row = {"method": method.name, "source": "tables", "series": path.stem, "points": len(rows)}
        row |= {"rows": len(rows), "columns": rows.shape[1], "error": ""}
        before = cpu_s()
        try:
            score, peak_mb = peak_of(partial(method, rows))
        except Exception as error:  # noqa: BLE001 - the rim around other people's methods
            score, peak_mb = np.zeros(len(rows)), math.nan
            row |= {"error": f"{type(error).__name__}: {error}"}
        row |= {"cpu_s": cpu_s() - before, "peak_mb": peak_mb}
        return row | {"auroc": auroc(label, score), "ap": average_precision(label, score)}


def read_table(path: Path) -> tuple[FloatArray, IntArray]:
    """``(n, k)`` rows and ``(n,)`` labels. DataError where the file is damaged."""
    arrays = npz.read_arrays(path, ("X", "y"))
    rows = npz.numbers(path, "X", arrays["X"], (2,))
    return rows, npz.labels(path, npz.numbers(path, "y", arrays["y"], (1,)), len(rows))


def capped(
    rows: FloatArray, label: IntArray, most: int = MOST_ROWS, seed: int = 0
) -> tuple[FloatArray, IntArray]:
    """At most ``most`` rows, drawn from each class in proportion, in their old order."""
    if len(rows) <= most:
        return rows, label
    rng = np.random.default_rng(seed)
    kept = []
    for one in np.unique(label):
        members = np.flatnonzero(label == one)
        count = max(1, round(most * len(members) / len(label)))
        kept.append(rng.choice(members, count, replace=False))
    order = np.sort(np.concatenate(kept))
    return rows[order], label[order]


def standardised(rows: FloatArray) -> FloatArray:
    """Mean 0 and standard deviation 1 per column; a constant column becomes 0.

    >>> standardised(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    spread = rows.std(axis=0)
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred / np.where(spread > 0, spread, 1.0))


def given(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Per table and method the numbers of ``tables/baselines.csv``, where there is one."""
    path = folder / "tables" / "baselines.csv"
    found: dict[str, dict[str, dict[str, float]]] = {}
    if not path.is_file():
        return found
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                numbers = {key: float(row[key]) for key in ("auroc", "ap")}
                found.setdefault(row["dataset"], {})[row["method"]] = numbers
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise DataError(
            f"`{path}` cannot be read ({type(error).__name__}: {error})",
            "columns dataset, method, auroc, ap",
            "correct it, or take it out of the folder",
        ) from error
    return found


def paths_of(asked: Asked) -> list[Path]:
    """The tables, numbered ones in the order of their numbers; quick: those up to 100,000 cells."""
    if asked.folder is None:
        return []
    paths = sorted((asked.folder / "tables").glob("*.npz"), key=_order)
    return [path for path in paths if not asked.quick or cells(path) <= QUICK_CELLS]


def _order(path: Path) -> tuple[int, str]:
    number = re.match(r"\d+", path.stem)
    return (int(number[0]) if number else 10**9, path.stem)


def cells(path: Path) -> int:
    """Numbers in the table once it is capped."""
    shape = npz.shape_of(path, "X")
    return min(shape[0], MOST_ROWS) * shape[1] if len(shape) == 2 else 0


def has(asked: Asked) -> bool:
    """Whether the folder has tables, and a method that takes them was asked for."""
    return bool(paths_of(asked)) and bool(_names(asked))


def _names(asked: Asked) -> tuple[str, ...]:
    return tuple(name for name in asked.detectors or ("auto",) if takes_tables(name))


def measure(asked: Asked) -> Result:
    """Every method on every table."""
    folder, paths = asked.folder or Path(), paths_of(asked)
    floors = given(folder)
    known = {name for methods in floors.values() for name in methods}
    own = (
        ""
        if asked.baseline in known or not asked.baseline or not takes_tables(asked.baseline)
        else asked.baseline
    )
    methods = [row_method_of(name) for name in distinct(_names(asked), own)]
    tasks = [(method, path) for path in paths for method in methods]
    rows: list[Row] = list(in_jobs(Rows(), tasks, asked.jobs, asked.label("tables")))
    for path in paths:
        base = {"source": "tables", "series": path.stem, "points": 0}
        rows += given_rows(floors.get(path.stem, {}), base, [method.name for method in methods])
    notes = [
        f"At most {MOST_ROWS:,} rows, stratified by label; columns standardised. CPU seconds of one thread; "
        "the interval is 95%, paired bootstrap over the tables.",
        *failures(rows),
    ]
    if floors:
        notes.insert(1, f"{GIVEN} as `tables/baselines.csv` says; not run here.")
    baseline = asked.baseline or ("IForest" if "IForest" in known else "")
    tables = [table_of(rows, measure, title, baseline) for measure, title in MEASURES]
    return Result("tables", "How well rows are ranked", tables, notes, rows)


def table_of(rows: Sequence[Row], measure: str, title: str, baseline: str) -> Table:
    """Tables by methods for one measure, then the mean and the difference to the baseline."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    lines: list[dict[str, Any]] = []
    for name in dict.fromkeys(row["series"] for row in rows):
        mine = {row["method"]: row for row in rows if row["series"] == name}
        first = next(iter(mine.values()))
        line = {"table": name, "rows": first.get("rows"), "columns": first.get("columns")}
        lines.append(line | {method: row[measure] for method, row in mine.items()})
    lines.append({"table": "**mean**", **{method: mean(lines, method) for method in methods}})
    held = next((method for method in methods if method.removesuffix(GIVEN) == baseline), "")
    if held:
        differences = {m: against(rows, m, held, measure) for m in methods if m != held}
        lines.append(
            {"table": f"against {baseline} [95%]"}
            | {m: str(d) for m, d in differences.items() if d and not m.endswith(GIVEN)}
        )
    seconds = {
        method: mean([row for row in rows if row["method"] == method], "cpu_s")
        for method in methods
        if not method.endswith(GIVEN)
    }
    lines.append({"table": "CPU s, mean", **seconds})
    columns: Columns = {
        "table": ("table", ""),
        "rows": ("rows", "d"),
        "columns": ("columns", "d"),
        **{method: (method, ".3f") for method in methods},
    }
    return Table(title, columns, lines)
