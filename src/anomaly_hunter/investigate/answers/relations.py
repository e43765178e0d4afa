"""The other series and services: who moved, who did not, who was first, who carries it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.blame import Blame, badness, blame
from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.origins import how_far, share_of_blame
from anomaly_hunter.model import Evidence, Number

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_BLAMED = 5


def siblings(case: Case) -> Evidence:
    """See :meth:`Case.siblings`."""
    name, question = f"siblings:{case.subject}", "which siblings moved with it"
    others = [m for m in case.movements if m.series is not case.series]
    if not others:
        return Evidence(name, question, "there is no other series to compare with", {"others": 0, "moved": 0})
    moved = sorted(
        (m for m in others if m.moved),
        key=lambda m: (-abs(m.z) if not math.isnan(m.z) else 0.0, m.series.title),
    )
    stayed = sum(m.stayed for m in others)
    text = f"{len(moved)} of {len(others)} other series moved with it"
    if moved:
        text += f": {say.listed([m.series.title for m in moved])}"
    text += f"; {say.counted(stayed, 'control')} stayed within 3 sigma" if stayed else ""
    services = {m.service for m in moved if m.service}
    numbers: dict[str, Number] = {
        "others": len(others), "moved": len(moved), "stayed": stayed, "services_moved": len(services),
    }  # fmt: skip
    return Evidence(name, question, text, numbers)


@dataclass(frozen=True, slots=True)
class Start:
    """When a series of the incident began: earliest and latest time, and whose it is."""

    title: str
    service: str
    earliest: np.datetime64
    latest: np.datetime64
    clocked: bool
    step: np.timedelta64

    @property
    def name(self) -> str:
        """Its title as a sentence says it."""
        return say.plainly(self.title)


def starts(case: Case) -> tuple[Start, ...]:
    """Onset intervals of the incident's series, first one first; one (the earliest) per series."""

    def find() -> tuple[Start, ...]:
        first: dict[str, Start] = {}
        for anomaly in case.anomalies:
            series = case.detection_of(anomaly).series
            if series is None or not len(series):
                continue
            low, high = (series.time[min(max(p, 0), len(series) - 1)] for p in anomaly.onset)
            step = np.timedelta64(round(say.usual_step(series) * 1e9), "ns")
            start = Start(series.title, case.service_of(series), low, max(low, high), series.clocked, step)
            known = first.get(series.id)
            if known is None or start.latest < known.latest:
                first[series.id] = start
        return tuple(sorted(first.values(), key=lambda s: (s.latest, s.earliest, s.title)))

    return case.once("starts", find)


def moved_first(case: Case) -> Evidence:
    """See :meth:`Case.moved_first`.

    Strictly first: the latest possible start of one series lies one interval or more before the
    earliest possible start of every series of another service (of every other series, where services
    are not known).
    """
    name, question = f"moved-first:{case.subject}", "who moved first"
    ranked = starts(case)
    if len(ranked) < 2:
        return Evidence(
            name, question, "no other series moved with it, so there is no order", {"series": len(ranked)}
        )
    first = ranked[0]
    place = first.service or first.title
    others = [s for s in ranked[1:] if (s.service or s.title) != place] or list(ranked[1:])
    tied = [s for s in others if s.earliest < first.latest + max(s.step, first.step)]
    lead_s = say.seconds_between(first.latest, others[0].latest)
    numbers: dict[str, Number] = {
        "first": first.title, "service": first.service, "strictly": not tied, "lead_s": lead_s,
        "series": len(ranked), "second": others[0].title, "tied": len(tied),
    }  # fmt: skip
    if not tied:
        gap = _apart(first, others[0])
        return Evidence(
            name,
            question,
            f"{first.name} moved first, {gap} before {others[0].name}",
            numbers,
        )
    return Evidence(name, question, _too_close(place, tied, others, first), numbers)


def _too_close(place: str, tied: list[Start], others: list[Start], first: Start) -> str:
    """Who could have been first, and who surely followed."""
    close = list(dict.fromkeys([place, *(s.service or s.title for s in tied)]))
    later = [s for s in others if (s.service or s.title) not in close]
    followed = list(dict.fromkeys(s.service or s.title for s in later))
    text = f"{say.counted(len(tied) + 1, 'series', 'series')} began too close together to say who was first"
    if followed:
        text = f"{_named(close)} began too close together to say who was first"
        text += f"; {_named(followed)} followed within {_apart(first, later[-1])}"
    return text


def _named(services: list[str]) -> str:
    return say.joined(services) if len(services) < 6 else say.listed(services, 4)


def _apart(first: Start, other: Start) -> str:
    """Time or points from one start to another."""
    seconds = say.seconds_between(first.latest, other.latest)
    return say.duration(seconds) if first.clocked else say.counted(round(seconds), "point")


def neighbours(case: Case, side: Literal["callers", "callees"]) -> Evidence:
    """See :meth:`Case.callers` and :meth:`Case.callees`."""
    name = f"{side}:{case.service or case.subject}"
    question = "who calls it" if side == "callers" else "whom does it call"
    graph, own = case.graph, case.service
    if graph is None:
        return Evidence(name, question, "there is no dependency graph", {"count": 0})
    if not own or own not in graph:
        return Evidence(name, question, f"{own or case.subject} is not in the dependency graph", {"count": 0})
    names = graph.callers(own) if side == "callers" else graph.callees(own)
    worst = _worst_by_service(case)
    states = [_state_in_words(other, worst.get(other)) for other in names]
    moved = sum(other in worst and worst[other].moved for other in names)
    verb = "is called by" if side == "callers" else "calls"
    text = f"{own} {verb} {say.listed(states, 6)}" if names else (
        f"nobody calls {own}" if side == "callers" else f"{own} calls nobody"
    )  # fmt: skip
    numbers: dict[str, Number] = {"service": own, "count": len(names), "moved": moved}
    return Evidence(name, question, text, numbers)


def _worst_by_service(case: Case) -> dict[str, Movement]:
    return {name: max(own, key=badness) for name, own in case.movements_by_service.items() if name}


def _state_in_words(service: str, movement: Movement | None) -> str:
    if movement is None:
        return f"{service} (not measured)"
    if not movement.moved:
        return f"{service} (normal)"
    return f"{service} ({how_far(movement)})"


def blamed(case: Case) -> tuple[Evidence, ...]:
    """See :meth:`Case.blame`."""
    ranked = blame(case)
    if not ranked:
        text = f"no service can be blamed: {_why_nobody(case)}"
        return (Evidence(f"blame:{case.subject}", "which service carries it", text, {"services": 0}),)
    return tuple(_evidence(b) for b in ranked[:MOST_BLAMED])


def _why_nobody(case: Case) -> str:
    if case.graph is None:
        return "there is no dependency graph"
    if case.service not in case.graph:
        return f"{case.service or case.subject} is not in the dependency graph"
    return "no service carries a material excess"


def _evidence(found: Blame) -> Evidence:
    state = found.state
    numbers: dict[str, Number] = {
        "service": state.service, "share": found.share, "z": state.z, "resource_z": state.resource_z,
        "how": found.how, "path": " > ".join(found.path),
        "excess": state.excess if math.isfinite(state.excess) else None,
    }  # fmt: skip
    return Evidence(f"blame:{state.service}", "which service carries it", share_of_blame(found), numbers)
