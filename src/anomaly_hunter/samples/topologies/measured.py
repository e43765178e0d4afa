"""What monitoring would have seen of a simulated mesh: series with counting noise and a clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import FloatArray, Series
from anomaly_hunter.samples.topologies.flow import State
from anomaly_hunter.samples.topologies.mesh import Mesh

START: Final = np.datetime64("2026-03-02T00:00:00", "ns")
Latency: TypeAlias = Literal["mean", "p50", "p95", "p99"]
_NORMAL: Final[dict[Latency, float]] = {"p50": 0.0, "p95": 1.645, "p99": 2.326}


@dataclass(frozen=True, slots=True)
class Naming:
    """How a team names its metrics, and in which unit it measures latency."""

    latency: str
    unit: str
    per_second: float
    requests: str
    errors: str
    as_rate: bool


NAMINGS: Final = (
    Naming("latency_ms", "ms", 1e3, "requests", "errors", False),
    Naming("http_request_duration_seconds", "s", 1.0, "http_requests_total", "http_5xx_total", False),
    Naming("responseTime", "ms", 1e3, "callCount", "errorRate", True),
    Naming("rpc.server.latency", "us", 1e6, "rpc.server.calls", "rpc.server.failures", False),
)


@dataclass(frozen=True, slots=True)
class Measuring:
    """Interval in seconds, statistic of latency, whether requests are counted, and names."""

    interval_s: float = 300.0
    latency: Latency = "mean"
    counts: bool = True
    naming: Naming = NAMINGS[0]


def series_of(mesh: Mesh, state: State, how: Measuring, rng: np.random.Generator) -> dict[str, list[Series]]:
    """The series of each service by its name.

    Requests are Poisson counts, failures binomial ones; the mean of latency has the error of a
    mean (``sd / sqrt(requests)``) and 1% on top, percentiles those of a lognormal with a larger error.
    Intervals without a request have no latency. Cpu and pool are in percent, memory too.
    """
    length = state.rate.shape[1]
    time = START + (np.arange(length) * np.int64(how.interval_s * 1e9)).astype("timedelta64[ns]")
    found: dict[str, list[Series]] = {}
    for i, node in enumerate(mesh.nodes):
        values = _symptoms(state, i, how, rng) | _resources(state, i, node.role, how, rng)
        if node.pooled > 0:
            values["pool_used_pct"] = (_noisy(100.0 * state.pool[i], 2.0, rng), "%")
        found[node.name] = [
            Series(name, time, value, labels={"service": node.name}, unit=unit, source="generated")
            for name, (value, unit) in values.items()
        ]
    return found


_Values: TypeAlias = dict[str, tuple[FloatArray, str]]


def _symptoms(state: State, i: int, how: Measuring, rng: np.random.Generator) -> _Values:
    names = how.naming
    requests = rng.poisson(np.minimum(state.rate[i] * how.interval_s, 1e12)).astype(np.float64)
    failures = rng.binomial(requests.astype(np.int64), np.clip(state.failed[i], 0.0, 1.0)).astype(np.float64)
    values: _Values = {names.latency: (_latency(state, i, requests, how, rng), names.unit)}
    if how.counts:
        values[names.requests] = (requests, "")
    if names.as_rate or not how.counts:
        rate = np.divide(failures, requests, out=np.zeros_like(requests), where=requests > 0)
        values[names.errors if names.as_rate else f"{names.errors}_rate"] = (100.0 * rate, "%")
    else:
        values[names.errors] = (failures, "")
    return values


def _latency(
    state: State, i: int, requests: FloatArray, how: Measuring, rng: np.random.Generator
) -> FloatArray:
    mean, sd = state.mean_s[i], np.sqrt(state.variance[i])
    counted = np.maximum(requests, 1.0)
    if how.latency == "mean":
        value = mean + sd / np.sqrt(counted) * rng.normal(size=len(mean))
    else:
        sigma = np.sqrt(np.log1p((sd / np.maximum(mean, 1e-9)) ** 2))
        error = (1.0 if how.latency == "p50" else 2.5) * sigma / np.sqrt(counted) * rng.normal(size=len(mean))
        value = mean * np.exp(-0.5 * sigma**2 + _NORMAL[how.latency] * sigma + error)
    value = np.maximum(value, 0.1 * mean) * (1.0 + 0.01 * rng.normal(size=len(mean)))
    return np.where(requests > 0, value * how.naming.per_second, np.nan)


def _resources(state: State, i: int, role: str, how: Measuring, rng: np.random.Generator) -> _Values:
    busy = np.minimum(state.busy[i], 1.0)
    values: _Values = {
        "cpu_pct": (_noisy(100.0 * (0.04 + 0.96 * busy), 1.5, rng), "%"),
        "memory_pct": (_noisy(100.0 * state.memory[i], 0.4, rng), "%"),
    }
    if role == "queue":
        values["queue_age_seconds"] = (state.backlog_s[i] + rng.exponential(0.2, len(busy)), "s")
    return values


def _noisy(percent: FloatArray, sd: float, rng: np.random.Generator) -> FloatArray:
    noisy: FloatArray = np.clip(percent + sd * rng.normal(size=len(percent)), 0.0, 100.0)
    return noisy
