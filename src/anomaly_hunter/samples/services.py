"""A shop of ten services under way, a file of metrics for each: one cause, many alarms, and a stranger.

A change of the stock cache makes inventory ask its database for everything: the database runs hot,
inventory waits, and with it all that calls it, up to the web. Deploys before and after it had no part in
it, and reports, which nothing connects to the shop, has a trouble of its own at the same time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, TimeArray
from anomaly_hunter.samples.files import stamp, write_csv

START: Final = np.datetime64("2026-03-03T08:00:00", "s")
STEP: Final = np.timedelta64(60, "s")
POINTS: Final = 400  # minutes
CHANGE_AT: Final = 338  # 13:38
FELT_AT: Final = 340
REPORTS_AT: Final = 331

GRAPH: Final = {
    "web": ("catalog", "cart", "search"),
    "cart": ("inventory", "pricing"),
    "checkout": ("inventory", "payments"),
    "mobile": ("checkout", "catalog"),
    "catalog": ("pricing",),
    "inventory": ("stock-db",),
    "reports": ("warehouse",),
}

_USUAL: Final = {
    "web": (40.0, 180.0), "mobile": (14.0, 150.0), "cart": (11.0, 64.0), "checkout": (6.0, 118.0),
    "catalog": (32.0, 41.0), "search": (17.0, 72.0), "pricing": (43.0, 9.0), "payments": (6.0, 46.0),
    "inventory": (17.0, 22.0), "reports": (2.0, 900.0),
}  # fmt: skip
"""Requests a second, mean latency in ms."""

_FELT: Final = {"inventory": (0, 320.0, 0.05), "cart": (1, 315.0, 0.05), "checkout": (1, 330.0, 0.06),
                "web": (2, 88.0, 0.014), "mobile": (2, 140.0, 0.025)}  # fmt: skip
"""Minutes after it is felt at inventory, what it adds to the latency, and to the share of failures."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened."""

    service: str
    event: str
    first: int
    affected: tuple[str, ...]
    untouched: tuple[str, ...]
    stranger: str


@dataclass(frozen=True, slots=True, eq=False)
class Services:
    """Metrics by service and name, each ``(400,)``, on one clock; events, call graph, and the truth."""

    time: TimeArray
    metrics: dict[str, dict[str, FloatArray]]
    events: tuple[dict[str, str], ...]
    graph: dict[str, tuple[str, ...]]
    truth: Truth


def make(seed: int = 0) -> Services:
    """Six and a half hours of 33 metrics every minute; the same seed gives the same ones."""
    rng = np.random.default_rng([seed, 7])
    busy = 1 + 0.01 * np.sin(2 * np.pi * (np.arange(POINTS) - 60) / 1440)
    metrics = {name: _called(rng, name, busy) for name in _USUAL}
    cold = _rise(0, 3)
    metrics["inventory"]["cache_miss_pct"] = np.minimum(100.0, _noisy(rng, 4 + 88 * cold, 0.06))
    metrics["inventory"]["cpu_pct"] = _noisy(rng, 31 * busy, 0.03)
    metrics["payments"]["cpu_pct"] = _noisy(rng, 24 * busy, 0.03)
    metrics["stock-db"] = {
        "queries_per_s": _noisy(rng, 17 * busy * (1 + 9 * cold), 0.03),
        "latency_ms": _noisy(rng, 3.1 + 11 * cold, 0.04),
        "cpu_pct": np.minimum(100.0, _noisy(rng, 22 * busy + 66 * cold, 0.03)),
    }
    late = np.clip((np.arange(POINTS) - REPORTS_AT) / 4, 0, 1)
    metrics["reports"]["latency_ms"] = _noisy(rng, 900 + 2400 * late, 0.04)
    metrics["reports"]["queue_depth"] = np.round(_noisy(rng, 12 + 160 * late, 0.12))
    rounded = {s: {name: np.round(value, 2) for name, value in own.items()} for s, own in metrics.items()}
    affected = ("web", "mobile", "cart", "checkout", "inventory", "stock-db")
    untouched = ("catalog", "search", "pricing", "payments")
    truth = Truth("inventory", _CAUSE, FELT_AT, affected, untouched, "reports")
    return Services(START + np.arange(POINTS) * STEP, rounded, _events(), GRAPH, truth)


_CAUSE: Final = "stock cache ttl 300 s to 0 s"


def _called(rng: np.random.Generator, service: str, busy: FloatArray) -> dict[str, FloatArray]:
    """Requests, mean latency and failed requests of a service; what its callees add to it included."""
    rate, latency = _USUAL[service]
    delay, added, failing = _FELT.get(service, (0, 0.0, 0.0))
    felt = _rise(delay, 4)
    requests = np.round(_noisy(rng, 60 * rate * busy, 0.02))
    failed = rng.binomial(requests.astype(np.int64), 0.0012 + failing * felt).astype(np.float64)
    return {
        "requests": requests,
        "latency_ms": _noisy(rng, latency * (0.9 + 0.1 * busy) + added * felt, 0.025),
        "errors": failed,
    }


def _rise(delay: int, within: int) -> FloatArray:
    """0 before it is felt, 1 once it is there in full."""
    return np.asarray(np.clip((np.arange(POINTS) - FELT_AT - delay + 1) / within, 0, 1))


def _noisy(rng: np.random.Generator, level: FloatArray, share: float) -> FloatArray:
    return np.asarray(level * np.exp(rng.normal(0, share, POINTS)))


def _events() -> tuple[dict[str, str], ...]:
    """The setting that did it, and changes around it that did not."""
    given = (
        (41, "deploy", "catalog v7.3.0", "catalog"),
        (212, "deploy", "payments v2.4.1", "payments"),
        (326, "deploy", "reports v1.18.0", "reports"),
        (329, "flag", "express-checkout on for 10%", "checkout"),
        (CHANGE_AT, "config", _CAUSE, "inventory"),
        (339, "deploy", "search v3.1.4", "search"),
        (345, "deploy", "web v88", "web"),
    )
    return tuple(
        {"time": stamp(START + position * STEP), "kind": kind, "title": title, "service": service}
        for position, kind, title, service in given
    )


def write(folder: Path, seed: int = 0) -> tuple[Path, ...]:
    """Writes ``shop/SERVICE.csv`` for each service, ``shop-events.json`` and ``shop-graph.yaml``."""
    made = make(seed)
    stamps = [stamp(moment) for moment in made.time]
    files = [
        write_csv(
            folder / "shop" / f"{service}.csv",
            ["timestamp", *own],
            zip(stamps, *(value.tolist() for value in own.values()), strict=True),
        )
        for service, own in made.metrics.items()
    ]
    events, graph = folder / "shop-events.json", folder / "shop-graph.yaml"
    lines = ",\n".join(f"  {json.dumps(event)}" for event in made.events)
    events.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    calls = (f"{caller}: [{', '.join(callees)}]\n" for caller, callees in made.graph.items())
    graph.write_text("# who calls whom\n" + "".join(calls), encoding="utf-8")
    return (*files, events, graph)
