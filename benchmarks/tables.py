"""How well the rows of tables are ranked: AUROC and average precision, beside other methods.

Protocol of ``tables/baselines.csv``: at most 10,000 rows, drawn stratified by label; every column
standardised. The product sees the columns, and no label.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import product, record
from benchmarks.data import find_data
from benchmarks.metrics import FloatArray, IntArray, auroc, average_precision

MOST_ROWS = 10_000
QUICK_CELLS = 100_000
METHODS = ("IForest", "ECOD", "COPOD", "HBOS", "KNN", "LOF", "OCSVM", "PCA")


@dataclass(frozen=True, slots=True)
class Rows:
    """What is run on one table."""

    detectors: tuple[str, ...] = ()
    detect: product.DetectRows = product.detect_rows

    def __call__(self, path: Path) -> dict[str, Any]:
        """AUROC, average precision and CPU seconds of the product on one table."""
        with np.load(path) as file:
            rows, label = capped(file["X"].astype(np.float64), file["y"].astype(np.int64))
        rows = standardised(rows)
        started = time.process_time()
        detection = self.detect(rows, detectors=self.detectors)
        seconds = time.process_time() - started
        score = product.finite_score(detection)
        return {
            "table": path.stem,
            "rows": len(rows),
            "columns": rows.shape[1],
            "auroc": auroc(label, score),
            "ap": average_precision(label, score),
            "seconds": seconds,
            "flagged": len(detection.anomalies),
            "detectors": list(detection.detectors),
        }


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


def floors(folder: Path) -> dict[str, dict[str, float]]:
    """Per table the numbers of the eight methods: ``IForest_auroc``, ``IForest_ap``, ..."""
    found: dict[str, dict[str, float]] = {}
    with (folder / "tables" / "baselines.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            numbers = found.setdefault(row["dataset"], {})
            numbers |= {f"{row['method']}_{key}": float(row[key]) for key in ("auroc", "ap", "seconds")}
    return found


def columns(measure: str, title: str) -> dict[str, tuple[str, str]]:
    """The columns of the table of one measure."""
    return {
        "table": ("table", ""),
        "rows": ("rows", ".0f"),
        "columns": ("columns", ".0f"),
        measure: (f"{title}, product", ".3f"),
        **{f"{name}_{measure}": (name, ".3f") for name in METHODS},
        "seconds": ("CPU s", ".2f"),
    }


def run(arguments: Sequence[str] | None = None, detect: product.DetectRows = product.detect_rows) -> None:
    """Measure and write the result."""
    parser = record.options("tables", "how well rows of tables are ranked")
    parser.add_argument("--detectors", default="", help="names, comma-separated, instead of the choice")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, "tables/baselines.csv")
    known = floors(folder)
    paths = sorted((folder / "tables").glob("*.npz"), key=lambda path: int(path.stem.split("_")[0]))
    if given.quick:
        paths = [path for path in paths if cells(path) <= QUICK_CELLS]
    detectors = tuple(filter(None, given.detectors.split(",")))
    answers = record.in_jobs(Rows(detectors, detect), paths, given.jobs)
    rows = [row | known.get(row["table"], {}) for row in answers]
    numbers = [key for key in rows[0] if key not in ("table", "detectors")]
    last = {"table": "**mean**", **{key: record.mean(rows, key) for key in numbers}}
    tables = [
        record.Table("AUROC", columns("auroc", "AUROC"), [*rows, last]),
        record.Table("Average precision", columns("ap", "AP"), [*rows, last]),
    ]
    notes = [
        "Rows capped at 10,000, stratified by label; columns standardised. The numbers of the eight methods "
        "come from the data's `baselines.csv`. CPU seconds are the product's, one thread."
    ]
    record.write(
        record.Result("tables", "How well rows are ranked", tables, notes, rows), given.out, arguments
    )


def cells(path: Path) -> int:
    """Numbers in the table once it is capped."""
    with np.load(path) as file:
        n, k = file["X"].shape
    return min(int(n), MOST_ROWS) * int(k)


if __name__ == "__main__":
    record.main(run)
