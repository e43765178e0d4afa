"""What each service shows at the onset: symptoms on one floored scale, what they add up to, resources."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.semantics import (
    RESOURCES,
    MetricKind,
    is_client_side,
    is_of_host,
    is_percent,
    requests_per_point,
    seconds_per_unit,
    statistic_of,
    whole_of,
)

Unit: TypeAlias = Literal["waiting", "failures", ""]

SYMPTOMS: Final = ("latency", "errors", "success", "unknown")
Z_FLOWS: Final = 3.0
Z_WHOLE: Final = 5.0
MOST_Z: Final = 999.0
FULL: Final = 0.8
MOST_REQUESTS: Final = 1e15
WITHOUT_COUNTS: Final = 0.002
"""The least scale of a share of failures where requests are not measured."""

_BETTER_LATENCY: Final = {"mean": 3, "": 2, "median": 1, "percentile": 0}


@dataclass(frozen=True, slots=True)
class NodeState:
    """One service at the onset.

    ``z`` is the strongest symptom (latency, errors, success) in the bad direction, ``resource_z``
    the strongest move of a resource (cpu, memory, disk, pool, cache ...), ``excess`` what it adds
    per point (seconds waited, requests failed) or NaN where requests, or the mean, are not measured.
    ``base`` is what it usually comes to per point (seconds waited, requests), for what is material;
    ``whole`` the excess without the allowance of 3 standard deviations. ``room``: seconds of waiting
    per point that would have filled its pool, which is full; infinite where it is not, or not measured.
    """

    service: str
    z: float
    resource_z: float
    excess: float
    unit: Unit
    symptom: str = ""
    resource: str = ""
    base: float = math.nan
    whole: float = math.nan
    resource_kind: MetricKind = "unknown"
    room: float = math.inf

    @property
    def abnormal(self) -> bool:
        """Enough to take part in the flow."""
        return max(self.z, self.resource_z) >= Z_FLOWS


@dataclass(frozen=True, slots=True)
class Symptom:
    """One symptom of a service: deviation in the bad direction, what it adds per point, what is usual."""

    z: float
    excess: float
    unit: Unit
    name: str
    base: float = math.nan
    whole: float = math.nan
    rank: int = 0


NO_SYMPTOM: Final = Symptom(0.0, math.nan, "", "")


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of a service per point: now, and usually; NaN where they are not measured."""

    now: float
    usual: float


def badness(movement: Movement) -> float:
    """Standard deviations in the bad direction, 0 when it moved the good way."""
    return _bad(movement.kind, movement.z)


def _bad(kind: MetricKind, z: float) -> float:
    if math.isnan(z):
        return 0.0
    if kind in ("success", "cache hit", "disk free"):
        return max(0.0, -z)
    if kind in ("unknown", "queries"):
        return abs(z)
    return max(0.0, z)


def node_states(movements: Iterable[Movement], unit: Unit = "") -> dict[str, NodeState]:
    """The state of every service that has a series, from how its series moved.

    Of each service the symptoms in ``unit`` count; all of them where it has none. Excess:
    latency above its baseline times the requests of the service (from 3 standard deviations on);
    failed requests likewise (errors as counts, or as shares, or what success lacks, times the requests).
    """
    by_service: dict[str, list[Movement]] = {}
    for movement in movements:
        if movement.service:
            by_service.setdefault(movement.service, []).append(movement)
    return {name: _state(name, members, unit) for name, members in by_service.items()}


def _state(service: str, members: Sequence[Movement], unit: Unit) -> NodeState:
    requests = _requests(members)
    symptoms = _symptoms(members, requests)
    symptoms = [symptom for symptom in symptoms if symptom.unit == unit] or symptoms
    worst = max(symptoms, key=lambda s: (s.rank, s.z, s.name), default=NO_SYMPTOM)
    carried = max(symptoms, key=lambda s: (s.rank, s.excess > 0, s.z, s.name), default=NO_SYMPTOM)
    resource_z, resource, kind = _resource(members)
    return NodeState(
        service,
        worst.z,
        resource_z,
        carried.excess,
        carried.unit,
        worst.name,
        resource,
        carried.base,
        carried.whole,
        kind,
        _room(members, carried),
    )


def _room(members: Sequence[Movement], carried: Symptom) -> float:
    """By Little's law a pool is used in proportion to what is waited for: ``base (whole / used - 1)``."""
    rooms = [math.inf]
    for movement in members:
        state, whole = movement.at_onset, whole_of(movement.series)
        full = movement.kind == "pool" and whole > 0 and state.after >= FULL * whole
        if full and state.before > 0 and carried.unit == "waiting" and math.isfinite(carried.base):
            rooms.append(carried.base * max(0.0, whole / state.before - 1.0))
    return min(rooms)


def _resource(members: Sequence[Movement]) -> tuple[float, str, MetricKind]:
    """The resource that moved most.

    One of the machine counts only where its own is not measured, and one without a limit only where
    its share of the limit is not.
    """
    found = [m for m in members if m.kind in RESOURCES]
    best: dict[MetricKind, int] = {}
    for movement in found:
        best[movement.kind] = max(best.get(movement.kind, 0), _says(movement))
    counted = [m for m in found if _says(m) == best[m.kind]]
    ranked = [(_step(m), m.series.name, m.kind) for m in counted]
    return max(ranked, default=(0.0, "", "unknown"))


def _says(movement: Movement) -> int:
    series = movement.series
    return 2 * (not is_of_host(series.name)) + ("%" in series.unit or is_percent(series.name))


