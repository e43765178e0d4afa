"""How well the next points are forecast, and whether the interval holds, from five origins per series.

A forecaster sees the history up to an origin and says what comes in the next day (at most 288 points).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked, read
from anomaly_hunter.bench.folder import Part
from anomaly_hunter.bench.forecasts import USUAL, forecasters, season
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.result import Result, Row, Table, mean
from anomaly_hunter.bench.what.alarms import parts_to_watch

ORIGINS: Final = 5
MOST_STEPS: Final = 288
COLUMNS: Final = {
    "method": ("method", ""),
    "source": ("source", ""),
    "files": ("files", "d"),
    "mase": ("MASE, mean of files", ".3f"),
    "median": ("median file", ".3f"),
    "covered": ("inside the 95% interval", ".1%"),
    "cpu_s": ("CPU s/forecast", ".3f"),
    "failed": ("failed", "d"),
}
NOTE: Final = (
    "MASE: mean absolute error divided by that of the last season going on, in the history "
    "(Hyndman & Koehler 2006); below 1 is better than that. Only points without label count."
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is run on one forecaster and part."""

    def __call__(self, task: tuple[str, Part]) -> Row:
        """Error and coverage over all origins."""
        name, part = task
        series = read(part)
        value, time_s = series.history(part.stop, channel=0)
        row: dict[str, Any] = {"method": name, "source": part.source, "series": part.name, "error": ""}
        errors, inside, started, count = [], [], time.process_time(), 0
        for origin in origins(part):
            past = None if time_s is None else time_s[:origin]
            period = season(value[:origin], past)
            steps = max(1, min(period, MOST_STEPS, part.stop - origin))
            try:
                said = forecasters()[name](value[:origin], past, steps)
            except Exception as error:  # noqa: BLE001 - the rim around a forecaster that is measured
                row["error"] = row["error"] or f"{type(error).__name__}: {error}"
                continue
            count += 1
            cut = slice(origin, origin + steps)
            seen = (series.label[cut] == 0) & np.isfinite(value[cut])
            gaps = np.abs(value[period:origin] - value[: origin - period])
            unit = float(np.nanmean(gaps)) if np.isfinite(gaps).any() else 0.0
            if seen.any() and unit > 0:
                truth = value[cut][seen]
                errors.append(float(np.abs(truth - said.expected[seen]).mean()) / unit)
                inside.append(float(((truth >= said.lower[seen]) & (truth <= said.upper[seen])).mean()))
        row["cpu_s"] = (time.process_time() - started) / max(count, 1)
        row["mase"] = float(np.mean(errors)) if errors else math.nan
        return row | {"covered": float(np.mean(inside)) if inside else math.nan}


def origins(part: Part) -> list[int]:
    """Five places in the part that counts, evenly spaced, with at least 50 points before them."""
    first = max(part.start, part.stop // 4, 50)
    return sorted(
        {int(place) for place in np.linspace(first, part.stop, ORIGINS + 1)[:-1] if first < part.stop}
    )


def has(asked: Asked) -> bool:
    """Whether there is a series of one channel."""
    return bool(parts_to_watch(asked))


def measure(asked: Asked) -> Result:
    """Every forecaster that was asked for, else all, on every part."""
    names = [name for name in asked.detectors if name in forecasters()] or list(USUAL)
    tasks = [(name, part) for part in parts_to_watch(asked) for name in names]
    rows = list(in_jobs(Ahead(), tasks, asked.jobs, asked.label("forecasting")))
    table = Table("Forecasts", COLUMNS, summary(rows))
    return Result("forecasting", "Forecasting", [table], [NOTE], rows)


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One row per forecaster and source."""
    table = []
    for method, source in dict.fromkeys((row["method"], row["source"]) for row in rows):
        mine = [row for row in rows if (row["method"], row["source"]) == (method, source)]
        known = [row["mase"] for row in mine if not math.isnan(row["mase"])]
        line = {"method": method, "source": source, "files": len(mine)}
        line |= {key: mean(mine, key) for key in ("mase", "covered", "cpu_s")}
        line |= {"median": float(np.median(known)) if known else math.nan}
        table.append(line | {"failed": sum(bool(row["error"]) for row in mine)})
    return table
