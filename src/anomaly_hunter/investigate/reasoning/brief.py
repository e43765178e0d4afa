"""What a role is told before it asks: the incident, the candidates, the first opinion and its evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.investigate.reasoning.quoting import quoted
from anomaly_hunter.model import Cause, Evidence, Finding, Verdict, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

MOST_CANDIDATES: Final = 12
MOST_NAMES: Final = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """One case as a role gets it.

    ``first`` is the deterministic finding of the role, None for the synthesizer; ``candidates`` are the
    causes that it may name, likeliest first.
    """

    case: Case
    candidates: tuple[Cause, ...]
    first: Finding | None = None

    def opening(self) -> str:
        """The first message: everything is data, so all of it stands in the envelope."""
        known = self.case.answered()
        cited = [known[name] for name in self.first.evidence if name in known] if self.first else []
        causes = [
            {"kind": c.kind, "name": c.name, "share": round(c.share, 3)}
            for c in self.candidates[:MOST_CANDIDATES]
        ]
        facts: list[Evidence] = [
            _fact("incident", _incident(self.case)),
            _fact("candidates", {"causes": causes}),
        ]
        if self.first is not None:
            facts.append(_fact("first-opinion", _opinion(self.first)))
        return "The incident, the candidates, the first opinion and its evidence:\n" + quoted(
            [*facts, *cited]
        )


def _fact(name: str, content: Mapping[str, Any]) -> Evidence:
    return Evidence(name, name, json.dumps(content, ensure_ascii=False))


def _incident(case: Case) -> dict[str, Any]:
    lead = case.lead
    return {
        "subject": lead.subject,
        "shape": lead.shape,
        "begin": None if lead.begin is None else iso(lead.begin),
        "ongoing": lead.ongoing,
        "service": case.service or None,
        "series or rows that belong to it": len(case.anomalies),
    }


def _opinion(first: Finding) -> dict[str, Any]:
    cause = first.cause
    return {
        "claim": first.claim,
        "confidence": round(first.confidence, 2),
        "cause": None if cause is None else {"kind": cause.kind, "name": cause.name},
        "evidence": list(first.evidence),
        "steps": list(first.steps),
    }


def names_of(case: Case, candidates: Sequence[Cause] = ()) -> frozenset[str]:
    """Names of services, series, columns, events and candidates: digits in them are no numbers."""
    dataset = case.dataset
    found: dict[str, None] = dict.fromkeys(cause.name for cause in candidates)
    found |= dict.fromkeys(cause.place for cause in candidates if cause.place)
    for anomaly in case.anomalies:
        found[anomaly.subject] = None
        found |= dict.fromkeys(share.name for share in anomaly.carriers)
    found |= dict.fromkeys(event.title for event in dataset.events)
    if dataset.graph is not None:
        found |= dict.fromkeys(dataset.graph.nodes)
    for series in dataset.series:
        found |= dict.fromkeys((series.name, series.title, *series.labels.values()))
    if dataset.table is not None:
        found |= dict.fromkeys(column.name for column in dataset.table.columns)
    return frozenset(list(filter(None, found))[:MOST_NAMES])


def all_answers(case: Case) -> dict[str, Evidence]:
    """Every question asked once, without parameters: what any role could learn."""
    for question in QUESTIONS.values():
        question.ask(case)
    return case.answered()


def fingerprint(answers: Mapping[str, Evidence]) -> str:
    """A hash of all evidence: the same evidence gives the same, on every machine.

    >>> len(fingerprint({"a": Evidence("a", "q", "it rose", {"z": 4.5})}))
    64
    """
    rows = [(e.id, e.statement, sorted((k, repr(v)) for k, v in e.numbers.items())) for e in answers.values()]
    return hashlib.sha256(json.dumps(sorted(rows), ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """What the synthesizer is told: findings, planned steps, and the verdict with its evidence."""

    findings: tuple[Finding, ...]
    facts: tuple[Evidence, ...]
    steps: tuple[str, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> Told:
        """What there is to tell of a verdict."""
        facts = (*verdict_facts(verdict), *verdict.evidence)
        return cls(verdict.findings, facts, verdict.recommendations)

    def text(self) -> str:
        """The only message; everything stands in envelopes."""
        said = [
            Evidence(f.agent, "finding", f.claim, {"confidence": round(f.confidence, 2)})
            for f in self.findings
        ]
        planned = [Evidence(f"step {i}", "planned step", step) for i, step in enumerate(self.steps, 1)]
        return (
            "What the agents found and the steps that are planned (cite the evidence, not these):\n"
            f"{quoted([*said, *planned])}\nThe verdict and its evidence:\n{quoted(self.facts, 16_000)}"
        )


def verdict_facts(verdict: Verdict) -> tuple[Evidence, ...]:
    """What the judge decided, as evidence that a summary can cite."""
    cause = verdict.cause.name if verdict.cause is not None else "none is named"
    others = ", ".join(f"{c.kind} {c.name}" for c in verdict.candidates) or "none"
    return (
        Evidence(
            "verdict:severity", "how bad is it", f"severity {verdict.severity} of 10, {verdict.level}",
            {"severity": verdict.severity, "of": 10},
        ),
        Evidence(
            "verdict:confidence", "how sure is it", f"{round(100 * verdict.confidence)}% sure",
            {"confidence": verdict.confidence},
        ),
        Evidence("verdict:cause", "why", f"{verdict.answer}: {cause}; candidates: {others}", {}),
        Evidence("verdict:headline", "in one line", verdict.headline, {}),
        Evidence("verdict:disagreement", "where agents differ", verdict.disagreement or "they do not", {}),
    )  # fmt: skip
