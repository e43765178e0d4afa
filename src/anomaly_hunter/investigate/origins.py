"""A blamed service in words: what arises there, and how one knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.blame import Blame, badness
from anomaly_hunter.investigate.evidence import NodeState, Unit
from anomaly_hunter.investigate.movement import Movement

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

OFF: Final = 5.0
"""Standard deviations from which on a callee is said to be off."""

_EXTRA: Final[dict[Unit, str]] = {"waiting": "extra waiting", "failures": "extra failures", "": "excess"}


def origin(found: Blame) -> str:
    """Where it comes from: "the extra waiting arises at db, felt at web (web → api → db)"."""
    service = found.state.service
    if found.how == "excess flow":
        return f"the {_EXTRA[found.state.unit]} arises at {service}{way(found)}"
    if found.how == "own cause":
        return f"{service} is off by itself ({metric_of(found.state)}){way(found)}"
    return f"what is off, followed down the calls, leads to {service}{way(found)}"


def share_of_blame(found: Blame) -> str:
    """The same as evidence: with its share, and how far off its strongest metric is."""
    state, share = found.state, say.percent(found.share)
    far = f"{metric_of(state)} {say.sigmas(max(state.z, state.resource_z))} off"
    if found.how == "excess flow":
        return f"{share} of the {_EXTRA[state.unit]} arises at {state.service} ({far}){way(found)}"
    if found.how == "own cause":
        return f"{share} of the blame stays at {state.service}, which is off by itself ({far}){way(found)}"
    return f"{share} of the blame stays at {state.service} ({far}), going by deviations alone{way(found)}"


def way(found: Blame) -> str:
    """The calls from the alerting service to it; "" where it is that one."""
    path = found.path
    return f", felt at {path[0]} ({' → '.join(path)})" if len(path) > 1 else ""


def metric_of(state: NodeState) -> str:
    """The metric that stands out most at a service."""
    return state.resource if state.resource_z > state.z else state.symptom


def callees_off(case: Case, service: str) -> tuple[str, ...]:
    """Services that it calls and that are off as well, the strangest first."""
    callees = case.graph.callees(service) if case.graph is not None else ()
    worst = {
        name: max(map(badness, case.movements_by_service.get(name, ())), default=0.0) for name in callees
    }
    return tuple(sorted((n for n in worst if worst[n] >= OFF), key=lambda name: (-worst[name], name)))


def how_far(movement: Movement) -> str:
    """The metric with its change and deviation: "latency_ms +61%, 31 sigma"."""
    change = say.change(movement.change_pct)
    return f"{movement.series.name} {change + ', ' if change else ''}{say.sigmas(movement.z)}"
