"""The judge: how bad, how sure, which cause, where the agents differ, what next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.advice import recommendations
from anomaly_hunter.investigate.answer import answer_of, behind
from anomaly_hunter.investigate.answers.past import in_short
from anomaly_hunter.investigate.candidates import (
    WHERE_KINDS,
    Candidate,
    candidates,
    contradict,
    named,
    place_of,
    rivals_of,
    unit,
)
from anomaly_hunter.investigate.confidence import confidence_of_cause
from anomaly_hunter.investigate.recall import recalled
from anomaly_hunter.investigate.severity import severity_of
from anomaly_hunter.investigate.telling import headline, summary
from anomaly_hunter.model import Cause, Finding, Verdict

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

LEAST_LIKELY: Final = 0.25
DISSENT_COSTS: Final = 0.5
BYSTANDERS_COUNT: Final = 0.15
SUREST_AT_MOST: Final = 0.97
SUREST_VOICE: Final = 0.99
MOST_CANDIDATES: Final = 5
SHOWN_SHARE: Final = 0.04
DISSENT_HEARD: Final = 0.3
SEVERAL: Final = "several candidates"
TOGETHER: Final = "goes together with the first: another side of the same trouble"


def judge(case: Case, findings: Sequence[Finding], weights: Mapping[str, float] | None = None) -> Verdict:
    """One verdict from the findings of any number of agents.

    ``weights`` say how much the voice of an agent (by ``Finding.agent``) counts, 1 where none is
    given: see :func:`weighed`. Findings are shown as they were said.

    Weights. A cause that an agent names weighs its confidence; the same cause named by several,
    ``1 - product of (1 - weight)``. Candidates that nobody named weigh half of their share.
    Past incidents whose cause a person told move the odds of the same cause: see :mod:`.recall`.
    A cause of another kind at the same service confirms: half of its weight counts as one more
    voice. Segments and columns (where, not why) weigh 0.8. ``share = weight / (sum + 0.15)``.

    Named is the heaviest, if an agent named it, with weight 0.5 or more and 1.3 times the next
    one that contradicts it;
    else, or where the probability that it is right is below 0.25, the cause is None, and the
    candidates stand side by side.

    Confidence: of a cause, the probability that it is right (:mod:`.confidence`); without one, see
    :func:`confidence_of`. Severity: see :mod:`.severity`.
    """
    heard = weighed(findings, weights or {})
    found = compared(case, candidates(case, heard))
    chosen, sure = _chosen(case, found, heard)
    cause = chosen.cause if chosen is not None else None
    value, factors = severity_of(case)
    causes = tuple(c.cause for c in found)
    rivals = tuple(c.cause for c in rivals_of(found))
    shown = shown_of(causes)
    runner_up = next((c for c in shown[1:] if c in rivals[1:]), None)
    answer = answer_of(case, cause, found[0].place if found else "", rivals)
    scope = scope_of(case)
    cited = (*_cited(findings, shown), *scope, *(e.id for e in case.seen_before() if case.past))
    known = case.answered()
    told_first = rivals if answer == SEVERAL else causes
    told = summary(case, answer, cause, causes, round(value, 1))  # the word is that of the rounded number
    steps = recommendations(case, heard, cause, runner_up, candidates=told_first, sure=sure)
    return Verdict(
        severity=round(value, 1),
        confidence=round(sure, 4),
        headline=say.one_line(headline(case, answer, cause, told_first, sure)),
        summary=say.one_line(f"{told} {in_short(case)}".strip()),
        findings=tuple(findings),
        evidence=tuple(known[name] for name in dict.fromkeys(cited) if name in known),
        cause=cause,
        candidates=shown,
        disagreement=disagreement(case, heard, chosen),
        recommendations=tuple(map(say.one_line, steps)),
        factors=factors,
        answer=answer,
        scope=scope,
        runner_up=runner_up,
    )


def _chosen(
    case: Case, found: Sequence[Candidate], findings: Sequence[Finding]
) -> tuple[Candidate | None, float]:
    """The candidate that is named, unless it is hardly likely to be right, and how sure the verdict is."""
    if named(found) is not None:
        sure = confidence_of_cause(case, found[0], found, confidence_of(findings, found[0], case))
        sure = min(SUREST_AT_MOST, recalled(sure, case, found[0].cause))
        if sure >= LEAST_LIKELY:
            return found[0], sure
    return None, confidence_of(findings, None, case)


def shown_of(causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """The first five with a share of 4% or more; beside an event also the next event, if only by a line."""
    shown = [c for c in causes[:MOST_CANDIDATES] if c.share >= SHOWN_SHARE]
    events = [c for c in causes if c.kind == "event"]
    if shown and shown[0].kind == "event" and len(events) > 1 and events[1] not in shown:
        shown = [*shown[: MOST_CANDIDATES - 1], events[1]]
    return tuple(shown)


def compared(case: Case, found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Candidates with what speaks for and against each, and why each stands behind the first."""
    events = [c for c in found if c.cause.kind == "event"][:2]
    return tuple(
        _compared(case, found, candidate) if i < MOST_CANDIDATES or candidate in events else candidate
        for i, candidate in enumerate(found)
    )


