"""The network as a cause: what callers wait for beyond what the called service takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.investigate.movement import (
    FEWEST_BASELINE,
    MOST_BASELINE,
    RELATIVE_FLOOR,
    SMALLEST_LATENCY_S,
    WINDOW,
    Movement,
    at_onset,
)
from anomaly_hunter.investigate.semantics import seconds_per_unit, statistic_of
from anomaly_hunter.model import FloatArray, Graph, Series

CALLER_LABELS: Final = ("source", "caller", "client", "source_workload", "source_service", "from")
CALLEE_LABELS: Final = ("destination", "callee", "server", "target", "destination_workload",
                        "destination_service", "to")  # fmt: skip
SIDE_LABELS: Final = ("reporter", "side", "span_kind", "kind")
AT_CALLER: Final = ("source", "caller", "client")
Z_DELAYED: Final = 3.0
LEAST_PART: Final = 0.6


@dataclass(frozen=True, slots=True)
class Edge:
    """A measured call: how far its latency at the caller moved, and the gap to that at the callee."""

    caller: str
    callee: str
    z: float
    gap_z: float


def call_of(series: Series) -> tuple[str, str] | None:
    """(caller, callee) of a series that measures a call, from its labels; None of any other series.

    >>> call_of(Series.of([1.0], labels={"source": "web", "destination": "db"}))
    ('web', 'db')
    """
    caller = next((series.labels[k] for k in CALLER_LABELS if series.labels.get(k)), "")
    callee = next((series.labels[k] for k in CALLEE_LABELS if series.labels.get(k)), "")
    return (caller, callee) if caller and callee and caller != callee else None


def is_at_caller(series: Series) -> bool:
    """Whether a call is measured where it starts; so it is where nothing says the side."""
    side = next((series.labels[k].lower() for k in SIDE_LABELS if series.labels.get(k)), "")
    return not side or side in AT_CALLER


def labelled_graph(movements: Sequence[Movement]) -> Graph | None:
    """The calls that series are labelled with; None where there are none."""
    calls = dict.fromkeys(call for m in movements if (call := call_of(m.series)) is not None)
    return Graph(tuple(calls)) if calls else None


def measured_edges(movements: Sequence[Movement], begin: np.datetime64) -> tuple[Edge, ...]:
    """Every call whose latency is measured, with the gap between both sides where both are.

    Gap: latency at the caller less that at the callee at the nearest time (within half an interval),
    by the same statistic. It holds the network, and queueing before the callee's clock starts.
    """
    sides: dict[tuple[str, str, str], dict[bool, Movement]] = {}
    for movement in movements:
        call = call_of(movement.series)
        if call is not None and movement.kind == "latency":
            key = (*call, statistic_of(movement.series.name))
            sides.setdefault(key, {})[is_at_caller(movement.series)] = movement
    best: dict[tuple[str, str], Edge] = {}
    for (caller, callee, _), pair in sides.items():
        z = max(0.0, _number(pair[True].at_onset.z)) if True in pair else 0.0
        gap = _gap_z(pair[True], pair[False], begin) if len(pair) == 2 else 0.0
        known = best.get((caller, callee))
        if known is None or gap > known.gap_z:
            best[caller, callee] = Edge(caller, callee, z, gap)
    return tuple(best.values())


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _gap_z(at_caller: Movement, at_callee: Movement, begin: np.datetime64) -> float:
    a, b = at_caller.series, at_callee.series
    if a.value.ndim != 1 or b.value.ndim != 1 or not len(a) or not len(b):
        return 0.0
    start = int(np.searchsorted(a.time, begin, side="left"))
    first, stop = max(0, start - MOST_BASELINE), min(start + WINDOW, len(a))
    if start < FEWEST_BASELINE or stop <= start:
        return 0.0
    gap = a.value[first:stop] - _nearest(a, b)[first:stop]
    unit = SMALLEST_LATENCY_S / seconds_per_unit(a, at_caller.at_onset.before)
    least = RELATIVE_FLOOR["latency"] * _number(at_caller.at_onset.before)
    floors = np.array([[RELATIVE_FLOOR["latency"], max(unit, least), 0.0]])
    return max(0.0, _number(at_onset(gap[:, None], start - first, floors)[0].z))


def _nearest(a: Series, b: Series) -> FloatArray:
    """Values of ``b`` at the times of ``a``; NaN where none is within half an interval."""
    ours, theirs = a.time.view(np.int64), b.time.view(np.int64)
    step = (ours[-1] - ours[0]) / max(len(ours) - 1, 1)
    right = np.clip(np.searchsorted(theirs, ours), 1, max(len(theirs) - 1, 1))
    left = right - 1
    right = np.minimum(right, len(theirs) - 1)
    near = np.where(ours - theirs[left] <= theirs[right] - ours, left, right)
    found: FloatArray = np.where(np.abs(theirs[near] - ours) <= step / 2, b.value[near], np.nan)
    return found


def delayed(edges: Sequence[Edge]) -> dict[str, float]:
    """Services whose network explains the delayed calls, with the z of that.

    A service may delay what comes in, what goes out (two calls at least), or both. It fits when at least 60%
    of these calls, as far as measured, are delayed. Greedy cover: the one that explains most delayed calls
    first (of equal ones the called service), then the same with the calls that are left. Its z is the
    median of theirs.
    """
    left = {(e.caller, e.callee): e for e in edges if e.gap_z >= Z_DELAYED}
    ways = _ways(edges)
    found: dict[str, float] = {}
    while left:
        fitting = [
            (sum((e.caller, e.callee) in left for e in way), inward, name, way)
            for name, inward, way in ways
            if name not in found and any((e.caller, e.callee) in left for e in way)
        ]
        if not fitting:
            break
        _, _, name, way = max(fitting, key=lambda fit: fit[:3])
        found[name] = float(np.median([e.gap_z for e in way if (e.caller, e.callee) in left]))
        left = {call: e for call, e in left.items() if e not in way}
    return found


def _ways(edges: Sequence[Edge]) -> list[tuple[str, bool, list[Edge]]]:
    """(service, only inward, its calls) for each way in which most calls of a service are delayed."""
    inward: dict[str, list[Edge]] = {}
    outward: dict[str, list[Edge]] = {}
    for edge in edges:
        inward.setdefault(edge.callee, []).append(edge)
        outward.setdefault(edge.caller, []).append(edge)
    possible = [
        *((name, True, calls) for name, calls in inward.items()),
        *((name, False, calls) for name, calls in outward.items() if len(calls) > 1),
        *((name, False, [*inward[name], *outward[name]]) for name in inward if name in outward),
    ]
    return [(n, way, calls) for n, way, calls in possible if _part(calls) >= LEAST_PART]


def _part(edges: Sequence[Edge]) -> float:
    return sum(edge.gap_z >= Z_DELAYED for edge in edges) / len(edges)
