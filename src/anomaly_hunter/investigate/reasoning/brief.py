"""What a role is told before it asks: the incident, the candidates, the first opinion and its evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anomaly_hunter.investigate.question import QUESTIONS
from anomaly_hunter.investigate.reasoning.quoting import quoted
from anomaly_hunter.model import Cause, Evidence, Finding, Verdict, iso

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case
    from anomaly_hunter.investigate.reasoning.opinion import Wording

MOST_CANDIDATES: Final = 12
MOST_CHARS: Final = 16_000
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
        first = self.first
        cited = [known[name] for name in first.evidence if name in known] if first is not None else []
        told = _opinion(first, self.candidates) if first is not None else []
        facts = [_incident(self.case), *_candidates(self.candidates), *told, *cited]
        return "The incident, the candidates, the first opinion and its evidence:\n" + quoted(
            facts, MOST_CHARS
        )


def _incident(case: Case) -> Evidence:
    lead = case.lead
    begin = "" if lead.begin is None else f" since {iso(lead.begin)}"
    state = "still going on" if lead.ongoing else "over"
    service = {"service": case.service} if case.service else {}
    numbers = {"shape": lead.shape, "anomalies": len(case.anomalies), **service}
    return Evidence("incident", "", f"{lead.subject}: {lead.shape}{begin}, {state}", numbers)


def _candidates(causes: Sequence[Cause]) -> list[Evidence]:
    """One line each: the statement is the name, to be copied as it is."""
    return [
        Evidence(_candidate(i), "", cause.name, {"kind": cause.kind, "share": round(cause.share, 3)})
        for i, cause in enumerate(causes[:MOST_CANDIDATES])
    ]


def _candidate(index: int) -> str:
    return f"candidate {index + 1}"


def _opinion(first: Finding, causes: Sequence[Cause]) -> list[Evidence]:
    """The claim, how sure it is and which candidate it names, then its steps."""
    same = (
        i
        for i, c in enumerate(causes[:MOST_CANDIDATES])
        if first.cause and c.name == first.cause.name and c.kind == first.cause.kind
    )
    named = next(map(_candidate, same), None)
    numbers = {"confidence": round(first.confidence, 2), "cause": named}
    steps = [Evidence(f"first-opinion step {i}", "", step) for i, step in enumerate(first.steps, 1)]
    return [Evidence("first-opinion", "", first.claim, numbers), *steps]


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

    @property
    def planned(self) -> tuple[Evidence, ...]:
        """The steps of the judge, each to be cited where it is worded: "step:1"."""
        return tuple(Evidence(f"step:{i}", "planned step", step) for i, step in enumerate(self.steps, 1))

    def text(self) -> str:
        """The only message; everything stands in envelopes."""
        said = [
            Evidence(f.agent, "finding", f.claim, {"confidence": round(f.confidence, 2)})
            for f in self.findings
        ]
        return (
            f"What the agents found (cite the evidence, not these):\n{quoted(said)}\n"
            f"The steps that are planned, the verdict and its evidence:\n"
            f"{quoted([*self.planned, *self.facts], MOST_CHARS)}"
        )

    def left_out(self, said: Wording) -> tuple[str, ...]:
        """What is missing in a wording: the first planned step is what a person does first."""
        cited = {name for sentence in said.recommendations for name in sentence.evidence}
        first = self.planned[:1]
        if not first or first[0].id in cited:
            return ()
        return ("no recommendation cites step:1, the first of the planned steps; word it, and cite it",)


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
