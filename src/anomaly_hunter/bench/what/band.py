"""Does the 95% band hold what it promises? The share of normal points inside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method, run
from anomaly_hunter.bench.plots import plot
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.bench.what.alarms import alarming, has, parts_to_watch

__all__ = ["has", "measure"]

COLUMNS: Final = {
    "method": ("method", ""),
    "source": ("source", ""),
    "files": ("files", "d"),
    "covered": ("inside, mean of files", ".1%"),
    "median": ("median file", ".1%"),
    "p10": ("10% of files below", ".1%"),
    "p90": ("10% above", ".1%"),
    "promised": ("files at 93-97%", ".0%"),
    "width": ("width", ".2f"),
}
NOTE: Final = (
    "Inside: share of the points without label that lie within the 95% band, on the part "
    "that counts. Width: mean width of the band, divided by the standard deviation of those points."
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What is run on one method and part."""

    plots: Path | None = None

    def __call__(self, task: tuple[Method, Part]) -> Row:
        """The share of normal points inside the band, and its width."""
        method, part = task
        series = read(part)
        said = run(method, *series.history(part.stop, channel=0))
        row = {"method": method.name, "source": part.source, "series": part.name, "error": said.error}
        cut = slice(part.start, part.stop)
        value = series.value[cut]
        if said.lower is None or said.upper is None:
            return row | {"covered": math.nan, "width": math.nan, "points": 0}
        low, high = said.lower[cut], said.upper[cut]
        seen = (series.label[cut] == 0) & np.isfinite(value) & np.isfinite(low) & np.isfinite(high)
        if not seen.any():
            return row | {"covered": math.nan, "width": math.nan, "points": 0}
        inside = float(((value >= low) & (value <= high))[seen].mean())
        usual = float(value[seen].std())
        width = float((high - low)[seen].mean()) / usual if usual > 0 else math.nan
        if self.plots is not None:
            plot(self.plots, part, method.name, series, said, told=f"{inside:.1%} inside")
        return row | {"covered": inside, "width": width, "points": int(seen.sum())}


def measure(asked: Asked) -> Result:
    """Every method that draws a band on every part."""
    parts, methods = parts_to_watch(asked), alarming(asked.series_methods())
    tasks = [(method, part) for part in parts for method in methods]
    work = Covered(asked.plots and asked.plots / "band")
    rows = list(in_jobs(work, tasks, asked.jobs, asked.label("band")))
    return Result("band", "The expected band", [Table("Coverage", COLUMNS, summary(rows))], [NOTE], rows)


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per method and source."""
    table = []
    for method, source in dict.fromkeys((row["method"], row["source"]) for row in rows):
        mine = [row for row in rows if (row["method"], row["source"]) == (method, source)]
        share = np.array([row["covered"] for row in mine if not math.isnan(row["covered"])])
        width = [row["width"] for row in mine if not math.isnan(row["width"])]
        line: dict[str, Any] = {"method": method, "source": source, "files": len(mine)}
        if len(share):
            p10, median, p90 = np.quantile(share, (0.1, 0.5, 0.9))
            line |= {"covered": share.mean(), "median": median, "p10": p10, "p90": p90}
            line |= {"promised": ((share >= 0.93) & (share <= 0.97)).mean()}
        table.append(line | {"width": float(np.mean(width)) if width else math.nan})
    return table
