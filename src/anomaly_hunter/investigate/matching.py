"""Compare an incident with the catalogue of failure patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.distance import serves_well, service_in
from anomaly_hunter.investigate.facts import facts_by_service
from anomaly_hunter.investigate.patterns import Pattern, Symptom
from anomaly_hunter.investigate.signs import Seen, State, look
from anomaly_hunter.investigate.suspects import Suspect, named_suspect

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

CONTRADICTED_COSTS: Final = 0.5
LEAST_SCORE: Final = 0.3
SURE_OF_A_FULL_FIT: Final = 0.9
MOST_PATTERNS: Final = 3
SYMPTOMS: Final = frozenset(("latency", "errors", "success", "traffic"))


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern with the symptoms that were seen, contradicted, not measured, and what is against it.

    ``score`` in [0, 1]: see :func:`score_of`. ``metric`` is the first series that shows a required
    symptom, ``event`` the change that a pattern such as "bad deploy" speaks of.
    """

    pattern: Pattern
    service: str
    metric: str
    present: tuple[str, ...]
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    against: tuple[str, ...]
    shown_by: tuple[str, ...]
    score: float
    event: Suspect | None = None

    @property
    def evidence_id(self) -> str:
        """The id of the evidence on it."""
        return f"patterns:{self.pattern.id}"

    @property
    def confidence(self) -> float:
        """How sure it is as a cause: 0.9 of the score, because symptoms can have another cause."""
        return SURE_OF_A_FULL_FIT * self.score

    @property
    def matched(self) -> str:
        """Symptoms that were seen out of all that could be looked at ("3 of 3")."""
        return f"{len(self.present)} of {len(self.present) + len(self.absent)}"


def matches(case: Case) -> tuple[Match, ...]:
    """Patterns that fit, best first; at most three, each at the service where it fits best.

    All required symptoms are seen, and the score is 0.3 or more. Symptoms of one pattern lie at one
    service where services are known; series without a service are everyone's.
    """

    def find() -> tuple[Match, ...]:
        best: dict[str, Match] = {}
        for service in _places(case):
            for pattern in case.patterns_known:
                match = match_at(case, pattern, service)
                if match is not None and (pattern.id not in best or _rank(match) < _rank(best[pattern.id])):
                    best[pattern.id] = match
        return tuple(sorted(best.values(), key=_rank)[:MOST_PATTERNS])

    return case.once("matches", find)


def _rank(match: Match) -> tuple[float, int, str, str]:
    return (-match.score, -len(match.present), match.pattern.id, match.service)


def _places(case: Case) -> Sequence[str]:
    """The services where something moved; "" when none is known."""
    facts = facts_by_service(case)
    moved = [service for service, own in facts.items() if service and any(fact.moved for fact in own)]
    return moved or [""]


def match_at(case: Case, pattern: Pattern, service: str) -> Match | None:
    """The pattern at one service; None when a required symptom is not seen or too much is against it."""
    needed = []
    for symptom in pattern.required:  # most patterns end here
        seen = look(case, symptom, service)
        if seen.state != "seen":
            return None
        needed.append((symptom, seen))
    looked = [*needed, *((symptom, look(case, symptom, service)) for symptom in pattern.supporting)]
    contrary = [(symptom, look(case, symptom, service)) for symptom in pattern.against]
    contrary = [(symptom, seen) for symptom, seen in contrary if seen.state == "seen"]
    score = score_of(pattern, looked, contrary)
    if score < LEAST_SCORE:
        return None
    several = any(sign.at == "several services" for symptom in pattern.required for sign in symptom.signs)
    shown = dict.fromkeys(title for _, seen in looked if seen.state == "seen" for title in seen.by)
    return Match(
        pattern,
        "" if several else service,
        next((seen.by[0] for _, seen in needed if seen.by), case.subject),
        present=_texts(looked, "seen"),
        absent=_texts(looked, "not so"),
        unknown=_texts(looked, "not known"),
        against=_texts(contrary, "seen"),
        shown_by=tuple(shown),
        score=score,
        event=next((seen.event for _, seen in needed if seen.event is not None), None),
    )


def event_of(case: Case, match: Match) -> Suspect | None:
    """The change that a pattern like "bad deploy" speaks of, or that tells why it came to this; else None.

    That is the change that is named at its service. Of a pattern that holds nothing but symptoms (latency,
    errors, traffic) it is also one without a service, or further down the calls where that service is not
    seen to answer as usual, if it speaks of what broke: how it shows and why it came are one story.
    """
    if match.event is not None:
        return match.event
    named = named_suspect(case)
    if named is None or named.change is None or not match.service:
        return None
    live = named.change.live
    if live.service == match.service:
        return named
    at = live.service or service_in(case, live.title)
    tied = _only_symptoms(match.pattern) and named.fits and bool(named.shared)
    return named if tied and (not at or _may_fail(case, match.service, at)) else None


def _may_fail(case: Case, service: str, at: str) -> bool:
    """Calls lead from the service to that place, and it is not seen to answer as usual."""
    return case.graph is not None and at in case.graph.steps_below(service) and not serves_well(case, at)


def _only_symptoms(pattern: Pattern) -> bool:
    """Whatever makes a service fail or wait brings its required symptoms about."""
    signs = [sign for symptom in pattern.required for sign in symptom.signs]
    return all(sign.metric and set(sign.metric) <= SYMPTOMS for sign in signs)


def _texts(looked: Sequence[tuple[Symptom, Seen]], state: State) -> tuple[str, ...]:
    return tuple(symptom.text for symptom, seen in looked if seen.state == state)


def score_of(
    pattern: Pattern, looked: Sequence[tuple[Symptom, Seen]], contrary: Sequence[tuple[Symptom, Seen]]
) -> float:
    """Weighted share of the symptoms that are seen, less what is against it, in [0, 1].

    ``max(0, seen - against - 0.5 contradicted) / all``, each the sum of weights of symptoms: those
    that are seen, those of ``against`` that are seen, those that are measured and not so; ``all`` holds
    required and supporting ones. What is not measured adds nothing, so it keeps the score low.
    """
    seen = sum(symptom.weight for symptom, by in looked if by.state == "seen")
    not_so = sum(symptom.weight for symptom, by in looked if by.state == "not so")
    against = sum(symptom.weight for symptom, _ in contrary)
    return max(0.0, seen - against - CONTRADICTED_COSTS * not_so) / pattern.weight
