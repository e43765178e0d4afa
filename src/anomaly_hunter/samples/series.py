"""A shop under way: web calls checkout, checkout calls payments, payments calls the database.

A deploy of payments leaks database connections: its pool runs full, its latency rises, and with
it the latency of everything upstream, until the deploy is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, TimeArray
from anomaly_hunter.samples.files import stamp, write_csv, write_dicts

START: Final = np.datetime64("2026-03-02T00:00:00", "s")  # a Monday
STEP: Final = np.timedelta64(300, "s")
POINTS: Final = 576  # two days of 5 minutes
DEPLOY_AT: Final = 462  # the second day, 14:30
ROLLBACK_AT: Final = 476  # 70 minutes later
POOL_SIZE: Final = 50.0

GRAPH: Final = {
    "web": ("checkout", "search"),
    "checkout": ("payments", "inventory"),
    "payments": ("db",),
    "inventory": ("db",),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened: positions are those of the first and the last abnormal point."""

    service: str
    event: str
    first: int
    last: int
    affected: tuple[str, ...]
    untouched: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """Metrics by name, each ``(576,)``, on one clock; events, call graph, and the truth."""

    time: TimeArray
    metrics: dict[str, FloatArray]
    events: tuple[dict[str, str], ...]
    graph: dict[str, tuple[str, ...]]
    truth: Truth


def make(seed: int = 0) -> Shop:
    """Two days of ten metrics every five minutes; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    at = np.arange(POINTS, dtype=np.float64)
    busy = 1 + 0.35 * np.sin(2 * np.pi * (at - 108) / 288) + 0.08 * np.sin(4 * np.pi * (at - 60) / 288)
    full = _leak(at)  # 0 = as usual, 1 = the pool is full
    slow = _delayed(full, 1)  # callers feel it one point later, and so on upstream
    slower = _delayed(full, 2)

    def noisy(level: FloatArray, share: float) -> FloatArray:
        return np.asarray(level * np.exp(rng.normal(0, share, POINTS)))

    requests = noisy(420 * busy * (1 - 0.06 * slower), 0.02)
    metrics = {
        "web_requests_per_s": requests,
        "web_latency_ms": noisy(118 + 14 * busy + 340 * slower, 0.03),
        "checkout_latency_ms": noisy(84 + 12 * busy + 545 * slow, 0.035),
        "checkout_error_rate_pct": noisy(0.35 + 4.1 * slow, 0.12),
        "payments_latency_ms": noisy(46 + 8 * busy + 520 * _delayed(full, 1) * full, 0.04),
        "payments_pool_in_use": np.minimum(POOL_SIZE, np.round(noisy(11 + 6 * busy + 36 * full, 0.05))),
        "payments_error_rate_pct": noisy(0.22 + 5.6 * slow, 0.14),
        "inventory_latency_ms": noisy(31 + 4 * busy, 0.04),
        "search_latency_ms": noisy(58 + 9 * busy, 0.045),
        "db_cpu_pct": noisy(34 * (0.55 + 0.45 * busy), 0.03),
    }
    digits = {"payments_pool_in_use": 0, "checkout_error_rate_pct": 3, "payments_error_rate_pct": 3}
    metrics = {name: value.round(digits.get(name, 1)) for name, value in metrics.items()}
    untouched = ("inventory_latency_ms", "search_latency_ms", "db_cpu_pct")
    affected = tuple(name for name in metrics if name not in (*untouched, "web_requests_per_s"))
    truth = Truth("payments", "payments v2.4.1", DEPLOY_AT + 1, ROLLBACK_AT + 3, affected, untouched)
    return Shop(START + np.arange(POINTS) * STEP, metrics, _events(), GRAPH, truth)


def _leak(at: FloatArray) -> FloatArray:
    """The pool fills within 15 minutes of the deploy and empties within 10 of the rollback."""
    up = np.clip((at - DEPLOY_AT) / 3, 0, 1)
    down = np.clip((at - ROLLBACK_AT) / 2, 0, 1)
    return np.asarray(up - down)


def _delayed(value: FloatArray, points: int) -> FloatArray:
    return np.concatenate((np.zeros(points), value[:-points]))


def _events() -> tuple[dict[str, str], ...]:
    """The deploy that did it, its rollback, and changes around it that did not."""
    given = (
        (130, "deploy", "checkout v1.9.0", "checkout"),
        (287, "config", "autovacuum naptime 60 to 30 s", "db"),
        (425, "flag", "banner spring-sale on for all", "web"),
        (457, "deploy", "search v3.1.4", "search"),
        (DEPLOY_AT, "deploy", "payments v2.4.1", "payments"),
        (ROLLBACK_AT, "deploy", "payments v2.4.0 (rollback)", "payments"),
    )
    return tuple(
        {"time": stamp(START + position * STEP), "kind": kind, "title": title, "service": service}
        for position, kind, title, service in given
    )


def api_latency(seed: int = 0) -> tuple[TimeArray, FloatArray]:
    """500 points of one metric, every five minutes, with one spike of 40 minutes at 380."""
    rng = np.random.default_rng([seed, 1])
    at = np.arange(500)
    level = 122 + 18 * np.sin(2 * np.pi * (at - 108) / 288)
    value = level * np.exp(rng.normal(0, 0.035, 500))
    value[380:388] *= np.array([1.5, 2.1, 2.6, 2.7, 2.4, 2.2, 1.8, 1.4])
    return START + at * STEP, value.round(1)


def write(folder: Path, seed: int = 0) -> tuple[Path, ...]:
    """Writes ``checkout.csv``, ``checkout-events.csv``, ``checkout-graph.yaml`` and ``api-latency.csv``."""
    shop = make(seed)
    columns = [shop.metrics[name] for name in shop.metrics]
    rows = zip(map(stamp, shop.time), *columns, strict=True)
    time, value = api_latency(seed)
    graph = folder / "checkout-graph.yaml"
    wide = write_csv(folder / "checkout.csv", ["timestamp", *shop.metrics], rows)
    lines = (f"{caller}: [{', '.join(callees)}]\n" for caller, callees in shop.graph.items())
    graph.write_text("# who calls whom\n" + "".join(lines), encoding="utf-8")
    return (
        wide,
        write_dicts(folder / "checkout-events.csv", shop.events),
        graph,
        write_csv(
            folder / "api-latency.csv", ["timestamp", "latency_ms"], zip(map(stamp, time), value, strict=True)
        ),
    )
