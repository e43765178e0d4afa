"""Who could be the cause: what agents named and what evidence allows, weighed and ranked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.answer import CLOSE
from anomaly_hunter.investigate.causes import event_causes, pattern_causes, segment_causes, service_causes
from anomaly_hunter.investigate.recall import recalled, speaking
from anomaly_hunter.model import Cause, Finding

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

WHERE_KINDS: Final = ("segment", "column")
"""Kinds that say where it sits; they never contradict an event or a service."""

NONE_WEIGHT: Final = 0.15
NAMED_WEIGHT: Final = 0.5
MARGIN: Final = 1.3
UNNAMED_COUNTS: Final = 0.5
WHERE_COUNTS: Final = 0.8
CONFIRMED_COUNTS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause with its weight, the place (service) it lies at, and who named it."""

    cause: Cause
    weight: float
    place: str
    agents: tuple[str, ...]


def candidates(case: Case, findings: Sequence[Finding]) -> tuple[Candidate, ...]:
    """All causes that were named or could have been, heaviest first, with shares."""
    merged: dict[tuple[str, str], Candidate] = {}
    for finding in findings:
        if finding.cause is not None:
            _add(merged, case, finding.cause, unit(finding.confidence), finding.agent)
    case.changed_before(), case.blame(), case.patterns(), case.segments()  # what the candidates cite
    possible = (*event_causes(case), *service_causes(case), *pattern_causes(case), *segment_causes(case))
    for cause in possible:
        if (cause.kind, cause.name) not in merged:
            _add(merged, case, cause, UNNAMED_COUNTS * unit(cause.share), "")
    plain = [_remembered(c, case) for c in merged.values()]
    weighed = [replace(c, weight=_confirmed(c, plain)) for c in plain]
    total = NONE_WEIGHT + sum(c.weight for c in weighed)
    shared = [
        replace(c, cause=replace(c.cause, share=round(c.weight / total, 4)))
        for c in weighed
        if c.weight > 0.01
    ]
    ranked = sorted(shared, key=lambda c: (-c.weight, c.cause.kind, c.cause.name))
    return tuple(_change_first(ranked))


def _change_first(ranked: list[Candidate]) -> list[Candidate]:
    """Of an event and a service or pattern at one place (or of no place), close in weight, the event leads.

    They tell one story, and the event is the part of it that somebody can undo.
    """
    if not ranked or ranked[0].cause.kind not in ("service", "pattern") or not ranked[0].place:
        return ranked
    for i, c in enumerate(ranked):
        close = c.agents and MARGIN * c.weight >= ranked[0].weight
        if c.cause.kind == "event" and c.place in ("", ranked[0].place) and close:
            return [c, *ranked[:i], *ranked[i + 1 :]]
    return ranked


def _add(
    merged: dict[tuple[str, str], Candidate], case: Case, cause: Cause, weight: float, agent: str
) -> None:
    weight *= WHERE_COUNTS if cause.kind in WHERE_KINDS else 1.0
    key = (cause.kind, cause.name)
    known = merged.get(key)
    if known is None:
        merged[key] = Candidate(cause, weight, place_of(case, cause), (agent,) if agent else ())
    else:
        both = 1.0 - (1.0 - known.weight) * (1.0 - weight)
        fuller = max(known.cause, cause, key=lambda c: len(c.evidence))
        merged[key] = replace(known, cause=fuller, weight=both, agents=(*known.agents, agent))


def _remembered(candidate: Candidate, case: Case) -> Candidate:
    """With what past incidents say of this cause."""
    ids = speaking(case, candidate.cause)
    if not ids:
        return candidate
    cause = replace(candidate.cause, evidence=(*candidate.cause.evidence, *ids))
    return replace(candidate, cause=cause, weight=recalled(candidate.weight, case, cause))


def _confirmed(candidate: Candidate, everyone: list[Candidate]) -> float:
    """Weight with the voices of other kinds at the same place that other agents gave."""
    doubt = 1.0 - candidate.weight
    for other in everyone:
        if _confirms(other, candidate):
            doubt *= 1.0 - CONFIRMED_COUNTS * other.weight
    return 1.0 - doubt


def _confirms(other: Candidate, candidate: Candidate) -> bool:
    """Another agent names another kind of cause at the same place."""
    by_another = bool(candidate.agents) and bool(set(other.agents) - set(candidate.agents))
    another_kind = other.cause.kind != candidate.cause.kind
    return by_another and another_kind and bool(candidate.place) and other.place == candidate.place


def named(found: Sequence[Candidate]) -> Cause | None:
    """The cause that the verdict names, or None."""
    if not found or found[0].weight < NAMED_WEIGHT or not found[0].agents:
        return None
    best = _most_telling(found)
    rivals = [c.weight for c in found[1:] if contradict(best, c)]
    strongest = max(c.weight for c in found if c is best or not contradict(best, c))
    if rivals and strongest < MARGIN * max(rivals):
        return None
    return best.cause


def _most_telling(found: Sequence[Candidate]) -> Candidate:
    """The heaviest; but of causes that agree on the place, the change that an agent names goes first.

    A service says where and a pattern says how; what was changed there is what can be undone.
    """
    best = found[0]
    changes = [c for c in found[1:] if c.cause.kind == "event" and c.agents and c.weight >= NAMED_WEIGHT]
    agreeing = [c for c in changes if c.place and c.place == best.place and best.cause.kind != "event"]
    return agreeing[0] if agreeing else best


def contradict(a: Candidate, b: Candidate) -> bool:
    """Two causes that cannot both be the answer.

    Where and why go together; so do causes of different kinds at one place, or without a place.
    """
    if (a.cause.kind, a.cause.name) == (b.cause.kind, b.cause.name):
        return False
    if (a.cause.kind in WHERE_KINDS) != (b.cause.kind in WHERE_KINDS):
        return False
    if a.cause.kind == b.cause.kind:
        return True
    return bool(a.place and b.place and a.place != b.place)


def rivals_of(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidate that leads, and those that cannot be true beside it.

    It is the first one; but where none is named and nothing close to the first contradicts it, the
    likeliest of those close to it that another close one contradicts: two changes at a service that
    is itself beyond doubt.
    """
    if named(found) is None:
        close = [c for c in found if CLOSE * c.cause.share >= found[0].cause.share]
        for leading in close:
            if any(contradict(leading, c) for c in close):
                return (leading, *(c for c in found if contradict(leading, c)))
    return tuple(c for c in found if c is found[0] or contradict(found[0], c))


def place_of(case: Case, cause: Cause) -> str:
    """The service that a cause lies at, from its first evidence; "" where none is named."""
    if cause.kind == "service":
        return cause.name
    known = case.answered()
    for name in cause.evidence:
        service = known[name].numbers.get("service") if name in known else None
        if isinstance(service, str) and service:
            return service
    return ""


def unit(value: float) -> float:
    """A value brought into [0, 1]; NaN is 0."""
    return 0.0 if math.isnan(value) else min(1.0, max(0.0, value))
