"""Excess that is conserved along calls: which service keeps how much of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray

How: TypeAlias = Literal["excess flow", "leaf first", "own cause"]

PASSED_ON: Final = 0.9
RESOURCE_HOLDS: Final = 0.8
RESOURCE_Z: Final = 6.0
MOST_STEPS: Final = 256


def kept_shares(
    edges: list[tuple[str, str]],
    size: Mapping[str, float],
    top: str,
    how: How,
    resource_z: Mapping[str, float],
    *,
    weights: Mapping[tuple[str, str], float] | None = None,
    room: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Blame that each service keeps when a mass of 1 enters at ``top``; the shares add up to 1.

    Excess flow: the excess is conserved along calls, so ``u`` passes to its callee ``c`` the part
    ``E_c (E_u / sum of E over callers of c) / max(E_u, sum of these over c)``; all of it where that sum
    alone fills the pool of ``u`` (``room``), for then it is what the others queue for. Leaf first: 0.9 is
    passed on, split by size. A service whose own resource moved (z around 6 or more) holds
    back up to 0.8 of what it would pass. ``weights`` are for calls that are only supposed (1 for
    the others). Steps are bounded, so cycles are harmless.
    """
    names = list(size)
    index = {name: i for i, name in enumerate(names)}
    value = np.array([size[name] for name in names])
    a = np.array([index[x] for x, _ in edges], dtype=np.int64)
    b = np.array([index[y] for _, y in edges], dtype=np.int64)
    trust = np.array([(weights or {}).get(edge, 1.0) for edge in edges], dtype=np.float64)
    rooms = np.array([(room or {}).get(name, math.inf) for name in names])
    part = _parts(a, b, value, rooms, how=how, trust=trust)
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


def _parts(
    a: IntArray, b: IntArray, value: FloatArray, room: FloatArray, *, how: How, trust: FloatArray
) -> FloatArray:
    """``(edges,)`` the part of a caller's blame that goes along each call."""
    n = len(value)
    of_callers = np.bincount(b, weights=value[a], minlength=n)
    if how == "excess flow":
        share = np.divide(value[a], of_callers[b], out=np.zeros(len(a)), where=of_callers[b] > 0)
        explained = value[b] * share * trust
        below = np.bincount(a, weights=explained, minlength=n)
        whole = np.where((below > 0) & (below >= room), below, np.maximum(value, below))[a]
        return np.divide(explained, whole, out=np.zeros(len(a)), where=whole > 0)
    of_callees = np.bincount(a, weights=value[b], minlength=n)[a]
    return PASSED_ON * np.divide(value[b], of_callees, out=np.zeros(len(a)), where=of_callees > 0)
