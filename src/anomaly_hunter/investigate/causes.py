"""Answers of a case turned into candidates for "why", ranked, with shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anomaly_hunter.investigate.answers.events import event_evidence_id, event_name, timing
from anomaly_hunter.investigate.answers.parts import found_segments
from anomaly_hunter.investigate.blame import blame
from anomaly_hunter.investigate.matching import Match, matches
from anomaly_hunter.investigate.suspects import suspects
from anomaly_hunter.model import Cause

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MARGIN = 2.0
"""A cause is named only when the next candidate has at most half of its share."""

NAMED_SHARE = 0.4
MOST = 3


def clearly_first(shares: list[float], margin: float = MARGIN, least: float = NAMED_SHARE) -> bool:
    """Whether the first share is large enough and ahead of the second by the margin.

    >>> clearly_first([0.8, 0.1]), clearly_first([0.46, 0.41]), clearly_first([0.3]), clearly_first([])
    (True, False, False, False)
    """
    return bool(shares) and shares[0] >= least and (len(shares) == 1 or shares[0] >= margin * shares[1])


def event_causes(case: Case) -> tuple[Cause, ...]:
    """Events that could have done it, best first, at most three."""
    return tuple(
        Cause(
            "event",
            s.event.title,
            f"{event_name(s.event)} {timing(s)}, {s.relation}",
            s.share,
            (event_evidence_id(s.event),),
        )
        for s in suspects(case)[:MOST]
    )


def service_causes(case: Case) -> tuple[Cause, ...]:
    """Services that keep the blame, best first, at most three."""
    found = []
    for b in blame(case)[:MOST]:
        way = f", reached by {' → '.join(b.path)}" if len(b.path) > 1 else ""
        statement = f"{b.state.service} carries the excess that its callers show ({b.how}){way}"
        found.append(Cause("service", b.state.service, statement, b.share, (f"blame:{b.state.service}",)))
    return tuple(found)


def pattern_cause(match: Match) -> Cause:
    """A failure pattern as a cause; its share is its confidence."""
    where = f" at {match.service}" if match.service else ""
    statement = f"{match.pattern.meaning}: {match.matched} symptoms of {match.pattern.name} matched{where}"
    return Cause(
        "pattern",
        f"{match.pattern.name}{where}",
        statement,
        match.confidence,
        (f"patterns:{match.pattern.name}",),
    )


def pattern_causes(case: Case) -> tuple[Cause, ...]:
    """Failure patterns that fit, best first."""
    return tuple(pattern_cause(match) for match in matches(case))


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
