"""Compare an incident with the catalogue of failure patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.development import hinge_of, is_ramp
from anomaly_hunter.investigate.answers.events import event_name
from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.patterns import CATALOGUE, Pattern, Symptom
from anomaly_hunter.investigate.semantics import MetricKind
from anomaly_hunter.investigate.suspects import Suspect, named_suspect, suspects
from anomaly_hunter.model import Direction

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

CONFIDENCE: Final = (0.0, 0.4, 0.65, 0.8, 0.88)
ABSENT_COSTS: Final = 0.6
MOST_PATTERNS: Final = 3
WITHOUT_HEIGHT: Final = ("gap", "flat line", "variance", "season break", "odd shape")
"""Shapes that say neither "up" nor "down", so they are no symptom of either."""

_TURNED: Final[dict[MetricKind, MetricKind]] = {"cache hit": "cache miss", "disk free": "disk used"}
_OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up", "both": "both"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One series as a symptom sees it; hits and free space are turned into misses and used space."""

    kind: MetricKind
    direction: Direction
    shape: str
    moved: bool
    metric: str
    change_pct: float


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern with the symptoms that are there, those measured and absent, those not measured."""

    pattern: Pattern
    service: str
    metric: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    confidence: float

    @property
    def matched(self) -> str:
        """Symptoms that are there out of all that could be looked at ("3 of 3")."""
        return f"{len(self.present)} of {len(self.present) + len(self.absent)}"


def matches(case: Case) -> tuple[Match, ...]:
    """Patterns that fit, best first; at most three, each at the service where it fits best.

    Confidence by the number of symptoms that are there (0.4, 0.65, 0.8, 0.88 for one to four; one
    alone counts ``pattern.alone``), times 0.6 for each that is measured and absent. Symptoms of
    one pattern must lie at one service where services are known. Symptoms that are not measured
    neither help nor hurt.
    """

    def find() -> tuple[Match, ...]:
        best: dict[str, Match] = {}
        for service, facts in _facts_by_service(case).items():
            for pattern in CATALOGUE:
                match = _match(case, pattern, service, facts)
                if match is not None and match.confidence > _confidence(best.get(pattern.name)):
                    best[pattern.name] = match
        ranked = sorted(best.values(), key=lambda m: (-m.confidence, -len(m.present), m.pattern.name))
        return tuple(ranked[:MOST_PATTERNS])

    return case.once("matches", find)


def _confidence(match: Match | None) -> float:
    return match.confidence if match is not None else 0.0


def _facts_by_service(case: Case) -> dict[str, list[Fact]]:
    """Facts of each service that moved; series without a service are everyone's."""
    found: dict[str, list[Fact]] = {}
    common: list[Fact] = []
    for movement in case.movements:
        fact = _fact(case, movement)
        if movement.service:
            found.setdefault(movement.service, []).append(fact)
        else:
            common.append(fact)
    if not found:
        return {"": common}
    moved = {service: facts + common for service, facts in found.items() if any(f.moved for f in facts)}
    return moved or {"": common}


def _fact(case: Case, movement: Movement) -> Fact:
    anomaly = case.lead if movement.series is case.series else movement.anomaly
    direction: Direction = anomaly.direction if anomaly is not None else "both"
    if direction == "both":
        direction = "up" if movement.z > 0 else "down"
    shape: str = anomaly.shape if anomaly is not None else ""
    if anomaly is case.lead and shape not in WITHOUT_HEIGHT and is_ramp(hinge_of(case)[0]):
        shape = "ramp"
    if anomaly is not None and shape == "flat line" and anomaly.actual == 0 and anomaly.expected > 0:
        shape, direction = "at zero", "down"  # not a stuck value: nothing arrives, or nothing happens
    kind = movement.kind
    if kind in _TURNED:
        kind, direction = _TURNED[kind], _OPPOSITE[direction]
    size = abs(movement.change_pct or 0.0)
    return Fact(kind, direction, shape, movement.moved, movement.series.title, size)


