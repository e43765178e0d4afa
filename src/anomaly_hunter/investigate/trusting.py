"""What answers taught about agents and confidence, applied around the judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Evidence, Finding, Learned, Verdict


def weights_of(findings: Sequence[Finding], learned: Learned) -> dict[str, float]:
    """How much the voice of each agent counts for the judge."""
    return {finding.agent: learned.weight(finding.agent) for finding in findings}


def as_learned(verdict: Verdict, findings: Sequence[Finding], learned: Learned) -> Verdict:
    """The verdict with a calibrated confidence.

    The confidence is calibrated where a cause is named: it is then the probability that this is the
    right one. What answers changed is among the evidence.
    """
    weights = {f.agent: learned.weight(f.agent) for f in findings if f.confidence > 0}
    moved = {agent: weight for agent, weight in weights.items() if abs(weight - 1.0) >= 0.01}
    confidence = verdict.confidence
    if verdict.cause is not None:
        confidence = round(learned.calibrated(confidence), 4)
    parts = [f"{agent} counts {weight:.2f} times" for agent, weight in sorted(moved.items())]
    if abs(confidence - verdict.confidence) >= 0.005:
        parts.append(f"{say.percent(verdict.confidence)} sure became {say.percent(confidence)}")
    if not parts:
        return replace(verdict, confidence=confidence)
    numbers = {"confidence_before": verdict.confidence, "confidence": confidence, **moved}
    fact = Evidence("learned:answers", "what did past answers change", "; ".join(parts), numbers)
    return replace(verdict, confidence=confidence, evidence=(*verdict.evidence, fact))
