"""What answers taught about agents and confidence, applied around the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Anomaly, Evidence, Finding, Learned, Verdict


def weights_of(findings: Sequence[Finding], learned: Learned) -> dict[str, float]:
    """How much the voice of each agent counts for the judge."""
    return {finding.agent: learned.weight(finding.agent) for finding in findings}


def as_learned(
    verdict: Verdict, findings: Sequence[Finding], learned: Learned, anomalies: Sequence[Anomaly] = ()
) -> Verdict:
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
    facts = list(_boundaries(anomalies, learned))
    if parts:
        numbers = {"confidence_before": verdict.confidence, "confidence": confidence, **moved}
        said = "; ".join(parts) + learned.reason("agents")
        facts.append(Evidence("learned:answers", "what did past answers change", said, numbers))
    return replace(verdict, confidence=confidence, evidence=(*verdict.evidence, *facts))


def _boundaries(anomalies: Sequence[Anomaly], learned: Learned) -> Iterator[Evidence]:
    """Series of the incident that alarm earlier or later than without answers, the lead first."""
    for name, subject in dict.fromkeys((a.subject_id, a.subject) for a in anomalies):
        factor = learned.boundary(name)
        if factor != 1.0:
            said = f"{subject} alarms from {factor:.2f} times the built-in boundary on"
            said += learned.reason(f"series:{name}")
            yield Evidence(f"learned:{subject}", "what did past answers change", said, {"factor": factor})
