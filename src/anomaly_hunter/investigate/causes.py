"""Answers of a case turned into candidates for "why", ranked, with shares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from anomaly_hunter.investigate.answers.events import event_evidence_id, event_name, timing
from anomaly_hunter.investigate.answers.parts import found_segments
from anomaly_hunter.investigate.blame import blame
from anomaly_hunter.investigate.matching import Match, event_of, matches
from anomaly_hunter.investigate.origins import origin
from anomaly_hunter.investigate.suspects import Suspect, suspects
from anomaly_hunter.model import Cause

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MARGIN = 2.0
"""A cause is named only when the next candidate has at most half of its share."""

NAMED_SHARE = 0.4
MOST = 3
UNSUPPORTED = 0.5
MANY_SERVICES = 5


def clearly_first(shares: list[float], margin: float = MARGIN, least: float = NAMED_SHARE) -> bool:
    """Whether the first share is large enough and ahead of the second by the margin.

    >>> clearly_first([0.8, 0.1]), clearly_first([0.46, 0.41]), clearly_first([0.3]), clearly_first([])
    (True, False, False, False)
    """
    return bool(shares) and shares[0] >= least and (len(shares) == 1 or shares[0] >= margin * shares[1])


def event_causes(case: Case) -> tuple[Cause, ...]:
    """Events that could have done it, best first, at most three."""
    return tuple(_event_cause(suspect) for suspect in suspects(case)[:MOST])


def _event_cause(suspect: Suspect) -> Cause:
    event = suspect.event
    statement = f"{event_name(event)} {timing(suspect)}, {suspect.relation}"
    return Cause("event", event.title, statement, suspect.share, (event_evidence_id(event),))


def service_causes(case: Case) -> tuple[Cause, ...]:
    """Services that keep the blame, best first, at most three."""
    found = []
    for b in blame(case)[:MOST]:
        service = b.state.service
        found.append(Cause("service", service, origin(b), b.share, (f"blame:{service}",)))
    return tuple(found)


def supported(case: Case, match: Match) -> float:
    """Confidence in a pattern, halved where no blame supports it.

    Among many services one shows some pattern by chance; among few, at the service of the alarm, none does.
    """
    few = len({m.service for m in case.movements if m.service}) < MANY_SERVICES
    if not match.service or not case.service or (few and match.service == case.service):
        return match.confidence
    share = max((b.share for b in blame(case) if b.state.service == match.service), default=0.0)
    return match.confidence * (UNSUPPORTED + (1.0 - UNSUPPORTED) * share)


def pattern_cause(case: Case, match: Match) -> Cause:
    """A failure pattern as a cause; its share is its confidence, as far as blame supports it.

    A pattern that speaks of an event ("bad deploy") is a voice for that event, not a rival of it.
    """
    where = f" at {match.service}" if match.service else ""
    matched = f"{match.matched} symptoms of {match.pattern.name} matched{where}"
    evidence = match.evidence_id
    suspect = event_of(case, match)
    if suspect is not None:
        case.changed_before()  # what is cited
        cause = _event_cause(suspect)
        return replace(
            cause,
            statement=f"{cause.statement}; {matched}",
            share=supported(case, match),
            evidence=(*cause.evidence, evidence),
        )
    name = f"{match.pattern.name}{where}"
    return Cause("pattern", name, f"{match.pattern.meaning}: {matched}", supported(case, match), (evidence,))


def pattern_causes(case: Case) -> tuple[Cause, ...]:
    """Failure patterns that fit, best first."""
    return tuple(pattern_cause(case, match) for match in matches(case))


def segment_causes(case: Case) -> tuple[Cause, ...]:
    """Segments that carry it, best first, at most three: of rows or series, else of the records counted."""
    counted = tuple(
        Cause(
            "segment",
            f"{e.numbers['facet']}={e.numbers['value']}",
            e.statement,
            min(1.0, max(0.0, float(e.numbers["share"] or 0.0))),
            (e.id,),
        )
        for e in case.tickets()
        if e.id.startswith("carried-by:")
    )
    return counted[:MOST] or tuple(
        Cause("segment", s.name, s.statement, s.share, (f"segments:{s.name}",))
        for s in found_segments(case)[:MOST]
    )
