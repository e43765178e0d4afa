"""Does our VUS give the published reference numbers? Six cases, to 1e-9; exit 1 if not."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np

from anomaly_hunter.bench.vus import vus
from benchmarks import record
from benchmarks.data import find_data

TOLERANCE = 1e-9
COLUMNS = {
    "case": ("case", "d"),
    "points": ("points", "d"),
    "window": ("window", "d"),
    "vus_roc": ("VUS-ROC", ".9f"),
    "roc_off": ("off by", ".1e"),
    "vus_pr": ("VUS-PR", ".9f"),
    "pr_off": ("off by", ".1e"),
    "seconds": ("s", ".4f"),
}


def run(arguments: Sequence[str] | None = None) -> None:
    """Compare and write the result. ``--quick`` and ``--jobs`` change nothing."""
    given = record.options("vus_check", "VUS against reference numbers").parse_args(arguments)
    path = find_data(given.data, "series/vus_reference.npz") / "series" / "vus_reference.npz"
    rows = []
    with np.load(path) as file:
        for case in range(sum(name.startswith("label_") for name in file)):
            label, score, window = (file[f"{name}_{case}"] for name in ("label", "score", "window"))
            started = time.perf_counter()
            volume = vus(label, score, int(window))
            seconds = time.perf_counter() - started
            off = {
                "roc_off": abs(volume.roc - float(file[f"vus_roc_{case}"])),
                "pr_off": abs(volume.pr - float(file[f"vus_pr_{case}"])),
            }
            numbers = {"vus_roc": volume.roc, "vus_pr": volume.pr, "seconds": seconds, **off}
            rows.append({"case": case, "points": len(label), "window": int(window), **numbers})
    tables = [record.Table("Reference cases", COLUMNS, rows)]
    record.write(record.Result("vus_check", "VUS against reference numbers", tables), given.out, arguments)
    if any(max(row["roc_off"], row["pr_off"]) > TOLERANCE for row in rows):
        sys.exit(f"VUS is off by more than {TOLERANCE}")


if __name__ == "__main__":
    record.main(run)
