"""One generated incident: a mesh, a fault, what was measured of it, what is known, and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import Event, FloatArray, Graph, Series, TimeArray
from anomaly_hunter.samples.topologies.faults import FAULTS, Fault, FaultKind, fault, place_of
from anomaly_hunter.samples.topologies.flow import Effects, simulate
from anomaly_hunter.samples.topologies.measured import NAMINGS, Latency, Measuring, series_of
from anomaly_hunter.samples.topologies.mesh import FAMILIES, Family, Mesh, mesh
from anomaly_hunter.samples.topologies.spoiled import Variant, spoiled_edges, spoiled_series

AFTER: Final = 24
"""Points that are simulated from the fault on; the alarm must come within them."""

SOON: Final = 4
"""Points within which it must come where the fault does not creep."""

ALARM_Z: Final = 4.5
MOST_TRIES: Final = 10
TWICE_FROM: Final = 3
"""Tries from which the fault is made worse each time: what nobody notices is no incident."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What is to be generated; the same spec gives the same case.

    Variants of one seed share mesh, fault and noise wherever they can, so they can be compared in pairs.
    """

    fault: FaultKind = "latency"
    variant: Variant = "as it is"
    family: Family = "layers"
    size: int = 20
    seed: int = 1
    interval_s: float = 300.0
    rows: int = 600


@dataclass(frozen=True, slots=True)
class Alarm:
    """A series that pages somebody, from which point on, and how far off it is then."""

    title: str
    service: str
    start: int
    z: float
    expected: float
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class TopologyCase:
    """What is known of an incident, and the truth.

    Attributes
    ----------
    alarms:
        What pages, the first one first and strongest; positions count in that very series.
    truth:
        Names of services that are right as a cause (both ends of a broken network); empty when no
        service is at fault. Right they stay when nothing of them is known (hidden root).
    nearest:
        Callers of a hidden root that are measured: the nearest right place that can be seen.
    event:
        Title of the deploy that did it; "" when none did.
    """

    spec: Spec
    series: tuple[Series, ...]
    events: tuple[Event, ...]
    graph: Graph | None
    alarms: tuple[Alarm, ...]
    truth: frozenset[str]
    nearest: frozenset[str] = frozenset()
    event: str = ""


def topology_case(spec: Spec) -> TopologyCase:
    """The case of a spec.

    >>> case = topology_case(Spec("latency", size=8, seed=3, rows=200))
    >>> len(case.truth), case.graph is not None, case.alarms[0].z > 4
    (1, True, True)
    """
    rng = np.random.default_rng(
        (20260302, spec.seed, FAULTS.index(spec.fault), FAMILIES.index(spec.family), spec.size)
    )
    world = mesh(spec.family, spec.size, rng)
    how = _measuring(spec, rng)
    demand, memory = _demand(world, spec, rng), _memory(world, spec.rows, rng)
    start = spec.rows - AFTER
    for attempt in range(MOST_TRIES):
        place = place_of(spec.fault, world, rng)
        strength = 2.0 ** max(0, attempt - TWICE_FROM + 1)
        happened = fault(spec.fault, world, place, rng, start=start, length=spec.rows, strength=strength)
        effects = _with_bystander(happened, world, start, spec.rows, rng)
        state = simulate(world, demand, memory, effects, spec.interval_s)
        measured = series_of(world, state, how, np.random.default_rng((spec.seed, 7)))
        hidden = _hidden(spec, world, happened)
        alarms = _alarms(world, measured, spec, start, hidden)
        if alarms:
            return _known(spec, world, happened, measured, alarms=alarms, hidden=hidden, rng=rng)
    raise ValueError(f"no alarm in {MOST_TRIES} tries: {spec}")


def _measuring(spec: Spec, rng: np.random.Generator) -> Measuring:
    naming = NAMINGS[rng.integers(len(NAMINGS))]
    latency: Latency = (
        ("p95", "p99", "p50")[int(rng.integers(3))] if spec.variant == "percentiles" else "mean"
    )
    return Measuring(spec.interval_s, latency, spec.variant != "no counts", naming)


def _demand(world: Mesh, spec: Spec, rng: np.random.Generator) -> FloatArray:
    """``(nodes, rows)`` requests per second from outside: a daily season and slow noise at entries."""
    hours = np.arange(spec.rows) * spec.interval_s / 3600.0
    demand = np.zeros((len(world.nodes), spec.rows))
    season = 1.0 + float(rng.uniform(0.1, 0.5)) * np.sin(2 * np.pi * (hours / 24.0 + rng.random()))
    for i, node in enumerate(world.nodes):
        if node.role == "entry":
            base = float(np.exp(rng.uniform(np.log(0.5), np.log(50.0))))
            demand[i] = base * season * np.exp(_slow(spec.rows, 0.03, rng))
    return demand


def _slow(length: int, sd: float, rng: np.random.Generator) -> FloatArray:
    """Autoregressive noise, 0.8 from point to point."""
    noise = rng.normal(0.0, sd * 0.6, length)
    for i in range(1, length):
        noise[i] += 0.8 * noise[i - 1]
    return noise


def _memory(world: Mesh, rows: int, rng: np.random.Generator) -> FloatArray:
    """``(nodes, rows)`` used part: a level, a slow saw-tooth of garbage collection, slow noise."""
    position = np.arange(rows)
    levels = [
        float(rng.uniform(0.25, 0.6))
        + 0.05 * ((position / float(rng.uniform(40, 200)) + rng.random()) % 1.0)
        + _slow(rows, 0.003, rng)
        for _ in world.nodes
    ]
    return np.clip(np.array(levels), 0.05, 0.8)


def _with_bystander(happened: Fault, world: Mesh, start: int, rows: int, rng: np.random.Generator) -> Effects:
    """In three of ten cases something else is a little busier at the same time, and harms nobody."""
    effects, other = happened.effects, int(rng.integers(len(world.nodes)))
    if rng.random() < 0.3 and other not in happened.places and other not in effects.taken:
        lost = float(rng.uniform(0.05, 0.2)) * (np.arange(rows) >= start).astype(np.float64)
        effects.taken[other] = lost
    return effects


def _hidden(spec: Spec, world: Mesh, happened: Fault) -> str:
    hides = spec.variant == "hidden root" and happened.places
    return world.nodes[happened.places[0]].name if hides else ""


def _alarms(
    world: Mesh, measured: dict[str, list[Series]], spec: Spec, start: int, hidden: str
) -> tuple[Alarm, ...]:
    """What pages: latency and failures of entries and workers, age of queues; the first first."""
    watched = [n.name for n in world.nodes if n.role in ("entry", "worker", "queue") and n.name != hidden]
    found = []
    for name in watched:
        for series in measured[name]:
            if series.name.endswith("_pct") or series.name in (
                "requests",
                "http_requests_total",
                "callCount",
            ):
                continue
            if series.name.endswith(".calls"):
                continue
            soon = AFTER - 1 if spec.fault == "memory" else SOON
            alarm = _strangest(series, start) if spec.fault == "quiet" else _alarm(series, start, soon)
            found += [alarm] if alarm is not None else []
    found.sort(key=lambda a: (a.start, -a.z, a.title) if spec.fault != "quiet" else (0, -a.z, a.title))
    return tuple(found[:1] if spec.fault == "quiet" else found)


def _deviations(series: Series, start: int) -> tuple[FloatArray, float, float]:
    before = series.value[:start]
    before = before[~np.isnan(before)]
    if len(before) < 20:
        return np.zeros(len(series)), 0.0, 1.0
    low, middle, high = np.quantile(before, (0.05, 0.5, 0.95))
    least = 1.0 if "err" in series.name or "5xx" in series.name or "fail" in series.name else 1e-6
    spread = max(float(high - low) / 3.29, 0.05 * abs(float(middle)), least)
    z = np.nan_to_num((series.value - middle) / spread)
    return z, float(middle), spread


def _alarm(series: Series, start: int, soon: int) -> Alarm | None:
    """Two points in a row over the limit, from the fault on."""
    z, middle, spread = _deviations(series, start)
    over = (z[start : start + soon] > ALARM_Z) & (z[start + 1 : start + soon + 1] > ALARM_Z)
    if not over.any():
        return None
    at = start + int(over.argmax())
    return Alarm(
        series.title, series.labels["service"], at, float(min(z[at : at + 2].max(), 999.0)), middle, spread
    )


def _strangest(series: Series, start: int) -> Alarm:
    """The strangest point of the last ones where nothing happened: a false alarm."""
    z, middle, spread = _deviations(series, start)
    at = start + int(z[start : start + 12].argmax())
    return Alarm(series.title, series.labels["service"], at, float(z[at]), middle, spread)


def _known(
    spec: Spec,
    world: Mesh,
    happened: Fault,
    measured: dict[str, list[Series]],
    *,
    alarms: tuple[Alarm, ...],
    hidden: str,
    rng: np.random.Generator,
) -> TopologyCase:
    first = alarms[0]
    names = [node.name for node in world.nodes]
    truth = frozenset(names[i] for i in happened.places)
    stop = min(spec.rows, first.start + int(rng.integers(4, AFTER)))
    until = {name: [_until(s, stop) for s in members] for name, members in measured.items()}
    apart = np.random.default_rng((spec.seed, 11))
    series = spoiled_series(
        spec.variant, until, apart, hidden=hidden, alerting=first.service, onset=first.start
    )
    lengths = {s.title: len(s) for s in series}
    cut = stop - lengths[first.title]
    events, event = _events(names, happened, measured[first.service][0].time, first.start, rng)
    edges = spoiled_edges(spec.variant, world.edges, hidden, apart)
    near = frozenset(a for a, b in world.edges if b == hidden and a != hidden)
    shown = tuple(
        Alarm(a.title, a.service, a.start - cut, a.z, a.expected, a.spread)
        for a in alarms
        if a.title in lengths and a.start < stop
    )
    return TopologyCase(
        spec, series, events, Graph(edges) if edges else None, shown, truth, near, event
    )  # fmt: skip


def _until(series: Series, stop: int) -> Series:
    return Series(
        series.name, series.time[:stop], series.value[:stop], series.labels, series.unit, source=series.source
    )


def _events(
    names: list[str],
    happened: Fault,
    time: TimeArray,
    onset: int,
    rng: np.random.Generator,
) -> tuple[tuple[Event, ...], str]:
    """Changes on record: the one that did it, if one did, among two to five that did nothing."""
    found = []
    for number in range(int(rng.integers(2, 6)) if rng.random() < 0.6 else 0):
        at = time[onset] - np.timedelta64(int(60 * np.exp(rng.uniform(np.log(5.0), np.log(1400.0)))), "s")
        name = names[int(rng.integers(len(names)))]
        if names.index(name) in happened.places:
            continue  # a change just there and then could not be told from the cause
        kind = ("deploy", "config", "flag")[int(rng.integers(3))]
        found.append(Event(at, kind, f"{name} change {number + 1}", name))
    title = ""
    if happened.kind == "deploy":
        name = names[happened.places[0]]
        title = f"{name} v{int(rng.integers(2, 9))}.{int(rng.integers(20))}.0"
        at = time[min(happened.begins, onset)] - np.timedelta64(int(rng.integers(10, 300)), "s")
        found.append(Event(at, "deploy", title, name))
    return tuple(sorted(found, key=lambda e: (e.time, e.title))), title
