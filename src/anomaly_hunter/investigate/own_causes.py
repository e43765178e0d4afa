"""Causes that lie at a service itself: a resource that moved, its network, and weakly its latency."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from anomaly_hunter.investigate.evidence import NodeState
from anomaly_hunter.investigate.network import Edge
from anomaly_hunter.investigate.semantics import MetricKind

Z_HALF: Final = 6.0
NETWORK: Final = 0.9
EDGE_LATENCY: Final = 0.6
OWN_LATENCY: Final = 0.5
LATENCY_WITHOUT_GRAPH: Final = 0.3
EXPLAINED_BY_CALLEE: Final = 0.8
WEIGHTS: Final[Mapping[MetricKind, float]] = {
    "cpu": 1.0, "memory": 0.8, "disk used": 0.8, "disk free": 0.8, "restarts": 0.9, "certificate": 0.9,
    "pool": 0.6, "cache miss": 0.6, "cache hit": 0.6, "queries": 0.6,
}  # fmt: skip


def own_causes(
    states: Mapping[str, NodeState],
    networks: Mapping[str, float],
    edges: Iterable[Edge],
    calls: Iterable[tuple[str, str]],
) -> dict[str, float]:
    """``{service: strength in [0, 1]}`` of what speaks for a cause at the service itself.

    Noisy-or of ``w sigmoid(z - 6)`` over channels: resources by kind (cpu 1, memory and disk 0.8, pools
    and caches 0.6), the network 0.9, and as symptoms the latency its callers see (0.6, the
    lowest of them) and its own (0.5; 0.3 without calls). Symptoms are discounted by 0.8 of the strongest
    cause or symptom at a callee.
    """
    calls = list(calls)
    cause = {name: cause_at(states.get(name), networks.get(name, 0.0)) for name in (*states, *networks)}
    seen: dict[str, list[float]] = {}
    for edge in edges:
        seen.setdefault(edge.callee, []).append(edge.z)
    alone = OWN_LATENCY if calls else LATENCY_WITHOUT_GRAPH
    symptom = {
        name: 1.0
        - (1.0 - alone * rises(_latency_z(states.get(name))))
        * (1.0 - EDGE_LATENCY * rises(min(seen.get(name, [0.0]))))
        for name in cause
    }
    below: dict[str, float] = {}
    for caller, callee in calls:
        if callee in cause:
            explained = max(cause[callee], symptom[callee] / alone)
            below[caller] = max(below.get(caller, 0.0), min(1.0, explained))
    return {
        name: 1.0 - (1.0 - own) * (1.0 - symptom[name] * (1.0 - EXPLAINED_BY_CALLEE * below.get(name, 0.0)))
        for name, own in cause.items()
    }


def cause_at(state: NodeState | None, z: float) -> float:
    """What speaks for a cause by its resources and its network (``z``), without its symptoms."""
    network = NETWORK * rises(z)
    resource = WEIGHTS.get(state.resource_kind, 0.5) * rises(state.resource_z) if state is not None else 0.0
    return 1.0 - (1.0 - resource) * (1.0 - network)


def _latency_z(state: NodeState | None) -> float:
    return state.z if state is not None and state.unit == "waiting" else 0.0


def rises(z: float) -> float:
    """``1 / (1 + exp(6 - z))``; 0 of nothing.

    >>> round(rises(6.0), 3), round(rises(9.0), 3), rises(0.0)
    (0.5, 0.953, 0.0)
    """
    return 1.0 / (1.0 + math.exp(Z_HALF - min(z, 60.0))) if z > 0 else 0.0
