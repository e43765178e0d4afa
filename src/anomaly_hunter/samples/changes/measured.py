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
    Naming("requests_per_s", "error_ratio", "latency_p95_ms", "cpu_percent", "memory_mb", "queries_per_s",
           1e3),
    Naming("http_requests", "http_5xx_ratio", "http_request_duration_seconds", "process_cpu_usage",
           "process_resident_memory_mb", "db_statements", 1.0),
    Naming("throughput", "failureRate", "responseTimeMs", "cpuUtilization", "heapUsedMb", "dbQueryRate", 1e3),
)  # fmt: skip


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
    part = {call: float(rng.uniform(0.4, 0.95)) for call in system.calls}
    after = (np.arange(course.rows) >= course.onset).astype(np.float64)
    strength = float(rng.uniform(0.3, 1.0))
    busy = 1.0 + (1.0 + 3.0 * strength) * after * (story.trouble == "surge")
    demand = _demand(system, part, float(np.exp(rng.uniform(2.0, 5.0))) * _season(course, rng) * busy)
    failing = {"errors": 0.6, "leak": 0.5, "busy": 0.1}.get(story.trouble, 0.02) * strength
    failing_at = _carried(system, part, story.service, failing)
    usual = {service: float(np.exp(rng.uniform(3.0, 5.5))) for service in system.services}
    slower = {"queries": 6.0, "busy": 5.0}.get(story.trouble, 0.2) * strength * usual[story.service]
    slower_at = _carried(system, part, story.service, slower)
    found: list[Series] = []
    for service in system.services:
        own = service == story.service
        hot = busy + (1.2 * strength * after if own and story.trouble == "busy" else 0.0)
        values = _resources(course, naming, rng, hot, leaking=own and story.trouble == "leak")
        if service in system.bases:
            asked = 1.0 + 5.0 * strength * after * (
                story.trouble == "queries" and service == system.base_of(story.service)
            )
            values[naming.queries] = 3.0 * demand[service] * asked * _noisy(1.0, 0.05, course.rows, rng)
        else:
            waiting = (usual[service] + slower_at.get(service, 0.0) * after) * (0.5 + 0.5 * busy)
            values = (
                _symptoms(
                    demand[service],
                    failing_at.get(service, 0.0) * after,
                    waiting,
                    course=course,
                    naming=naming,
                    rng=rng,
                )
                | values
            )
        found += [Series(name, time, value, {"service": service}, source="generated")
                  for name, value in values.items()]  # fmt: skip
    return tuple(found)


def _demand(system: System, part: dict[tuple[str, str], float], entry: FloatArray) -> dict[str, FloatArray]:
    """Requests per second of every service: what its callers send on."""
    found = dict.fromkeys(system.services, 0.0 * entry)
    found[system.services[0]] = entry
    for caller in _downwards(system):
        for (a, b), share in part.items():
            if a == caller:
                found[b] = found[b] + share * found[a]
    return found


def _downwards(system: System) -> list[str]:
    """Services so that each comes after all that call it."""
    left, order = list(system.services), list[str]()
    while left:
        ready = [s for s in left if not any(b == s and a in left for a, b in system.calls)]
        order += ready
        left = [s for s in left if s not in ready]
    return order


def _carried(
    system: System, part: dict[tuple[str, str], float], service: str, size: float
) -> dict[str, float]:
    """What a trouble of this size comes to at the service and at all that call it."""
    found = {service: size}
    for name in reversed(_downwards(system)):
        if name != service:
            below = sum(share * found.get(b, 0.0) for (a, b), share in part.items() if a == name)
            found[name] = below
    return found


def _symptoms(
    demand: FloatArray, failing: FloatArray, waiting: FloatArray, *, course: Course, naming: Naming,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:  # fmt: skip
    rows = course.rows
    count = rng.poisson(demand * course.step_s)
    chance = np.clip(_noisy(0.004, 0.3, rows, rng) + failing * _noisy(1.0, 0.05, rows, rng), 0.0, 1.0)
    ratio = rng.binomial(count, chance) / np.maximum(1, count)
    latency = waiting * _noisy(1.0, 0.06, rows, rng) * naming.per_second / 1e3
    return {naming.requests: count / course.step_s, naming.errors: ratio, naming.latency: latency}


def _resources(
    course: Course, naming: Naming, rng: np.random.Generator, hot: FloatArray, *, leaking: bool
) -> dict[str, FloatArray]:
    cpu = float(rng.uniform(15, 40)) * _noisy(1.0, 0.06, course.rows, rng) * (0.6 + 0.4 * hot)
    return {naming.cpu: np.clip(cpu, 0.0, 99.5), naming.memory: _memory(course, rng, leaking=leaking)}


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
