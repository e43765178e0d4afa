"""Root Cause: which service carries it, who moved first, which known failure is it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.blame import Blame, blame
from anomaly_hunter.investigate.causes import clearly_first, pattern_cause, service_causes, supported
from anomaly_hunter.investigate.matching import Match, matches
from anomaly_hunter.investigate.origins import callees_off, metric_of, share_of_blame
from anomaly_hunter.investigate.pattern_steps import steps
from anomaly_hunter.investigate.semantics import RESOURCES, metric_kind
from anomaly_hunter.model import Cause, Evidence, Finding

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

NAMED_MARGIN = 1.5
FLOW, LEAF, ITSELF = 0.95, 0.75, 0.5
SUPPORT = 0.25
RESOURCE_FIRST = 0.5
DISAGREE_COSTS = 0.8
PATTERN_SAID = 0.4


@dataclass(frozen=True, slots=True)
class Lead:
    """One thing Root Cause could say: a cause, how sure, and where it lies."""

    cause: Cause
    confidence: float
    service: str
    claim: str
    evidence: tuple[str, ...]
    steps: tuple[str, ...]


class RootCause:
    """The dependency graph, the order of onsets, and the catalogue of failure patterns.

    Confidence in a service: ``0.95 share`` when the excess was followed, ``0.75 share`` when only
    deviations were (leaf first), times 0.5 if nobody above it shows anything and no resource of
    its own is at fault (then it is where the alarm is, and hardly more); a resource at fault there,
    and being strictly first, each take away a quarter of the doubt.
    Confidence in a pattern: see ``matching``. Both at one service: ``1 - (1 - a)(1 - b)``;
    at two services: the surer one times 0.8. Nothing: 0.2, inconclusive.
    """

    name: ClassVar[str] = "root_cause"

    async def investigate(self, case: Case) -> Finding:
        """One finding on where it comes from."""
        first, siblings = case.moved_first(), case.siblings()
        blamed, fits = case.blame(), case.patterns()
        case.callers(), case.callees()
        by_service = _by_service(case, first) or _by_first_resource(case, first)
        by_pattern = _by_pattern(case)
        best = _together(by_service, by_pattern)
        if best is None:
            return _inconclusive(case, siblings, blamed, fits, first)
        cited = dict.fromkeys((*best.evidence, siblings.id, *([first.id] if len(case.anomalies) > 1 else [])))
        return Finding(
            "Root Cause",
            say.one_line(best.claim),
            round(min(0.97, best.confidence), 4),
            tuple(cited),
            best.cause,
            best.steps,
        )


def _by_service(case: Case, first: Evidence) -> Lead | None:
    ranked = blame(case)
    if not clearly_first([b.share for b in ranked], NAMED_MARGIN):
        return None
    top = ranked[0]
    if len(top.path) == 1 and not _callees_measured(case, case.service):
        return None
    cause = service_causes(case)[0]
    service = top.state.service
    calls = case.callees() if service == case.service else case.callers()
    claim = _claim(case, top)
    return Lead(
        cause, confidence_in(top, _first_there(first, service)), service, claim,
        (*cause.evidence, calls.id), (_look_at(case, top),),
    )  # fmt: skip


def confidence_in(found: Blame, was_first: bool) -> float:
    """See the class; never decreasing in the share and in each support."""
    sure = found.share * (LEAF if found.how == "leaf first" else FLOW)
    has_resource = found.state.resource_z >= 5.0
    if len(found.path) == 1 and not has_resource:
        sure *= ITSELF
    for support in (has_resource, was_first):
        if support:
            sure += SUPPORT * (1.0 - sure)
    return min(1.0, sure)


def _first_there(first: Evidence, service: str) -> bool:
    return bool(first.numbers.get("strictly")) and first.numbers.get("service") == service


def _callees_measured(case: Case, service: str) -> bool:
    measured = case.movements_by_service
    return case.graph is not None and any(name in measured for name in case.graph.callees(service))


def _claim(case: Case, top: Blame) -> str:
    if not _callees_measured(case, top.state.service):
        return share_of_blame(top)
    off = callees_off(case, top.state.service)
    verb = "is" if len(off) == 1 else "are"
    below = f"{say.listed(off)}, called from there, {verb} off as well" if off else "what it calls is normal"
    return f"{share_of_blame(top)}; {below}"


def _look_at(case: Case, top: Blame) -> str:
    state, metric = top.state, metric_of(top.state)
    begin = say.moment(case.series, case.lead.start)
    if off := callees_off(case, state.service):
        return f"look at {state.service} from {begin} on ({metric}); {off[0]}, which it calls, is off as well"
    if state.service == case.service:
        return f"look at {state.service} itself from {begin} on ({metric}): what it calls does not explain it"
    shown = f"{case.service} only shows what comes from there"
    return f"look at {state.service} first ({metric} from {begin} on): {shown}"


def _by_first_resource(case: Case, first: Evidence) -> Lead | None:
    """Without a graph: a resource that strictly moved first, never a latency."""
    title, service = first.numbers.get("first"), first.numbers.get("service")
    if case.graph is not None or not first.numbers.get("strictly") or not service or service == case.service:
        return None
    name = next((m.series.name for m in case.movements if m.series.title == title), "")
    if metric_kind(name) not in RESOURCES:
        return None
    cause = Cause("service", str(service), first.statement, RESOURCE_FIRST, (first.id,))
    step = f"look at {service} first: {title} moved before {case.lead.subject}"
    return Lead(cause, RESOURCE_FIRST, str(service), first.statement, (first.id,), (step,))


def _by_pattern(case: Case) -> Lead | None:
    ranked = matches(case)
    sure = [(supported(case, match), -i, match) for i, match in enumerate(ranked)]
    confidence, _, top = max(sure, key=lambda pair: pair[:2], default=(0.0, 0, None))
    if top is None or confidence < PATTERN_SAID:
        return None
    cause = pattern_cause(case, top)
    return Lead(cause, confidence, top.service, _pattern_claim(case, top), cause.evidence, steps(case, top))


def _pattern_claim(case: Case, match: Match) -> str:
    where = f" at {match.service}" if match.service else ""
    inner = say.listed(match.present, 4)
    if match.against:
        inner += f"; against it: {say.row(match.against)}"
    if match.absent:
        inner += f"; absent: {say.listed(match.absent)}"
    if match.unknown:
        inner += f"; {len(match.unknown)} not measured"
    text = f"{match.pattern.name}{where}: {match.matched} symptoms matched ({inner})"
    course = case.development()
    return f"{text}; it {course.statement}" if course.numbers.get("ramp") else text


def _together(a: Lead | None, b: Lead | None) -> Lead | None:
    """Service and pattern in one word: they confirm each other at one place, else the surer one."""
    if a is None or b is None:
        return a or b
    if a.service == b.service or not b.service:
        sure = 1.0 - (1.0 - a.confidence) * (1.0 - b.confidence)
        cause = a.cause if not b.service else b.cause
        return Lead(
            cause, sure, a.service, f"{a.claim}; {b.claim}", (*a.evidence, *b.evidence), (*a.steps, *b.steps)
        )
    best, other = (a, b) if a.confidence >= b.confidence else (b, a)
    claim = f"{best.claim}; against that: {other.cause.name} ({say.percent(other.confidence)})"
    evidence = (*best.evidence, *other.evidence)
    return Lead(best.cause, DISAGREE_COSTS * best.confidence, best.service, claim, evidence, best.steps)


def _inconclusive(
    case: Case, siblings: Evidence, blamed: tuple[Evidence, ...], fits: tuple[Evidence, ...], first: Evidence
) -> Finding:
    why = []
    if case.graph is None:
        why.append("no dependency graph")
    elif len(blamed) > 1:
        shares = [
            f"{e.numbers['service']} ({say.percent(float(e.numbers['share'] or 0))})" for e in blamed[:3]
        ]
        why.append(f"blame is shared by {' and '.join(shares)}")
    else:
        why.append(blamed[0].statement)
    why.append(f"too little speaks for {fits[0].statement}" if fits else "no known failure pattern fits")
    claim = f"inconclusive: {('; ' if fits else ', ').join(why)}; {siblings.statement}"
    weighed = [*blamed[:3], *fits[:1]]
    cited = (siblings.id, *(e.id for e in weighed), *([first.id] if len(case.anomalies) > 1 else []))
    return Finding("Root Cause", say.one_line(claim), 0.2, cited)