def _match(case: Case, pattern: Pattern, service: str, facts: list[Fact]) -> Match | None:
    found: dict[str, list[str]] = {"present": [], "absent": [], "unknown": []}
    metric, core = "", True
    for symptom in pattern.symptoms:
        state, by = _look(case, symptom, service, facts)
        found[state].append(symptom.text)
        metric = metric or (by if not symptom.calm else "")
        core = core and (state == "present" or not symptom.core)
    present, absent, unknown = found["present"], found["absent"], found["unknown"]
    if not core or not present:
        return None
    signs = [s for s in pattern.symptoms if s.text in present and not s.calm]
    confidence = pattern.alone if len(signs) == 1 else CONFIDENCE[min(len(present), 4)]
    confidence *= ABSENT_COSTS ** len(absent)
    if confidence <= 0:
        return None
    return Match(
        pattern, service, metric or case.subject, tuple(present), tuple(absent), tuple(unknown), confidence
    )


def _look(case: Case, symptom: Symptom, service: str, facts: list[Fact]) -> tuple[str, str]:
    """(present, absent or unknown; the metric that shows it)."""
    if symptom.events:
        return _look_for_event(case, symptom, service)
    if symptom.of_data:
        by_shape = next((f.metric for f in facts if f.shape == symptom.of_data), "")
        if by_shape:
            return "present", by_shape
    measured = [f for f in facts if f.kind in symptom.kinds]
    if not measured:
        return "unknown", ""
    if symptom.calm:
        return ("absent" if any(f.moved for f in measured) else "present"), ""
    by = next((f.metric for f in measured if _shows(f, symptom)), "")
    return ("present", by) if by else ("absent", "")


def _shows(fact: Fact, symptom: Symptom) -> bool:
    if not fact.moved or fact.change_pct < symptom.least_pct:
        return False
    if symptom.direction not in ("both", fact.direction):
        return False
    return fact.shape in symptom.shapes if symptom.shapes else fact.shape not in WITHOUT_HEIGHT


def _look_for_event(case: Case, symptom: Symptom, service: str) -> tuple[str, str]:
    if not case.events:
        return "unknown", ""
    return ("present" if _suspect(case, symptom, service) is not None else "absent"), ""


def _suspect(case: Case, symptom: Symptom, service: str) -> Suspect | None:
    """The event that is this symptom: of its kind, the one that can be named, and at the service."""
    suspect = named_suspect(case)
    if suspect is None or re.search(symptom.events, suspect.event.kind.lower()) is None:
        return None
    return suspect if suspect.event.service in (service, "") else None


def event_of(case: Case, match: Match) -> Suspect | None:
    """The event that a pattern such as "bad deploy" speaks of, or that is named at its service; else None."""
    for symptom in match.pattern.symptoms:
        if symptom.events and symptom.text in match.present:
            return _suspect(case, symptom, match.service)
    named = named_suspect(case)
    at = named.change.live.service if named is not None and named.change is not None else ""
    return named if at and at == match.service else None


def steps(case: Case, match: Match) -> tuple[str, ...]:
    """The next steps of a pattern with the facts of the case filled in."""
    ranked = suspects(case)
    fit, _ = hinge_of(case)
    begin = say.moment(case.series, case.lead.start)
    where = match.service or f"the system behind {match.metric}"
    words = {
        "service": where,
        "where": where,
        "metric": match.metric,
        "begin": begin,
        "event": event_name(ranked[0].event) if ranked else "the last change",
        "rate": _rate_in_words(case) if is_ramp(fit) else f"{say.number(case.lead.actual)} at its worst",
    }
    return tuple(step.format(**words) for step in match.pattern.steps)


def _rate_in_words(case: Case) -> str:
    numbers = case.development().numbers
    rate = numbers.get("rate")
    return f"{say.signed(rate)} per {numbers['per']}" if isinstance(rate, float) else "rate unknown"
