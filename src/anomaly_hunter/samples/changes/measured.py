"""What is measured of an incident: requests, errors, latency and resources of every service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, Series, TimeArray
from anomaly_hunter.samples.changes.stories import Story
from anomaly_hunter.samples.changes.systems import System


@dataclass(frozen=True, slots=True)
class Naming:
    """How a team names its metrics."""

    requests: str
    errors: str
    latency: str
    cpu: str
    memory: str
    queries: str
    per_second: float


NAMINGS: Final = (
    Naming("requests_per_s", "error_ratio", "latency_p95_ms", "cpu_percent", "memory_mb", "queries_per_s", 1e3),
    Naming("http_requests", "http_5xx_ratio", "http_request_duration_seconds", "process_cpu_usage",
           "process_resident_memory_mb", "db_statements", 1.0),
    Naming("throughput", "failureRate", "responseTimeMs", "cpuUtilization", "heapUsedMb", "dbQueryRate", 1e3),
)  # fmt: skip
DAMPED: Final = 0.75
"""What part of errors a caller passes on."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where things happen, in rows: the change takes hold at ``begins``, users notice at ``onset``."""

    rows: int
    begins: int
    onset: int
    step_s: float


def series_of(
    system: System, story: Story, course: Course, time: TimeArray, rng: np.random.Generator
) -> tuple[Series, ...]:
    """All series of all services, those of one service together."""
    naming = NAMINGS[int(rng.integers(len(NAMINGS)))]
    found: list[Series] = []
    reached = system.callers(story.service)
    strength = float(rng.uniform(0.3, 1.0))
    for service in system.services:
        values = _values(system, story, service, course, naming, rng, reached, strength)
        found += [Series(name, time, value, {"service": service}, source="generated")
                  for name, value in values.items()]  # fmt: skip
    return tuple(found)


def _values(
    system: System, story: Story, service: str, course: Course, naming: Naming, rng: np.random.Generator,
    reached: dict[str, int], strength: float,
) -> dict[str, FloatArray]:  # fmt: skip
    rows = course.rows
    after = (np.arange(rows) >= course.onset).astype(np.float64)
    steps = reached.get(service, -1)
    passed = strength * DAMPED ** max(0, steps) * after * (steps >= 0)
    busy = 1.0 + (1.0 + 3.0 * strength) * after * (story.trouble == "surge")
    demand = float(np.exp(rng.uniform(1.0, 5.0))) * _season(course, rng) * busy
    requests = rng.poisson(demand * course.step_s) / course.step_s
    failing = {"errors": 0.6, "leak": 0.5, "busy": 0.1}.get(story.trouble, 0.02) * passed
    ratio = np.clip(_noisy(0.004, 0.3, rows, rng) + failing * _noisy(1.0, 0.08, rows, rng), 0.0, 1.0)
    slower = {"latency": 6.0, "queries": 6.0, "busy": 5.0, "surge": 3.0}.get(story.trouble, 0.2) * passed
    slower = slower + 0.5 * (busy - 1.0)
    latency = float(np.exp(rng.uniform(3.0, 5.5))) * _noisy(1.0, 0.08, rows, rng) * (1.0 + slower)
    own = service == story.service
    hot = 0.4 * (busy - 1.0) + (1.2 * strength * after if own and story.trouble == "busy" else 0.0)
    cpu = np.clip(float(rng.uniform(15, 40)) * _noisy(1.0, 0.06, rows, rng) * (1.0 + hot), 0.0, 99.5)
    memory = _memory(course, rng, leaking=own and story.trouble == "leak")
    found = {naming.cpu: cpu, naming.memory: memory}
    if service in system.bases:
        many = 1.0 + 5.0 * strength * after * (story.trouble == "queries") * (
            service == system.base_of(story.service)
        )
        return found | {naming.queries: demand * 3.0 * many * _noisy(1.0, 0.05, rows, rng)}
    latency = latency * naming.per_second / 1e3
    return {naming.requests: requests, naming.errors: ratio, naming.latency: latency} | found


def _season(course: Course, rng: np.random.Generator) -> FloatArray:
    hours = np.arange(course.rows) * course.step_s / 3600.0
    wave = np.sin(2 * np.pi * (hours / 24.0 + rng.random()))
    season: FloatArray = 1.0 + float(rng.uniform(0.05, 0.3)) * wave
    return season


def _noisy(level: float, part: float, rows: int, rng: np.random.Generator) -> FloatArray:
    """A level with autoregressive noise of this part of it, never negative."""
    noise = rng.normal(0.0, 0.8 * part, rows)
    for i in range(1, rows):
        noise[i] += 0.6 * noise[i - 1]
    value: FloatArray = np.maximum(0.0, level * (1.0 + noise))
    return value


def _memory(course: Course, rng: np.random.Generator, *, leaking: bool) -> FloatArray:
    """A level; a leak climbs to twice of it until the process is killed, and then begins again."""
    level = float(rng.uniform(200, 900))
    value = level * _noisy(1.0, 0.01, course.rows, rng)
    if leaking:
        length = course.onset - course.begins
        value += level * np.maximum(0, np.arange(course.rows) - course.begins) / length
        value[course.onset :] -= level * 0.95
        value = np.maximum(value, 0.3 * level)
    return value
