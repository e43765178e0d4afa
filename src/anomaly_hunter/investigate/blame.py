"""Which service carries the excess: blame flows down the calls and stays where it is not explained."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.semantics import RESOURCES, metric_kind
from anomaly_hunter.model import FloatArray, Graph, IntArray

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

SYMPTOMS: Final = ("latency", "errors", "success", "unknown")

Unit: TypeAlias = Literal["waiting", "failures", ""]
How: TypeAlias = Literal["excess flow", "leaf first"]

Z_NAMED: Final = 5.0
Z_FLOWS: Final = 3.0
Z_ALERTING: Final = 1.5
MATERIAL: Final = 0.02
PASSED_ON: Final = 0.9
RESOURCE_HOLDS: Final = 0.8
RESOURCE_Z: Final = 6.0
MOST_STEPS: Final = 256


@dataclass(frozen=True, slots=True)
class NodeState:
    """One service at the onset.

    ``z`` is the strongest symptom (latency, errors, success) in the bad direction, ``resource_z``
    the strongest move of a resource (cpu, memory, disk, pool, cache ...), ``excess`` what it adds
    per point (seconds waited, requests failed) or NaN where requests are not measured.
    """

    service: str
    z: float
    resource_z: float
    excess: float
    unit: Unit
    symptom: str = ""
    resource: str = ""

    @property
    def abnormal(self) -> bool:
        """Enough to take part in the flow."""
        return max(self.z, self.resource_z) >= Z_FLOWS


@dataclass(frozen=True, slots=True)
class Blame:
    """Share of the blame that stays at a service, and the calls from the alerting one to it."""

    state: NodeState
    share: float
    path: tuple[str, ...]
    how: How


def blame(case: Case) -> tuple[Blame, ...]:
    """Services by the share of the excess that they keep, largest first.

    Empty without a graph, or when the service of the lead is not in it (latency without a topology
    is a symptom, never a cause), or when that service hardly moved in the first points (z < 1.5). Only
    services with z >= 5 and an excess that is material (2% of that of the alerting service) are
    named; shares are of all, so they may not add up to 1.
    """

    def find() -> tuple[Blame, ...]:
        graph, own = case.graph, case.service
        if graph is None or not own or own not in set(graph.nodes):
            return ()
        states = node_states(case.movements, unit_of(case))
        if own not in states or max(states[own].z, states[own].resource_z) < Z_ALERTING:
            return ()
        return _ranked(graph, states, own)

    return case.once("blame", find)


def _ranked(graph: Graph, states: Mapping[str, NodeState], own: str) -> tuple[Blame, ...]:
    abnormal = {name: state for name, state in states.items() if state.abnormal or name == own}
    edges = [(a, b) for a, b in dict.fromkeys(graph.edges) if a in abnormal and b in abnormal and a != b]
    top = _topmost(graph, own, abnormal)
    edges += _virtual(edges, top, abnormal)
    size, how = _sizes(abnormal, top)
    kept = kept_shares(edges, size, top, how, {n: s.resource_z for n, s in abnormal.items()})
    found = [
        Blame(abnormal[name], share, _path(edges, top, name), how)
        for name, share in kept.items()
        if share > 1e-3 and _material(abnormal[name], size[name], size[top])
    ]
    return tuple(sorted(found, key=lambda b: (-b.share, b.state.service)))


def _material(state: NodeState, size: float, size_of_top: float) -> bool:
    strong = max(state.z, state.resource_z) >= Z_NAMED
    return strong and (size >= MATERIAL * size_of_top or state.resource_z >= Z_NAMED)


def unit_of(case: Case) -> Unit:
    """What the alarm is about, and so what is followed: waiting, failures, or "" for anything."""
    series = case.series
    kind = metric_kind(series.name, series.unit) if series is not None else "unknown"
    return "waiting" if kind == "latency" else "failures" if kind in ("errors", "success") else ""


def node_states(movements: Iterable[Movement], unit: Unit = "") -> dict[str, NodeState]:
    """The state of every service that has a series, from how its series moved.

    Of each service the symptoms in ``unit`` count; all of them where it has none. Excess:
    latency above its baseline by more than 3 standard deviations times the requests of the service;
    failed requests likewise (errors as counts, or as ratios, or what success lacks, times the requests).
    """
    by_service: dict[str, list[Movement]] = {}
    for movement in movements:
        if movement.service:
            by_service.setdefault(movement.service, []).append(movement)
    return {name: _state(name, members, unit) for name, members in by_service.items()}


def _state(service: str, members: list[Movement], unit: Unit) -> NodeState:
    requests = max(
        (m.after for m in members if m.kind == "traffic" and math.isfinite(m.after)), default=math.nan
    )
    symptoms = [_symptom(m, requests) for m in members if m.kind in SYMPTOMS]
    symptoms = [symptom for symptom in symptoms if symptom.unit == unit] or symptoms
    resources = [(badness(m), m.series.name) for m in members if m.kind in RESOURCES]
    worst = max(symptoms, key=lambda s: (s.z, s.name), default=NO_SYMPTOM)
    resource_z, resource = max(resources, default=(0.0, ""))
    carried = max(symptoms, key=lambda s: (s.excess > 0, s.z, s.name), default=NO_SYMPTOM)
    return NodeState(service, worst.z, resource_z, carried.excess, carried.unit, worst.name, resource)


@dataclass(frozen=True, slots=True)
class _Symptom:
    """One symptom of a service: deviation in the bad direction, and what it adds per point."""

    z: float
    excess: float
    unit: Unit
    name: str


NO_SYMPTOM: Final = _Symptom(0.0, math.nan, "", "")


def _symptom(movement: Movement, requests: float) -> _Symptom:
    z, size, name = badness(movement), abs(movement.shift), movement.series.name
    unit: Unit = ""
    if movement.kind == "latency":
        size, unit = size * requests, "waiting"
    elif movement.kind in ("errors", "success"):
        unit = "failures"
        whole = _whole(movement)
        if whole and requests > 0:
            z = _failure_z(movement, requests, whole)
            size *= requests / whole
        elif whole:
            size = math.nan
    if z < Z_FLOWS or not unit or not math.isfinite(size):
        return _Symptom(z, math.nan, unit, name)
    return _Symptom(z, size * (1.0 - Z_FLOWS / z), unit, name)


def _whole(movement: Movement) -> float:
    """What stands for "all requests": 1 or 100 for a ratio, 0 where requests are counted."""
    series = movement.series
    name = series.name.lower()
    in_percent = series.unit == "%" or "pct" in name or "percent" in name
    largest = max(movement.before, movement.after)
    if movement.kind == "success" or in_percent or "rate" in name or "ratio" in name:
        return 100.0 if in_percent or largest > 1.5 else 1.0
    return 0.0


def _failure_z(movement: Movement, requests: float, whole: float) -> float:
    """Failures beyond the usual in standard deviations: the binomial one, or one request at least.

    A success that is always 100% has no spread of its own, and then one failure is the unit.
    """
    if badness(movement) <= 0:
        return 0.0
    usual = movement.before / whole
    usual = min(1.0, max(0.0, 1.0 - usual if movement.kind == "success" else usual))
    own = movement.scale / whole if math.isfinite(movement.scale) else 0.0
    spread = max(math.hypot(own, math.sqrt(usual * (1.0 - usual) / requests)), 1.0 / requests)
    return min(999.0, abs(movement.shift) / whole / spread)


def badness(movement: Movement) -> float:
    """Standard deviations in the bad direction, 0 when it moved the good way."""
    if math.isnan(movement.z):
        return 0.0
    if movement.kind in ("success", "cache hit", "disk free"):
        return max(0.0, -movement.z)
    if movement.kind in ("unknown", "queries"):
        return abs(movement.z)
    return max(0.0, movement.z)


def _topmost(graph: Graph, own: str, abnormal: Mapping[str, NodeState]) -> str:
    """Where people feel it: the abnormal service farthest up the calls that lead to ``own``.

    A caller in between may look normal, so the way up does not stop at it.
    """
    callers: dict[str, list[str]] = {}
    for a, b in graph.edges:
        callers.setdefault(b, []).append(a)
    top, seen, front = own, {own}, [own]
    while front:
        above = dict.fromkeys(a for b in front for a in callers.get(b, ()) if a not in seen)
        front = list(above)
        seen.update(front)
        strange = [name for name in front if name in abnormal]
        if strange:
            top = max(strange, key=lambda name: (abnormal[name].z, name))
    return top


def _virtual(
    edges: list[tuple[str, str]], top: str, abnormal: Mapping[str, NodeState]
) -> list[tuple[str, str]]:
    """Calls that the graph seems to miss: to abnormal services without an abnormal caller."""
    reached = _reachable(edges, top)
    called = {b for _, b in edges}
    return [
        (top, name)
        for name, state in abnormal.items()
        if name not in reached and name not in called and max(state.z, state.resource_z) >= Z_NAMED
    ]


def _reachable(edges: list[tuple[str, str]], top: str) -> set[str]:
    below: dict[str, list[str]] = {}
    for a, b in edges:
        below.setdefault(a, []).append(b)
    seen, front = {top}, [top]
    while front:
        front = [b for b in dict.fromkeys(b for a in front for b in below.get(a, ())) if b not in seen]
        seen.update(front)
    return seen


def _sizes(abnormal: Mapping[str, NodeState], top: str) -> tuple[dict[str, float], How]:
    """What flows: the excess in the unit of the top, where at most half lack one; else z (up to 30)."""
    unit = abnormal[top].unit
    alike = [s for s in abnormal.values() if s.unit == unit]
    measured = [s for s in alike if math.isfinite(s.excess)]
    if unit and math.isfinite(abnormal[top].excess) and 2 * len(measured) >= len(alike):
        return {n: s.excess if s in measured else 0.0 for n, s in abnormal.items()}, "excess flow"
    return {n: min(30.0, max(s.z, s.resource_z)) for n, s in abnormal.items()}, "leaf first"


def kept_shares(
    edges: list[tuple[str, str]],
    size: Mapping[str, float],
    top: str,
    how: How,
    resource_z: Mapping[str, float],
) -> dict[str, float]:
    """Blame that each service keeps when a mass of 1 enters at ``top``; the shares add up to 1.

    Excess flow: the excess is conserved along calls, so ``u`` passes to its callee ``c`` the part
    ``E_c (E_u / sum of E over callers of c) / max(E_u, sum of these over c)``. Leaf first: 0.9 is
    passed on, split by size. A service whose own resource moved (z around 6 or more) holds
    back up to 0.8 of what it would pass. Steps are bounded, so cycles are harmless.
    """
    names = list(size)
    index = {name: i for i, name in enumerate(names)}
    value = np.array([size[name] for name in names])
    a = np.array([index[x] for x, _ in edges], dtype=np.int64)
    b = np.array([index[y] for _, y in edges], dtype=np.int64)
    part = _parts(a, b, value, len(names), how)
    holds = np.array(
        [RESOURCE_HOLDS / (1.0 + math.exp(RESOURCE_Z - min(resource_z[n], 60.0))) for n in names]
    )
    if how == "leaf first":
        part = part * (1.0 - holds)[a]
    kept: FloatArray = np.zeros(len(names))
    flowing: FloatArray = np.zeros(len(names))
    passed = np.minimum(1.0, np.bincount(a, weights=part, minlength=len(names)))
    flowing[index[top]] = 1.0
    for _ in range(min(MOST_STEPS, len(names) + 1)):
        kept += flowing * (1.0 - passed)
        flowing = np.bincount(b, weights=flowing[a] * part, minlength=len(names)).astype(np.float64)
        if float(flowing.sum()) < 1e-9:
            break
    kept += flowing
    return {name: float(kept[i]) for name, i in index.items()}


def _parts(a: IntArray, b: IntArray, value: FloatArray, n: int, how: How) -> FloatArray:
    """``(edges,)`` the part of a caller's blame that goes along each call."""
    of_callers = np.bincount(b, weights=value[a], minlength=n)
    if how == "excess flow":
        share = np.divide(value[a], of_callers[b], out=np.zeros(len(a)), where=of_callers[b] > 0)
        explained = value[b] * share
        whole = np.maximum(value, np.bincount(a, weights=explained, minlength=n))[a]
        return np.divide(explained, whole, out=np.zeros(len(a)), where=whole > 0)
    of_callees = np.bincount(a, weights=value[b], minlength=n)[a]
    return PASSED_ON * np.divide(value[b], of_callees, out=np.zeros(len(a)), where=of_callees > 0)


def _path(edges: list[tuple[str, str]], top: str, name: str) -> tuple[str, ...]:
    """A shortest way down from ``top`` to ``name``; just the ends when the graph has none."""
    before: dict[str, str] = {top: ""}
    front = [top]
    while front and name not in before:
        following = []
        for a, b in edges:
            if a in front and b not in before:
                before[b] = a
                following.append(b)
        front = following
    if name not in before:
        return (top, name)
    path = [name]
    while before[path[-1]]:
        path.append(before[path[-1]])
    return tuple(reversed(path))
