"""How long one case takes: services that call each other in a tree, a fault at a leaf."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import numpy as np

from anomaly_hunter.bench.causes.answering import case_of, verdict_on
from anomaly_hunter.bench.causes.labelled import Scene, dataset_of
from anomaly_hunter.model import Graph, Series

SIZES: Final = (50, 1_000)
ROWS: Final = 600
FANOUT: Final = 3
DELAY_S: Final = 0.3
METRICS: Final = ("latency_avg", "requests", "error_rate", "cpu_pct", "memory_pct")
REPEATS: Final = 3


def speed() -> list[dict[str, Any]]:
    """One row per size: milliseconds from case to verdict, the best of three."""
    return [_row(size) for size in SIZES]


def _row(services: int) -> dict[str, Any]:
    scene = tree(services)
    best, named = float("inf"), ""
    for _ in range(REPEATS):
        started = time.perf_counter()
        case = case_of(scene)
        verdict = asyncio.run(verdict_on(case)) if case is not None else None
        best = min(best, 1e3 * (time.perf_counter() - started))
        named = verdict.cause.name if verdict is not None and verdict.cause is not None else ""
    right = named == f"s{services - 1}"
    return {"services": services, "series": services * len(METRICS), "rows": ROWS, "ms": best, "right": right}


def tree(services: int) -> Scene:
    """Service ``i`` calls ``3 i + 1 .. 3 i + 3``; the last one is slow, and so are all above it."""
    rng = np.random.default_rng(services)
    stamps = (np.arange(ROWS, dtype=np.int64) * 60_000_000_000).view("datetime64[ns]")
    slow, node = {services - 1}, services - 1
    while node:
        node = (node - 1) // FANOUT
        slow.add(node)
    series = []
    for i in range(services):
        latency = rng.normal(0.1, 0.004, ROWS)
        latency[-5:] += DELAY_S if i in slow else 0.0
        values = (
            latency,
            rng.poisson(500, ROWS),
            np.zeros(ROWS),
            rng.normal(30, 2, ROWS),
            rng.normal(50, 1, ROWS),
        )
        labels = {"service": f"s{i}"}
        series += [
            Series(name, stamps, np.asarray(value, np.float64), labels=labels)
            for name, value in zip(METRICS, values, strict=True)
        ]
    graph = Graph(tuple((f"s{(i - 1) // FANOUT}", f"s{i}") for i in range(1, services)))
    begin = stamps[-5]
    return Scene(
        dataset_of("tree", tuple(series), graph), series[0].title, (begin, stamps[-1]), (begin, begin)
    )
