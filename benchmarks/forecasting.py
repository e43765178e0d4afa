"""How far off forecasts are, and how many values lie inside their 95% intervals.

Origins roll over the second part of each file; every forecaster sees the same histories, at most
6,000 points long, and forecasts 48 points. The seasonal naive forecast repeats the last season (the one that
the product finds; the last value where it finds none). MASE is the mean absolute error over that of
one-season-back forecasts inside the history (Hyndman & Koehler 2006).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anomaly_hunter.detect.profile import profile
from benchmarks import product, record
from benchmarks.data import find_data, parts_of, read_csv_series, read_series
from benchmarks.metrics import FloatArray, IntArray

SOURCES = ("nab", "wsd", "kpi_aiops")
FORECASTERS = ("seasonal", "arima", "prophet", "lightgbm")
NAIVE = "seasonal naive"
HORIZON = 48
HISTORY = 6_000
LEAST_HISTORY = 500
DAYS = 28
"""Tickets are forecast so many days ahead."""

GROUPS = {
    "source": ("source", ""),
    "forecaster": ("forecaster", ""),
    "files": ("files", "d"),
    "mase": ("MASE", ".3f"),
    "against_naive": ("error / naive error", ".3f"),
    "worse": ("files worse than naive", "d"),
    "coverage": ("coverage of 95%", ".3f"),
    "width": ("width / naive error", ".1f"),
    "seconds": ("CPU s per forecast", ".3f"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One file, and where forecasts start in it."""

    source: str
    name: str
    origins: int
    forecasters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is run on one file."""

    folder: Path
    predict: product.Predict = product.forecast

    def __call__(self, task: Task) -> list[dict[str, Any]]:
        """One row per forecaster."""
        value, time_s, origins, horizon = self._file(task)
        counts = task.source == "tickets"
        sums: dict[str, list[dict[str, float]]] = {name: [] for name in (NAIVE, *task.forecasters)}
        for origin in origins:
            start = max(origin - HISTORY, 0)
            past, past_s = value[start:origin], time_s[start:origin]
            actual = value[origin : origin + horizon]
            naive, scale = seasonal_naive(past, past_s, horizon)
            usual = {"naive": _error(actual, naive), "scale": scale}
            sums[NAIVE].append({"error": usual["naive"], **usual})
            for name in task.forecasters:
                started = time.process_time()
                found = self.predict(past, past_s, horizon, name, counts)
                seconds = time.process_time() - started
                inside = (actual >= found.lower) & (actual <= found.upper)
                sums[name].append(
                    {
                        "error": _error(actual, found.expected),
                        "inside": float(np.mean(inside[np.isfinite(actual)])),
                        "wide": float(np.mean(found.upper - found.lower)),
                        "seconds": seconds,
                        **usual,
                    }
                )
        return [_summed(task, name, rows) for name, rows in sums.items()]

    def _file(self, task: Task) -> tuple[FloatArray, IntArray, Sequence[int], int]:
        if task.source == "tickets":
            return self._tickets()
        part = next(part for part in parts_of(self.folder, task.source) if part.name == task.name)
        series = read_series(self.folder, task.source, task.name)
        value, time_s = series.history(part.stop)
        if time_s is None:
            raise ValueError(f"{task.name} has no clock")
        first = min(max(LEAST_HISTORY, len(value) // 2), HISTORY)
        horizon = min(HORIZON, len(value) // 4)
        origins = np.linspace(min(first, len(value) - horizon), len(value) - horizon, task.origins)
        return value, time_s, np.unique(origins.astype(int)).tolist(), horizon

    def _tickets(self) -> tuple[FloatArray, IntArray, Sequence[int], int]:
        place = self.folder / "tickets"
        past, past_s = read_csv_series(place / "daily-train.csv", "count")
        later, later_s = read_csv_series(place / "daily-test.csv", "count")
        value, time_s = np.concatenate([past, later]), np.concatenate([past_s, later_s])
        days = min(DAYS, len(later))
        return value, time_s, list(range(len(past), len(value) - days + 1, 4)), days


def seasonal_naive(value: FloatArray, time_s: IntArray, horizon: int) -> tuple[FloatArray, float]:
    """The last season again, and the mean absolute error of doing so inside the history.

    >>> seasonal_naive(np.tile([1.0, 5.0, 2.0], 20), np.arange(60), 4)[0].tolist()
    [1.0, 5.0, 2.0, 1.0]
    """
    period = profile(value, float(np.median(np.diff(time_s)))).period or 1
    known = value[np.isfinite(value)]
    scale = float(np.mean(np.abs(known[period:] - known[:-period])))
    return np.resize(known[-period:], horizon), scale


def _error(actual: FloatArray, expected: FloatArray) -> float:
    return float(np.nanmean(np.abs(actual - expected)))


def _summed(task: Task, name: str, rows: Sequence[record.Row]) -> dict[str, Any]:
    """Sums over origins before ratios, so that an origin without any error does not count for all."""
    error, naive, scale = (float(sum(row[key] for row in rows)) for key in ("error", "naive", "scale"))
    return {
        "source": task.source,
        "series": task.name,
        "forecaster": name,
        "origins": len(rows),
        "mase": error / scale if scale > 0 else float("nan"),
        "against_naive": error / naive if naive > 0 else float("nan"),
        "coverage": record.mean(rows, "inside"),
        "width": sum(row.get("wide", float("nan")) for row in rows) / naive if naive > 0 else float("nan"),
        "seconds": record.mean(rows, "seconds"),
    }


def groups(rows: Sequence[record.Row]) -> Iterator[dict[str, Any]]:
    """Means over the files of each source, then over sources."""
    for name in dict.fromkeys(row["forecaster"] for row in rows):
        per_source = []
        for source in dict.fromkeys(row["source"] for row in rows):
            own = [row for row in rows if (row["source"], row["forecaster"]) == (source, name)]
            numbers = {key: record.mean(own, key) for key in GROUPS if key in own[0] and key not in _WORDS}
            worse = sum(row["against_naive"] > 1.0 for row in own)
            per_source.append(
                {"source": source, "forecaster": name, "files": len(own), "worse": worse, **numbers}
            )
        yield from per_source
        keys = ("mase", "against_naive", "coverage", "width", "seconds")
        total = {key: sum(row[key] for row in per_source) for key in ("files", "worse")}
        means = {key: record.mean(per_source, key) for key in keys}
        yield {"source": "**mean over sources**", "forecaster": name, **total, **means}


_WORDS = ("source", "forecaster")


def run(arguments: Sequence[str] | None = None, predict: product.Predict = product.forecast) -> None:
    """Measure and write the result."""
    parser = record.options("forecasting", "errors of forecasts and coverage of their intervals")
    parser.add_argument("--forecasters", default=",".join(FORECASTERS), help="names, comma between them")
    parser.add_argument("--files", type=int, default=12, help="files per source (default 12; quick 4)")
    parser.add_argument("--origins", type=int, default=10, help="forecasts per file (default 10; quick 5)")
    given = parser.parse_args(arguments)
    folder = find_data(given.data, "series/baselines.csv", "tickets/daily-train.csv")
    files, origins = (4, 5) if given.quick else (given.files, given.origins)
    names = tuple(given.forecasters.split(","))
    tasks = [Task("tickets", "daily", origins, names)]
    for source in SOURCES:
        parts = parts_of(folder, source)
        tasks += [
            Task(source, part.name, origins, names) for part in parts[:: max(len(parts) // files, 1)][:files]
        ]
    rows = [row for answer in record.in_jobs(Trial(folder, predict), tasks, given.jobs) for row in answer]
    tables = [record.Table("Forecasts per source", GROUPS, list(groups(rows)))]
    notes = [
        "Incidents count as values: nothing is left out. Error / naive error: mean absolute error over that "
        "of the seasonal naive forecast from the same origins. Width: mean width of the intervals over "
        "the same."
    ]
    result = record.Result("forecasting", "Forecasts", tables, notes, rows)
    record.write(result, given.out, arguments)


if __name__ == "__main__":
    record.main(run)