def _step(movement: Movement) -> float:
    """How far it moved in the bad direction, beyond where it stood just before."""
    state = movement.at_onset
    if math.isnan(state.z):
        return 0.0
    if movement.kind in ("cache hit", "disk free"):
        return state.fallen
    return max(state.risen, state.fallen) if movement.kind == "queries" else state.risen


def _requests(members: Sequence[Movement]) -> Requests:
    """The sum over replicas of the largest traffic metric."""
    sums: dict[str, tuple[float, float]] = {}
    for movement in members:
        state = movement.at_onset
        if movement.kind == "traffic" and math.isfinite(state.after) and math.isfinite(state.before):
            factor = requests_per_point(movement.series)
            now, usual = sums.get(movement.series.name, (0.0, 0.0))
            sums[movement.series.name] = (now + factor * state.after, usual + factor * state.before)
    now, usual = max(sums.values(), key=lambda pair: pair[1], default=(math.nan, math.nan))
    return Requests(min(now, MOST_REQUESTS), min(usual, MOST_REQUESTS))


def _symptoms(members: Sequence[Movement], requests: Requests) -> list[Symptom]:
    found = []
    latencies = [m for m in members if m.kind == "latency"]
    own = [m for m in latencies if not is_client_side(m.series.name)] or latencies
    best = max((_BETTER_LATENCY[statistic_of(m.series.name)] for m in own), default=0)
    for movement in own:
        rank = _BETTER_LATENCY[statistic_of(movement.series.name)]
        if rank == best:
            found.append(_latency(movement, requests, rank))
    for movement in members:
        if movement.kind in ("errors", "success"):
            found.append(_failures(movement, requests))
        elif movement.kind == "unknown":
            found.append(
                Symptom(_bad(movement.kind, movement.at_onset.z), math.nan, "", movement.series.name)
            )
    return found


def _latency(movement: Movement, requests: Requests, rank: int) -> Symptom:
    """Seconds waited beyond the usual; only means times counts add up along calls."""
    state, name = movement.at_onset, movement.series.name
    if math.isnan(state.z):
        return Symptom(0.0, math.nan, "waiting", name)
    scale = state.scale * math.sqrt(max(1.0, _ratio(requests.usual, requests.now)))
    beyond = state.after - max(state.before, state.low if math.isfinite(state.low) else state.before)
    z = min(MOST_Z, max(0.0, beyond / scale))
    seconds = seconds_per_unit(movement.series, state.before)
    adds_up = rank >= _BETTER_LATENCY[""] and requests.now > 0
    base = state.before * seconds * requests.now if adds_up else math.nan
    whole = max(0.0, beyond) * seconds * requests.now if adds_up else math.nan
    return Symptom(z, _firm(whole, z), "waiting", name, base, whole, rank)


def _firm(whole: float, z: float) -> float:
    """Firm threshold: nothing up to z = 3, all of it from z = 5 on, in proportion between."""
    return whole * min(1.0, max(0.0, (z - Z_FLOWS) / (Z_WHOLE - Z_FLOWS)))


def _ratio(a: float, b: float) -> float:
    return a / b if a > 0 and b > 0 else 1.0


def _failures(movement: Movement, requests: Requests) -> Symptom:
    """Failed requests beyond the usual, in binomial standard deviations, or one request at least.

    A success that is always 100% has no spread of its own, and then one failure is the unit.
    """
    state, name = movement.at_onset, movement.series.name
    if math.isnan(state.z):
        return Symptom(0.0, math.nan, "failures", name)
    whole = _whole(movement)
    if not whole:
        return _counted_failures(movement, requests)
    usual, now, near = (
        _failing(movement, value / whole) for value in (state.before, state.after, _nearest(movement))
    )
    reference = max(usual, near) if math.isfinite(near) else usual
    measured = requests.now > 0
    least = max(1.0 / (requests.now * state.points), 1e-12) if measured else WITHOUT_COUNTS
    binomial = math.sqrt(reference * (1.0 - reference) * least) if measured else 0.0
    scale = max(math.hypot(state.spread / whole, binomial), least)
    beyond = now - reference
    z = min(MOST_Z, max(0.0, beyond / scale))
    failed = max(0.0, beyond) * requests.now if measured else math.nan
    return Symptom(z, _firm(failed, z), "failures", name, requests.now, failed)


def _counted_failures(movement: Movement, requests: Requests) -> Symptom:
    state = movement.at_onset
    reference = max(state.before, state.low) if math.isfinite(state.low) else state.before
    scale = max(state.spread, math.sqrt(max(reference, 1.0)))
    failed = max(0.0, state.after - reference)
    z = min(MOST_Z, failed / scale)
    return Symptom(z, _firm(failed, z), "failures", movement.series.name, requests.now, failed)


def _nearest(movement: Movement) -> float:
    """The better of the two points before, as the metric counts it."""
    return movement.at_onset.high if movement.kind == "success" else movement.at_onset.low


def _failing(movement: Movement, share: float) -> float:
    if math.isnan(share):
        return math.nan
    return min(1.0, max(0.0, 1.0 - share if movement.kind == "success" else share))


def _whole(movement: Movement) -> float:
    """What stands for "all requests": 1 or 100 for a ratio, 0 where requests are counted."""
    series, state = movement.series, movement.at_onset
    name = series.name.lower()
    in_percent = series.unit == "%" or "pct" in name or "percent" in name or "%" in name
    largest = max(state.before, state.after)
    if movement.kind == "success" or in_percent or "rate" in name or "ratio" in name:
        return 100.0 if in_percent or largest > 1.5 else 1.0
    return 0.0
