"""How well the score ranks: VUS-PR, VUS-ROC and AUC-PR per source, beside simple methods.

The product sees the whole history up to the end of the scored part, and no label. Its score on
that part is compared with the labels; the numbers of k-means, absolute difference and a random
score on the same parts come from the data's ``baselines.csv``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import product, record
from benchmarks.data import Part, find_data, protocol, read_series
from benchmarks.metrics import average_precision, vus

FLOORS = ("kmeans10", "absdiff", "random")
MEASURES = ("vus_pr", "vus_roc", "auc_pr")
COLUMNS = {
    "source": ("source", ""),
    "files": ("files", "d"),
    "vus_pr": ("VUS-PR", ".3f"),
    **{f"{name}_vus_pr": (name, ".3f") for name in FLOORS},
    "auc_pr": ("AUC-PR", ".3f"),
    **{f"{name}_auc_pr": (name, ".3f") for name in FLOORS},
    "vus_roc": ("VUS-ROC", ".3f"),
    "kmeans10_vus_roc": ("kmeans10", ".3f"),
    "seconds": ("CPU s/file", ".2f"),
    "points": ("points/file", ".0f"),
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is run on one part."""

    folder: Path
    detectors: tuple[str, ...] = ()
    detect: product.Detect = product.detect

    def __call__(self, part: Part) -> dict[str, Any]:
        """The numbers of the product on one part, beside the floors."""
        series = read_series(self.folder, part.source, part.name)
        started = time.process_time()
        detection = self.detect(*series.history(part.stop), detectors=self.detectors)
        seconds = time.process_time() - started
        score = product.finite_score(detection)[part.start : part.stop]
        label = series.label[part.start : part.stop]
        volume = vus(label, score, part.window)
        row: dict[str, Any] = {"source": part.source, "series": part.name, "points": part.stop}
        row |= {"vus_pr": volume.pr, "vus_roc": volume.roc, "auc_pr": average_precision(label, score)}
        row |= {"seconds": seconds, "detectors": list(detection.detectors), "note": detection.note}
        for name in FLOORS:
            row |= {f"{name}_{key}": part.floors[name][key] for key in MEASURES if name in part.floors}
        return row


def summary(rows: Sequence[record.Row]) -> list[dict[str, Any]]:
    """One row per source, and the mean over sources last."""
    numbers = [key for key in COLUMNS if key not in ("source", "files")]
    table: list[dict[str, Any]] = []
    for source in dict.fromkeys(row["source"] for row in rows):
        mine = [row for row in rows if row["source"] == source]
        table.append({"source": source, "files": len(mine)} | {k: record.mean(mine, k) for k in numbers})
    last = {"source": "**mean over sources**", "files": len(rows)}
    return [*table, last | {key: record.mean(table, key) for key in numbers}]


def run(arguments: Sequence[str] | None = None, detect: product.Detect = product.detect) -> None:
    """Measure and write the result."""
    parser = record.options("series_ranking", "how well the score ranks points of series")
    parser.add_argument("--source", action="append", help="only this source (repeatable)")
    parser.add_argument("--detectors", default="", help="names, comma-separated, instead of the choice")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, "series/baselines.csv")
    parts = [part for part in protocol(folder) if part.quick or not given.quick]
    parts = [part for part in parts if not given.source or part.source in given.source]
    detectors = tuple(filter(None, given.detectors.split(",")))
    rows = record.in_jobs(Ranking(folder, detectors, detect), parts, given.jobs)
    notes = [
        "VUS by the TSB-AD definition with 250 thresholds. The columns named after a method hold its number "
        "for the measure to their left. One thread per process; seconds are CPU time of detection alone.",
    ]
    tables = [record.Table("Ranking per source", COLUMNS, summary(rows))]
    record.write(
        record.Result("series_ranking", "How well the score ranks", tables, notes, rows), given.out, arguments
    )


if __name__ == "__main__":
    record.main(run)
