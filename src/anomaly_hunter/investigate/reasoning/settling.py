"""What the judge makes of findings that a model worded.

A model may settle a close call; it cannot overturn a clear one. Severity stays as it was, and a model never
raises the confidence: that is fitted to what the evidence alone can say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.model import Cause, Evidence, Finding, Verdict

CLEAR: Final = 0.7
"""From this confidence on a verdict is a clear call: "high", by the convention of the field."""

ALONE_AT_MOST: Final = 0.69
"""A claim that only a model makes is "medium" at most."""

NO_CHANGE: Final = "no change explains this"


def bounded(first: Finding, said: Finding) -> Finding:
    """The finding of a model with the confidence that counts.

    The same cause as in the first opinion (or again none): at most as sure as that was. Another one, or
    none where there was one: at most 0.69.

    >>> first = Finding("Root Cause", "", 0.8, (), Cause("service", "db", "", 0.6))
    >>> bounded(first, Finding("Root Cause", "", 0.99, (), Cause("service", "db", "", 0.6))).confidence
    0.8
    >>> bounded(first, Finding("Root Cause", "", 0.99, (), Cause("service", "web", "", 0.2))).confidence
    0.69
    """
    most = first.confidence if key(first.cause) == key(said.cause) else ALONE_AT_MOST
    return replace(said, confidence=min(said.confidence, most))


def settled(
    verdict: Verdict, findings: Sequence[Finding], judge: Callable[[Sequence[Finding]], Verdict]
) -> Verdict:
    """The verdict after models have spoken.

    Parameters
    ----------
    verdict:
        What the judge said of the deterministic findings.
    findings:
        The findings as they are now, those of models bounded.
    judge:
        The judge, who hears findings.
    """
    heard = judge(findings)
    heard = replace(heard, evidence=_all_evidence(verdict, heard))
    if key(heard.cause) == key(verdict.cause):
        return _agreed(verdict, heard)
    return _stands(verdict, heard, findings) if is_clear(verdict) else _moved(verdict, heard)


def is_clear(verdict: Verdict) -> bool:
    """Whether no model may overturn it."""
    return verdict.answer == NO_CHANGE or (verdict.cause is not None and verdict.confidence >= CLEAR)


def _agreed(verdict: Verdict, heard: Verdict) -> Verdict:
    """The call of the judge, with what models found on the way: their findings, steps and differences."""
    return replace(
        verdict,
        findings=heard.findings,
        evidence=heard.evidence,
        disagreement=heard.disagreement,
        recommendations=heard.recommendations,
    )


def _all_evidence(verdict: Verdict, heard: Verdict) -> tuple[Evidence, ...]:
    """That of both: what a model does not cite is not lost."""
    return tuple({e.id: e for e in (*verdict.evidence, *heard.evidence)}.values())


def _stands(verdict: Verdict, heard: Verdict, findings: Sequence[Finding]) -> Verdict:
    """The clear call with the findings as they were worded, and what models would rather say."""
    other = [f for f in findings if f.by and key(f.cause) != key(verdict.cause) and f.cause is not None]
    doubts = [
        f"{f.agent} ({f.by}) would rather name {f.cause.name}, against a clear case"
        for f in other
        if f.cause is not None and f.cause.kind == (verdict.cause.kind if verdict.cause else f.cause.kind)
    ]
    return replace(
        verdict,
        findings=tuple(findings),
        evidence=heard.evidence,
        disagreement=_joined(verdict.disagreement, *doubts),
    )


def _moved(verdict: Verdict, heard: Verdict) -> Verdict:
    """Another cause than without models, or none: said, and at most medium."""
    before = verdict.cause.name if verdict.cause is not None else verdict.answer
    said = f"without language models: {before} ({say.percent(verdict.confidence)})"
    return replace(
        heard,
        confidence=min(heard.confidence, ALONE_AT_MOST),
        severity=verdict.severity,
        disagreement=_joined(heard.disagreement, said),
    )


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def key(cause: Cause | None) -> tuple[str, str] | None:
    """What makes two causes the same."""
    return None if cause is None else (cause.kind, cause.name)