def _compared(case: Case, found: Sequence[Candidate], candidate: Candidate) -> Candidate:
    cause, best = candidate.cause, found[0]
    against = case.doubts(cause.kind, cause.name)
    why = ""
    rivals = rivals_of(found)
    if contradict(best, candidate) or (candidate in rivals and candidate is not rivals[0]):
        doubt = against[0].statement if against else ""
        rival = best if contradict(best, candidate) else rivals[0]
        why = behind(case, rival.cause, cause, named(found) is not None, doubt)
    elif candidate is not best:
        why = TOGETHER
    beside = (
        c.cause.evidence
        for c in found
        if candidate.place and c.place == candidate.place and not contradict(candidate, c)
    )
    evidence = tuple(dict.fromkeys((*cause.evidence, *(name for names in beside for name in names))))
    told = replace(
        cause,
        evidence=evidence,
        against=tuple(e.id for e in against),
        behind=say.one_line(why),
        place=candidate.place,
    )
    return replace(candidate, cause=told)


def scope_of(case: Case) -> tuple[str, ...]:
    """Evidence on the incident as a whole, where it is more than one series."""
    if case.series is None or len({a.subject_id for a in case.anomalies}) < 2:
        return ()
    return case.reach().id, case.moved_first().id


def weighed(findings: Sequence[Finding], weights: Mapping[str, float]) -> tuple[Finding, ...]:
    """Findings with the confidence that counts: ``confidence * weight``, 0.99 at most.

    A weight of 1 changes nothing, 0 silences; learned weights say how often an agent is right over how
    sure it said to be.

    >>> [f.confidence for f in weighed([Finding("A", "", 0.5, ()), Finding("B", "", 0.5, ())], {"A": 1.5})]
    [0.75, 0.5]
    """
    return tuple(
        replace(f, confidence=min(SUREST_VOICE, unit(f.confidence) * max(0.0, weights[f.agent])))
        if f.agent in weights
        else f
        for f in findings
    )


def _cited(findings: Sequence[Finding], shown: Sequence[Cause]) -> tuple[str, ...]:
    """Ids of all evidence that a finding or a candidate rests on or answers to."""
    ids = [name for finding in findings for name in finding.evidence]
    causes = [*(finding.cause for finding in findings if finding.cause is not None), *shown]
    return (*ids, *(name for cause in causes for name in (*cause.evidence, *cause.against)))


def _supports(finding: Finding, chosen: Candidate, case: Case) -> bool:
    return finding.cause is not None and not _dissents(finding, chosen, case)


def _dissents(finding: Finding, chosen: Candidate, case: Case) -> bool:
    if finding.cause is None:
        return False
    own = Candidate(finding.cause, finding.confidence, place_of(case, finding.cause), (finding.agent,))
    return contradict(chosen, own)


def confidence_of(findings: Sequence[Finding], chosen: Candidate | None, case: Case) -> float:
    """How sure the verdict is, in [0, 0.97].

    With a cause: ``(1 - product of (1 - c) over agents that name or confirm it) * (0.85 + 0.15 b)
    * (1 - 0.5 d)`` with ``b`` that product's complement or the surest of the others that do not
    object, whichever is more, and ``d`` the surest that objects.
    Without one: how sure it is that something happened, ``half the surest + half the mean``, again times
    ``1 - 0.5 d`` with ``d`` the second of two agents that contradict each other.
    Never decreasing in an agent that agrees, never increasing in one that objects.
    """
    if not findings:
        return 0.0
    sure = [unit(f.confidence) for f in findings]
    if chosen is None:
        dissent = _clash(findings, case)
        return min(
            SUREST_AT_MOST, (0.5 * max(sure) + 0.5 * sum(sure) / len(sure)) * (1.0 - DISSENT_COSTS * dissent)
        )
    doubt, bystanders, dissent = 1.0, 0.0, 0.0
    for finding, value in zip(findings, sure, strict=True):
        if _dissents(finding, chosen, case):
            dissent = max(dissent, value)
        elif _supports(finding, chosen, case):
            doubt *= 1.0 - value
        else:
            bystanders = max(bystanders, value)
    whole = 1.0 - BYSTANDERS_COUNT + BYSTANDERS_COUNT * max(bystanders, 1.0 - doubt)
    return min(SUREST_AT_MOST, (1.0 - doubt) * whole * (1.0 - DISSENT_COSTS * dissent))


def _clash(findings: Sequence[Finding], case: Case) -> float:
    """Confidence of the weaker of the two surest agents that contradict each other; 0 if none do."""
    return max((min(a.confidence, b.confidence) for a, b in _clashes(findings, case)), default=0.0)


def _clashes(findings: Sequence[Finding], case: Case) -> list[tuple[Finding, Finding]]:
    own = [
        (f, Candidate(f.cause, f.confidence, place_of(case, f.cause), (f.agent,)))
        for f in findings
        if f.cause is not None
    ]
    return [(a, b) for i, (a, x) in enumerate(own) for b, y in own[i + 1 :] if contradict(x, y)]


def disagreement(case: Case, findings: Sequence[Finding], chosen: Candidate | None) -> str:
    """Where the agents differ, in words; "" when they do not."""
    parts = [
        f"{a.agent} says {a.cause.name} ({say.percent(a.confidence)}), "
        f"{b.agent} says {b.cause.name} ({say.percent(b.confidence)})"
        for a, b in _clashes(findings, case)
        if a.cause is not None and b.cause is not None
    ]
    if chosen is not None and chosen.agents and chosen.cause.kind not in WHERE_KINDS:
        silent = [
            f"{f.agent} ({say.percent(f.confidence)})"
            for f in findings
            if f.cause is None and f.confidence < DISSENT_HEARD
        ]
        if silent:
            parts.append(f"{' and '.join(silent)} cannot confirm {chosen.cause.name}")
    return "; ".join(parts)
