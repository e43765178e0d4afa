"""Faults that can be put into a mesh, and what each does to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.samples.topologies.flow import Effects
from anomaly_hunter.samples.topologies.mesh import Mesh, Role

FaultKind: TypeAlias = Literal[
    "latency", "errors", "cpu", "memory", "pool", "outage", "deploy", "network", "surge", "quiet"
]

FAULTS: Final[tuple[FaultKind, ...]] = (
    "latency", "errors", "cpu", "memory", "pool", "outage", "deploy", "network", "surge", "quiet",
)  # fmt: skip
NO_SERVICE: Final[tuple[FaultKind, ...]] = ("surge", "quiet")
"""Kinds in which no service is at fault."""

_PLACES: Final[dict[FaultKind, tuple[Role, ...]]] = {
    "outage": ("database", "cache", "service"),
    "pool": ("service", "database", "worker"),
    "memory": ("service", "worker", "cache", "entry"),
    "deploy": ("service", "worker", "entry"),
}
_ANYWHERE: Final[tuple[Role, ...]] = ("entry", "service", "database", "cache", "queue", "worker")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: where (indices; a network fault has both ends of the call), and what it does."""

    kind: FaultKind
    places: tuple[int, ...]
    effects: Effects = field(default_factory=Effects)
    begins: int = 0


def place_of(kind: FaultKind, mesh: Mesh, rng: np.random.Generator) -> int:
    """Index of the service (of the call, for the network) that the fault is put at; -1 for none."""
    if kind in NO_SERVICE:
        return -1
    if kind == "network":
        waiting = [i for i, call in enumerate(mesh.calls) if call.waits and call.per_request >= 0.5]
        return waiting[rng.integers(len(waiting))]
    roles = _PLACES.get(kind, _ANYWHERE)
    there = [i for i, node in enumerate(mesh.nodes) if node.role in roles]
    if kind == "pool":
        there = [i for i in there if mesh.nodes[i].pooled > 0] or there
    return there[rng.integers(len(there))]


def fault(
    kind: FaultKind,
    mesh: Mesh,
    place: int,
    rng: np.random.Generator,
    *,
    start: int,
    length: int,
    strength: float,
) -> Fault:
    """The fault from ``start`` on, at ``length`` points; ``strength`` 1 is usual, 2 twice as bad."""
    if kind == "quiet":
        return Fault(kind, ())
    step = _step(start, length, int(rng.choice((0, 0, 0, 2))))
    build = _BUILD[kind]
    places: tuple[int, ...] = (place,) if place >= 0 else ()
    if kind == "network":
        call = mesh.calls[place]
        places = (call.callee, call.caller)
    return Fault(kind, places, build(mesh, place, step, strength, rng), start)


def _step(start: int, length: int, ramp: int) -> FloatArray:
    """0 before ``start``, 1 after; reached within ``ramp`` more points."""
    return np.clip((np.arange(length) - start + 1.0) / (ramp + 1.0), 0.0, 1.0)


def _latency(m: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    more = max(0.02, m.nodes[at].own_s * float(rng.uniform(2.0, 15.0))) * strength
    return Effects(more_s={at: more * step})


def _errors(_: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    return Effects(fails={at: min(1.0, float(rng.uniform(0.02, 0.4)) * strength) * step})


def _cpu(m: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    kept = m.nodes[at].busy * float(rng.uniform(1.02, 1.25)) / strength  # at the peak of the day just enough
    return Effects(taken={at: (1.0 - min(0.9, kept)) * step})


def _memory(_: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    start = int(np.argmax(step > 0))
    begins = max(0, start - int(rng.integers(10, 50)))
    slope = float(rng.uniform(0.008, 0.02)) * strength
    ramp = np.clip(np.arange(len(step)) - begins, 0.0, None) * slope
    return Effects(leaked={at: np.minimum(ramp, 0.9)})


def _pool(m: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    left = max(m.nodes[at].pooled, 0.1) * float(rng.uniform(0.6, 1.0)) / strength
    return Effects(pool_lost={at: (1.0 - min(0.95, max(left, 0.005))) * step})


def _outage(_: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    if rng.random() < 0.5:
        return Effects(fails={at: float(rng.uniform(0.8, 1.0)) * step})
    return Effects(more_s={at: float(rng.uniform(2.0, 20.0)) * strength * step})


def _deploy(m: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    return (_latency if rng.random() < 0.5 else _errors)(m, at, step, strength, rng)


def _network(_: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    return Effects(on_calls_s={at: float(rng.uniform(0.05, 0.5)) * strength * step})


def _surge(_: Mesh, at: int, step: FloatArray, strength: float, rng: np.random.Generator) -> Effects:
    return Effects(demand=1.0 + (float(rng.uniform(0.6, 1.6)) * strength) * step)


_Build: TypeAlias = Callable[[Mesh, int, FloatArray, float, np.random.Generator], Effects]
_BUILD: Final[dict[FaultKind, _Build]] = {
    "latency": _latency, "errors": _errors, "cpu": _cpu, "memory": _memory, "pool": _pool,
    "outage": _outage, "deploy": _deploy, "network": _network, "surge": _surge,
}  # fmt: skip
