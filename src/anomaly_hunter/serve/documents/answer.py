"""A hunt as the REST API answers it: what was asked most, at the top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from anomaly_hunter.model import Anomaly, Detection, Hunt, Incident, confidence_level, iso, severity_level
from anomaly_hunter.remember.plain import finite, plain, text

QUIET: Final = "nothing abnormal"
_MOST_NOTES: Final = 50


def answer_document(found: Hunt, *, hunt_id: str | None = None) -> dict[str, Any]:
    """The answer to ``POST /detect``: the worst incident's word, and where the abnormal points are.

    Positions are those of what was sent (counted from 0), whatever order the hunt read them in.
    """
    verdict = found.verdict
    of = {a.id: one.id for one in found.incidents for a in one.anomalies}
    spans = [_span(a, detection, of.get(a.id)) for detection in found.detections for a in detection.anomalies]
    return {
        "severity": _tenth(found.severity),
        "level": severity_level(found.severity),
        "confidence": None if verdict is None else _hundredth(verdict.confidence),
        "confidence_level": None if verdict is None else confidence_level(verdict.confidence),
        "anomalies": sorted({row for detection in found.detections for row in rows_of(detection)}),
        "spans": spans,
        "agents": [] if verdict is None else [
            {"name": text(one.agent), "finding": text(one.claim), "confidence": _hundredth(one.confidence)}
            for one in verdict.findings
        ],
        "verdict": QUIET if verdict is None else text(verdict.summary),
        "headline": QUIET if verdict is None else text(verdict.headline),
        "answer": None if verdict is None else verdict.answer,
        "cause": None if verdict is None else _cause(verdict.cause),
        "recommendations": [] if verdict is None else [text(step) for step in verdict.recommendations],
        "incidents": [_incident(one) for one in found.incidents],
        "not_investigated": found.not_investigated,
        "quality": {
            "score": finite(found.dataset.quality.score),
            "issues": [text(issue.statement) for issue in found.dataset.quality.issues[:_MOST_NOTES]],
        },
        "reading": text(found.dataset.reading),
        "redpanda_event_id": None,
        "sentry_alert_id": None,
        "hunt_id": hunt_id,
        "took_ms": round(sum(found.took_ms.values()), 2),
    }  # fmt: skip


def rows_of(detection: Detection) -> set[int]:
    """The rows, as they were given, that anomalies of a detection cover."""
    rows: set[int] = set()
    for anomaly in detection.anomalies:
        if anomaly.rows:
            rows.update(int(row) for row in anomaly.rows)
        elif detection.series is not None:
            rows.update(detection.series.row[anomaly.start : anomaly.stop].tolist())
    return rows


def _span(anomaly: Anomaly, detection: Detection, incident: str | None) -> dict[str, Any]:
    return {
        "series": text(anomaly.subject),
        "start": int(anomaly.start),
        "stop": int(anomaly.stop),
        "peak": int(anomaly.peak),
        "begin": None if anomaly.begin is None else iso(anomaly.begin),
        "end": None if anomaly.end is None else iso(anomaly.end),
        "shape": anomaly.shape,
        "direction": anomaly.direction,
        "score": finite(anomaly.score),
        "actual": finite(anomaly.actual),
        "expected": finite(anomaly.expected),
        "sigmas": finite(anomaly.sigmas),
        "ongoing": bool(anomaly.ongoing),
        "rows": plain(anomaly.rows) if detection.table is not None else None,
        "incident": incident,
    }


def _incident(incident: Incident) -> dict[str, Any]:
    verdict = incident.verdict
    return {
        "id": incident.id,
        "severity": _tenth(verdict.severity),
        "level": verdict.level,
        "confidence": _hundredth(verdict.confidence),
        "headline": text(verdict.headline),
        "summary": text(verdict.summary),
        "answer": verdict.answer,
        "cause": _cause(verdict.cause),
        "begin": None if incident.begin is None else iso(incident.begin),
        "end": None if incident.end is None else iso(incident.end),
        "series": list(dict.fromkeys(text(one.subject) for one in incident.anomalies)),
    }


def _cause(cause: Any) -> Mapping[str, Any] | None:
    if cause is None:
        return None
    return {"kind": cause.kind, "name": text(cause.name), "statement": text(cause.statement),
            "share": finite(cause.share)}  # fmt: skip


def _tenth(value: float) -> float:
    return round(finite(value) or 0.0, 1)


def _hundredth(value: float) -> float:
    return round(finite(value) or 0.0, 2)
