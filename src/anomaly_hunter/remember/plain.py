"""Records of ours as plain JSON types, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from anomaly_hunter.model import Anomaly, Cause, Finding, Reasoned, Share, Verdict

if TYPE_CHECKING:
    from sqlalchemy import RowMapping


def plain(value: Any) -> Any:
    """JSON types of ``value``: numbers that are missing or infinite are None.

    >>> plain({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, Mapping):
        return {text(str(key)): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | np.bool_):
        return None if value is None else bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return finite(float(value))
    return text(str(value))


def text(value: str) -> str:
    """Text that every database can hold: no half surrogates, no NUL.

    >>> text("a\\x00b")
    'ab'
    """
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def finite(value: float) -> float | None:
    """The number, or None where it is missing or infinite."""
    return float(value) if math.isfinite(value) else None


def number(value: float | None) -> float:
    """The number, NaN where it is None."""
    return math.nan if value is None else float(value)


def cause_plain(cause: Cause | None) -> dict[str, Any] | None:
    """A cause as a mapping."""
    if cause is None:
        return None
    return {
        "kind": cause.kind,
        "name": text(cause.name),
        "statement": text(cause.statement),
        "share": finite(cause.share),
        "evidence": plain(cause.evidence),
        "against": plain(cause.against),
        "behind": text(cause.behind),
        "place": text(cause.place),
    }


def cause_of(given: Mapping[str, Any] | None) -> Cause | None:
    """The cause of a mapping."""
    if given is None:
        return None
    return Cause(
        given["kind"],
        given["name"],
        given["statement"],
        number(given["share"]),
        tuple(given["evidence"]),
        against=tuple(given["against"]),
        behind=given["behind"],
        place=given["place"],
    )


def finding_plain(finding: Finding) -> dict[str, Any]:
    """A finding as a mapping."""
    return {
        "agent": text(finding.agent),
        "claim": text(finding.claim),
        "confidence": finite(finding.confidence),
        "evidence": plain(finding.evidence),
        "cause": cause_plain(finding.cause),
        "steps": plain(finding.steps),
        **({"by": text(finding.by)} if finding.by else {}),
    }


def finding_of(given: Mapping[str, Any]) -> Finding:
    """The finding of a mapping."""
    return Finding(
        given["agent"],
        given["claim"],
        number(given["confidence"]),
        tuple(given["evidence"]),
        cause_of(given["cause"]),
        tuple(given["steps"]),
        given.get("by", ""),
    )


def reasoned_of(given: Mapping[str, Any]) -> Reasoned:
    """What a model did, of a mapping; a field that a later version added has its default.

    >>> reasoned_of({"role": "Root Cause", "model": "openai:a", "requests": 2}).requests
    2
    """
    return Reasoned(**{f.name: given[f.name] for f in fields(Reasoned) if f.name in given})


def verdict_plain(verdict: Verdict) -> dict[str, Any]:
    """The columns of a verdict, without its evidence."""
    return {
        "severity": finite(verdict.severity) or 0.0,
        "confidence": finite(verdict.confidence) or 0.0,
        "headline": text(verdict.headline),
        "summary": text(verdict.summary),
        "disagreement": text(verdict.disagreement),
        "cause": cause_plain(verdict.cause),
        "candidates": [cause_plain(cause) for cause in verdict.candidates],
        "findings": [finding_plain(finding) for finding in verdict.findings],
        "recommendations": plain(verdict.recommendations),
        "factors": plain(verdict.factors),
        "answer": verdict.answer,
        "scope": plain(verdict.scope),
        "runner_up": cause_plain(verdict.runner_up),
        "reasoned": [plain(asdict(one)) for one in verdict.reasoned],
    }


def anomaly_plain(anomaly: Anomaly) -> dict[str, Any]:
    """The columns of an anomaly, without its ids."""
    return {
        "subject": text(anomaly.subject),
        "shape": anomaly.shape,
        "direction": anomaly.direction,
        "start": int(anomaly.start),
        "stop": int(anomaly.stop),
        "peak": int(anomaly.peak),
        "onset_low": int(anomaly.onset[0]),
        "onset_high": int(anomaly.onset[1]),
        "begin_at": anomaly.begin,
        "end_at": anomaly.end,
        "score": finite(anomaly.score),
        "actual": finite(anomaly.actual),
        "expected": finite(anomaly.expected),
        "spread": finite(anomaly.spread),
        "ongoing": bool(anomaly.ongoing),
        "row_numbers": plain(anomaly.rows),
        "carriers": [[text(share.name), finite(share.share)] for share in anomaly.carriers],
    }


def anomaly_of(row: RowMapping) -> Anomaly:
    """The anomaly of a row."""
    return Anomaly(
        id=row["id"],
        subject=row["subject"],
        subject_id=row["series_id"],
        shape=row["shape"],
        direction=row["direction"],
        start=row["start"],
        stop=row["stop"],
        peak=row["peak"],
        score=number(row["score"]),
        actual=number(row["actual"]),
        expected=number(row["expected"]),
        spread=number(row["spread"]),
        onset=(row["onset_low"], row["onset_high"]),
        begin=row["begin_at"],
        end=row["end_at"],
        rows=tuple(row["row_numbers"]),
        carriers=tuple(Share(name, number(share)) for name, share in row["carriers"]),
        ongoing=row["ongoing"],
    )
