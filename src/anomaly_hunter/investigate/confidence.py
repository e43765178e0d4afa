"""How likely it is that a cause is right: a probability from signs of the case, not a share of blame.

A logistic model, ``p = 1 / (1 + exp(-(constant + sum of weight * sign)))`` with signs in [0, 1],
fitted on generated incidents (``confidence.json`` holds the weights, and the command and cases that
made them). The weights of what speaks for a cause and of what is known (:data:`SUPPORT`) are never negative,
so more of these never lowers the probability; the other signs say what kind of case it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.blame import blame
from anomaly_hunter.investigate.evidence import badness
from anomaly_hunter.investigate.semantics import RESOURCES
from anomaly_hunter.model import Graph

if TYPE_CHECKING:
    from anomaly_hunter.investigate.candidates import Candidate
    from anomaly_hunter.investigate.case import Case

LEAST: Final = 0.02
MOST: Final = 0.97
WEIGHTS: Final = Path(__file__).with_name("confidence.json")
ABNORMAL: Final = 5.0
LONG_BASELINE: Final = 288
STRONGEST_Z: Final = 100.0
SUPPORT: Final = (
    "said", "kept", "ahead", "strong", "resource", "fits", "ends",
    "followed", "mapped", "called", "covered", "counted", "history",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for a cause, and what kind of case it is, each in [0, 1].

    Attributes
    ----------
    said:
        Confidence of the agents that name it, together.
    kept:
        Share of the blame that stays at its place.
    ahead:
        1 less the weight of the next candidate at another place over its own.
    strong:
        Largest deviation there, ``log(1 + z) / log(101)``.
    resource:
        Largest deviation of a resource there, likewise.
    followed:
        1 where the excess was followed, 0 where only deviations were.
    mapped:
        1 where the service that pages is in a graph.
    called:
        1 where calls lead from the service that pages to another one, which is the place.
    itself:
        1 where the place is the service that pages.
    fits:
        Part of the abnormal services that are the place, or lead to it by calls.
    ends:
        1 where nothing that the place calls is abnormal (with a graph).
    covered:
        Part of what the place calls that is measured, 1 where it calls nothing (with a graph).
    counted:
        1 where requests are counted at the place.
    history:
        Points before the onset over 288.
    calm:
        Part of the measured services that are not abnormal.
    change:
        1 where the cause is a change.
    """

    said: float
    kept: float
    ahead: float
    strong: float
    resource: float
    followed: float
    mapped: float
    called: float
    itself: float
    fits: float
    ends: float
    covered: float
    counted: float
    history: float
    calm: float
    change: float


def confidence_of_cause(case: Case, chosen: Candidate, found: Sequence[Candidate], said: float) -> float:
    """Probability in [0.02, 0.97] that ``chosen`` is the cause; ``found`` are all candidates.

    ``said`` is the joint confidence of the agents, and the answer where the model does not apply:
    in a table, in a case of fewer than two services, for a cause without a place.
    """
    if not chosen.place or case.series is None or len(_strengths(case)) < 2:
        return said
    return probability(asdict(signs_of(case, chosen, found, said)), weights())


def probability(signs: Mapping[str, float], weight: Mapping[str, float]) -> float:
    """The logistic of the weighted signs, in [0.02, 0.97].

    >>> round(probability({"kept": 1.0}, {"constant": -1.0, "kept": 2.0}), 3)
    0.731
    >>> probability({}, {"constant": 9.0})
    0.97
    """
    total = weight["constant"] + sum(weight[name] * value for name, value in signs.items())
    return min(MOST, max(LEAST, 1.0 / (1.0 + math.exp(-min(50.0, max(-50.0, total))))))


@lru_cache(maxsize=1)
def weights() -> Mapping[str, float]:
    """The fitted weights by the name of the sign, and the constant."""
    content = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return {name: float(value) for name, value in content["weights"].items()}


def signs_of(case: Case, chosen: Candidate, found: Sequence[Candidate], said: float) -> Signs:
    """The signs of a candidate at a place; see :class:`Signs`."""
    place, strengths = chosen.place, _strengths(case)
    abnormal = {name for name, (z, _, _) in strengths.items() if z >= ABNORMAL} | {case.service, place}
    z, resource, counted = strengths.get(place, (0.0, 0.0, False))
    kept = {b.state.service: b for b in blame(case)}
    rival = max((c.weight for c in found if c.place and c.place != place), default=0.0)
    leading, callees = _around(case.graph, place)
    return Signs(
        said=_unit(said),
        kept=_unit(kept[place].share) if place in kept else 0.0,
        ahead=_unit(1.0 - rival / chosen.weight) if chosen.weight > 0 else 0.0,
        strong=_size(z),
        resource=_size(resource),
        followed=float(place in kept and kept[place].how == "excess flow"),
        mapped=float(case.graph is not None and case.service in case.graph),
        called=float(case.service in leading and place != case.service),
        itself=float(place == case.service),
        fits=len(abnormal & leading) / len(abnormal) if case.graph is not None else 0.0,
        ends=float(case.graph is not None and not callees & abnormal),
        covered=_part(callees, strengths) if case.graph is not None else 0.0,
        counted=float(counted),
        history=min(1.0, max(0, case.lead.start) / LONG_BASELINE),
        calm=_unit(1.0 - len(abnormal & set(strengths)) / len(strengths)),
        change=float(chosen.cause.kind == "event"),
    )


def _strengths(case: Case) -> Mapping[str, tuple[float, float, bool]]:
    """Of each measured service: largest deviation, that of its resources, whether requests are counted."""

    def work() -> dict[str, tuple[float, float, bool]]:
        found: dict[str, tuple[float, float, bool]] = {}
        for movement in case.movements:
            if not movement.service:
                continue
            z, resource, counted = found.get(movement.service, (0.0, 0.0, False))
            if movement.kind == "traffic":
                counted = True
            else:
                z = max(z, badness(movement))
            if movement.kind in RESOURCES:
                resource = max(resource, badness(movement))
            found[movement.service] = z, resource, counted
        return found

    return case.once("strengths of services", work)


def _around(graph: Graph | None, place: str) -> tuple[set[str], set[str]]:
    """The place with all that leads to it by calls, and what it calls."""
    leading = {place}
    if graph is None:
        return leading, set()
    callers: dict[str, list[str]] = {}
    callees: set[str] = set()
    for a, b in graph.edges:
        callers.setdefault(b, []).append(a)
        if a == place and b != place:
            callees.add(b)
    front = [place]
    while front:
        front = [a for a in dict.fromkeys(a for b in front for a in callers.get(b, ())) if a not in leading]
        leading.update(front)
    return leading, callees


def _part(callees: set[str], measured: Mapping[str, object]) -> float:
    return sum(name in measured for name in callees) / len(callees) if callees else 1.0


def _size(z: float) -> float:
    return _unit(math.log1p(max(0.0, z)) / math.log1p(STRONGEST_Z))


def _unit(value: float) -> float:
    return 0.0 if math.isnan(value) else min(1.0, max(0.0, value))
