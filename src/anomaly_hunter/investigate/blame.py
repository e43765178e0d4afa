"""Which service carries the excess: blame flows down the calls and stays where it is not explained."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.evidence import NodeState, Unit, badness, node_states
from anomaly_hunter.investigate.flow import How, kept_shares
from anomaly_hunter.investigate.network import delayed, labelled_graph, measured_edges
from anomaly_hunter.investigate.own_causes import cause_at, own_causes
from anomaly_hunter.investigate.semantics import kind_of
from anomaly_hunter.model import Graph

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

__all__ = ["Blame", "NodeState", "badness", "blame", "kept_shares", "node_states", "unit_of"]

Z_NAMED: Final = 5.0
Z_ALERTING: Final = 1.5
MATERIAL: Final[dict[Unit, float]] = {"waiting": 0.02, "failures": 0.001}
"""Least part of what the alerting service waits for, or is asked for, in all."""

MATERIAL_SHARE: Final = 0.02
VIRTUAL_WEIGHT: Final = 0.7
TOP_SHARES: Final = 3
STRONG: Final = 0.4
LEAF_COUNTS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Blame:
    """Share of the blame that stays at a service, and the calls from the alerting one to it."""

    state: NodeState
    share: float
    path: tuple[str, ...]
    how: How


def blame(case: Case) -> tuple[Blame, ...]:
    """Services by the share of the excess that they keep, largest first.

    Three ways, the first that finds something is taken. Excess flow: excess in the unit of the alarm
    (seconds waited, requests failed) flows from the alerting service down the calls. Own cause: a
    resource or the network at a service that stands out by itself. Leaf first: deviations are followed where
    excess is not measured (percentiles, no request counts). Without a graph, the labels of series that
    measure calls make one; without these, latency is a symptom and never a cause.
    """

    def find() -> tuple[Blame, ...]:
        graph = case.graph or labelled_graph(case.movements)
        states = node_states(case.movements, unit_of(case))
        followed: tuple[Blame, ...] = ()
        felt = _felt(graph, states, case.service)
        if graph is not None and felt:
            followed = _ranked(graph, states, case.service)
        if followed and followed[0].how == "excess flow":
            return followed
        return _together(_by_own_cause(case, graph, states, felt), followed)

    return case.once("blame", find)


def _felt(graph: Graph | None, states: Mapping[str, NodeState], own: str) -> bool:
    """Whether the alerting service is in the graph, and moved in the first points (z of 1.5 at least)."""
    if graph is None or own not in states or own not in graph:
        return False
    return max(states[own].z, states[own].resource_z) >= Z_ALERTING


def _by_own_cause(
    case: Case, graph: Graph | None, states: Mapping[str, NodeState], felt: bool
) -> tuple[Blame, ...]:
    """Services with a cause of their own; where the alerting one felt it, also those with symptoms alone."""
    times = case.onset_times
    if times is None:
        return ()
    edges = measured_edges(case.movements, times[1])
    networks = delayed(edges)
    strength = own_causes(states, networks, edges, graph.edges if graph is not None else ())
    total = sum(own * own for own in strength.values())
    ways = _ways(graph.edges if graph is not None else (), case.service)
    found = []
    for name, own in strength.items():
        state = states.get(name, NodeState(name, 0.0, 0.0, math.nan, ""))
        caused = cause_at(state, networks.get(name, 0.0)) >= STRONG
        if own >= STRONG and (caused or felt):
            how: How = "own cause" if caused else "leaf first"
            found.append(Blame(state, own**3 / total, _way(ways, case.service, name), how))
    return tuple(sorted(found, key=lambda b: (-b.share, b.state.service)))


def _together(own: tuple[Blame, ...], followed: tuple[Blame, ...]) -> tuple[Blame, ...]:
    """Causes of their own; a service that leaf first blames as well has two voices."""
    if not own:
        return followed
    leaf = {b.state.service: LEAF_COUNTS * b.share for b in followed}
    both = [replace(b, share=1.0 - (1.0 - b.share) * (1.0 - leaf.get(b.state.service, 0.0))) for b in own]
    return tuple(sorted(both, key=lambda b: (-b.share, b.state.service)))


def _way(ways: Mapping[str, str], own: str, name: str) -> tuple[str, ...]:
    if not own or own == name:
        return (name,)
    return _path(ways, own, name)


def _ranked(graph: Graph, states: Mapping[str, NodeState], own: str) -> tuple[Blame, ...]:
    abnormal = {name: state for name, state in states.items() if state.abnormal or name == own}
    edges = [(a, b) for a, b in dict.fromkeys(graph.edges) if a in abnormal and b in abnormal and a != b]
    top = _topmost(graph, own, abnormal)
    size, how = _sizes(abnormal, top)
    material = {name for name, state in abnormal.items() if _material(state, abnormal[top], size, how)}
    virtual = _virtual(edges, top, material)
    weight = dict.fromkeys(virtual, VIRTUAL_WEIGHT)
    edges += virtual
    resource_z = {name: state.resource_z for name, state in abnormal.items()}
    room = {name: state.room for name, state in abnormal.items()}
    kept = kept_shares(edges, size, top, how, resource_z, weights=weight, room=room)
    ranked = sorted(
        ((share, name) for name, share in kept.items() if share > 1e-3), key=lambda p: (-p[0], p[1])
    )
    if not any(name in material for _, name in ranked[:TOP_SHARES]):
        return ()
    ways = _ways(edges, top)
    return tuple(
        Blame(abnormal[name], share, _path(ways, top, name), how)
        for share, name in ranked
        if name in material
    )


def _material(state: NodeState, top: NodeState, size: Mapping[str, float], how: How) -> bool:
    """Strong, and enough of what the alerting service waits for or is asked for in all."""
    if max(state.z, state.resource_z) < Z_NAMED:
        return False
    if how == "excess flow" and math.isfinite(top.base):
        return size[state.service] >= MATERIAL.get(top.unit, 0.0) * top.base
    return size[state.service] >= MATERIAL_SHARE * size[top.service] or state.resource_z >= Z_NAMED


def unit_of(case: Case) -> Unit:
    """What the alarm is about, and so what is followed: waiting, failures, or "" for anything."""
    series = case.series
    kind = kind_of(series) if series is not None else "unknown"
    return "waiting" if kind == "latency" else "failures" if kind in ("errors", "success") else ""


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
        strange = [name for name in front if name in abnormal and _alike(abnormal[name], abnormal[own])]
        if strange:
            top = max(strange, key=lambda name: (abnormal[name].z, name))
    return top


def _alike(state: NodeState, own: NodeState) -> bool:
    """Both show the same, measured the same way."""
    measured = math.isfinite(state.excess) or not math.isfinite(own.excess)
    return state.z >= Z_NAMED and state.unit == own.unit and measured


def _virtual(edges: list[tuple[str, str]], top: str, material: Collection[str]) -> list[tuple[str, str]]:
    """Calls that the graph seems to miss: to material services without an abnormal caller."""
    reached = _reachable(edges, top)
    called = {b for _, b in edges}
    return [(top, name) for name in material if name not in reached and name not in called and name != top]


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
    measured = {n for n, s in abnormal.items() if s.unit == unit and math.isfinite(s.excess)}
    if unit and math.isfinite(abnormal[top].excess) and 2 * len(measured) >= len(alike):
        sizes = {n: s.excess if n in measured else 0.0 for n, s in abnormal.items()}
        return {**sizes, top: max(sizes[top], abnormal[top].whole)}, "excess flow"
    return {n: min(30.0, max(s.z, s.resource_z)) for n, s in abnormal.items()}, "leaf first"


def _ways(edges: Sequence[tuple[str, str]], top: str) -> dict[str, str]:
    """The service before each one on a shortest way down from ``top``; "" before ``top`` itself."""
    below: dict[str, list[str]] = {}
    for a, b in edges:
        below.setdefault(a, []).append(b)
    before: dict[str, str] = {top: ""}
    front = [top]
    while front:
        following = []
        for a in front:
            for b in below.get(a, ()):
                if b not in before:
                    before[b] = a
                    following.append(b)
        front = following
    return before


def _path(before: Mapping[str, str], top: str, name: str) -> tuple[str, ...]:
    """The shortest way down from ``top`` to ``name``; just the ends when the graph has none."""
    if name not in before:
        return (top, name)
    path = [name]
    while before[path[-1]]:
        path.append(before[path[-1]])
    return tuple(reversed(path))
