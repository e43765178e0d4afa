"""How fast and how large: CPU seconds and memory by length, on a generated load. Needs no data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.asked import Asked
from anomaly_hunter.bench.jobs import in_jobs
from anomaly_hunter.bench.methods import Method, run
from anomaly_hunter.bench.result import Result, Row, Table
from anomaly_hunter.detect.online.fleet import Fleet
from anomaly_hunter.detect.online.profiles import kernel, kernels
from anomaly_hunter.model import FloatArray

COLUMNS: Final = {
    "method": ("method", ""),
    "points": ("points", ",d"),
    "cpu_s": ("CPU s", ".3f"),
    "s_per_10k": ("s/10k points", ".3f"),
    "peak_mb": ("peak MB", ".0f"),
    "error": ("error", ""),
}
STREAMS: Final = {
    "method": ("method", ""),
    "series": ("series", ",d"),
    "points": ("points", ",d"),
    "points_per_s": ("points/s", ",.0f"),
    "state_bytes": ("state, bytes per series", ",d"),
}
FLEET: Final = 1_000
"""Series that step together."""
START_S: Final = 1_767_225_600  # 2026-01-01
LENGTHS: Final = (500, 10_000, 100_000, 1_000_000)


def daily_load(n: int, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Values and times, a minute apart, with a daily rhythm, noise, and one incident near the end.

    >>> value, time_s = daily_load(500)
    >>> value.shape, float(time_s[1] - time_s[0])
    ((500,), 60.0)
    """
    time_s = START_S + 60.0 * np.arange(n, dtype=np.float64)
    value = 100 + 20 * np.sin(2 * np.pi * time_s / 86_400) + np.random.default_rng(seed).normal(0, 2, n)
    value[int(0.9 * n) : int(0.9 * n) + max(3, n // 200)] += 60
    return value, time_s


@dataclass(frozen=True, slots=True)
class Timed:
    """What is run on one method and length."""

    def __call__(self, task: tuple[Method, int]) -> Row:
        """The fastest of three runs up to 100,000 points, of one above; the first may load code."""
        method, n = task
        value, time_s = daily_load(n)
        run(method, value[:500], time_s[:500])
        said = min(
            (run(method, value, time_s) for _ in range(3 if n <= 100_000 else 1)), key=lambda s: s.seconds
        )
        row: dict[str, Any] = {
            "method": method.name,
            "points": n,
            "cpu_s": said.seconds,
            "peak_mb": said.peak_mb,
        }
        return row | {"s_per_10k": said.seconds / n * 1e4, "error": said.error[:80]}


def streamed(points: int = 20_000, repeats: int = 5) -> list[Row]:
    """One series value by value through each kernel, and many through a fleet: the fastest of the repeats."""
    value, time_s = daily_load(points)
    rows: list[Row] = []
    for name in kernels():
        single = _fastest(lambda name=name: _one(name, value.tolist(), time_s.tolist()), repeats)  # type: ignore[misc]
        rows.append(_row(name, 1, points, *single))
    steps = points // 100
    together = value[:steps, None] + np.random.default_rng(2).normal(0, 2, (steps, FLEET))
    rows.append(_row("light, fleet", FLEET, steps, *_fastest(lambda: _many(together, time_s), repeats)))
    return rows


def _one(name: str, value: list[float], time_s: list[float]) -> int:
    running = kernel(name)(60.0)
    for x, t in zip(value, time_s, strict=True):
        running.step(x, t)
    return len(running.dump())


def _many(value: FloatArray, time_s: FloatArray) -> int:
    fleet = Fleet(FLEET, 60.0)
    for row, t in zip(value, time_s[: len(value)].tolist(), strict=True):
        fleet.step(row, t)
    return len(fleet.dump_one(0))


def _fastest(work: Callable[[], int], repeats: int) -> tuple[float, int]:
    seconds, size = [], 0
    for _ in range(repeats):
        started = time.process_time()
        size = work()
        seconds.append(time.process_time() - started)
    return min(seconds), size


def _row(name: str, series: int, points: int, seconds: float, size: int) -> Row:
    rate = series * points / max(seconds, 1e-9)
    return {"method": name, "series": series, "points": points, "points_per_s": rate, "state_bytes": size}


def has(asked: Asked) -> bool:
    """Always: the data are generated."""
    return True


def measure(asked: Asked) -> Result:
    """Every method at every length; quick: up to 100,000 points."""
    lengths = [n for n in LENGTHS if n <= 100_000 or not asked.quick]
    tasks = [(method, n) for method in asked.series_methods() for n in lengths]
    rows = list(in_jobs(Timed(), tasks, asked.jobs, asked.label("speed")))
    columns = {key: of for key, of in COLUMNS.items() if key != "error" or any(row["error"] for row in rows)}
    note = "CPU seconds of one thread, children included; memory is what the call added at its peak."
    tables = [Table("Speed", columns, rows)]
    if not asked.methods:
        streams = streamed(10_000 if asked.quick else 20_000, 3 if asked.quick else 5)
        tables.append(Table("Streaming, one value of each series at a time", STREAMS, streams))
        rows += streams
    return Result("speed", "Speed", tables, [note], rows)
