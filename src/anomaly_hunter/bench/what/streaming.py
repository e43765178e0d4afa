"""How well streaming detectors rank points: at once, and with up to one window of lag.

The history up to the end of the part is fed value by value; a score is given before the value is learned.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.kernels import fed, kernel_of, kernels
from anomaly_hunter.bench.methods import Said, finite
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.bench.side_by_side import counted, failures
from anomaly_hunter.bench.what.ranking import NOTE, floors, parts_to_rank, ranked, tables, unlisted

COST: Final = {
    "method": ("method", ""),
    "points_per_s": ("points/s", ",.0f"),
    "state_bytes": ("state, bytes, largest", ",d"),
    "lag": ("lag, points, largest", "d"),
    "fed": ("points fed", ",d"),
}


@dataclass(frozen=True, slots=True)
class Feed:
    """What is run on one kernel and part."""

    plots: Path | None = None

    def __call__(self, task: tuple[str, Part]) -> list[dict[str, Any]]:
        """Two rows: of the immediate scores, and of the final ones."""
        name, part = task
        series = read(part)
        kernel = kernel_of(name)
        value, time_s = series.history(part.stop, channel=0)
        started = time.process_time()
        error = ""
        scores: tuple[Any, Any] = (np.zeros(part.stop), np.zeros(part.stop))
        try:
            scores = fed(kernel, value, time_s)
        except Exception as problem:  # noqa: BLE001 - the rim around a detector that is measured
            error = f"{type(problem).__name__}: {problem}"
        seconds = time.process_time() - started
        rows = []
        for mode, score in zip(("at once", "with lag"), scores, strict=True):
            said = Said(finite(score), seconds=seconds, error=error)
            row = ranked(said, series, part, f"{name}, {mode}")
            rows.append(row | {"kernel": name, "state_bytes": len(kernel.dump()), "lag": kernel.lag})
            if self.plots is not None:
                plot(self.plots, part, f"{name}_{mode}", series, said, told=f"VUS-PR {row['vus_pr']:.3f}")
        return rows


def names_of(asked: Asked) -> tuple[str, ...]:
    """The kernels that were asked for, else all."""
    return tuple(name for name in asked.detectors if name in kernels()) or tuple(kernels())


def has(asked: Asked) -> bool:
    """Whether there is a streaming detector and a labelled series."""
    return bool(kernels()) and bool(parts_to_rank(asked))


def measure(asked: Asked) -> Result:
    """Every kernel on every part."""
    parts = parts_to_rank(asked)
    tasks = [(name, part) for part in parts for name in names_of(asked)]
    work = Feed(asked.plots and asked.plots / "streaming")
    rows: list[Row] = [
        row for pair in in_jobs(work, tasks, asked.jobs, asked.label("streaming")) for row in pair
    ]
    costs = Table("Cost", COST, cost(rows))
    rows += floors(parts, ())
    notes = [
        counted(rows),
        NOTE,
        "Methods marked * see the whole series at once.",
        *unlisted(parts),
        *failures(rows),
    ]
    return Result("streaming", "Streaming", [*tables(rows, asked.baseline), costs], notes, rows)


def cost(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per kernel."""
    lines = []
    for name in dict.fromkeys(row["kernel"] for row in rows):
        mine = [row for row in rows if row["method"] == f"{name}, at once"]
        seconds, points = sum(row["cpu_s"] for row in mine), sum(row["points"] for row in mine)
        line = {key: max(row[key] for row in mine) for key in ("state_bytes", "lag")}
        rate = points / seconds if seconds > 0 else math.nan
        lines.append({"method": name, "points_per_s": rate, "fed": points, **line})
    return lines
