"""A hunt as plain JSON types: the one shape that every machine-readable output shares.

The shape is published as JSON Schema in ``tell/schema/hunt-1.2.json``. Keys come in a fixed
order. A number that is missing or infinite is null, because JSON knows neither; every other
float is written in full, so that it reads back as the same float. Times are ISO-8601 in UTC.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from anomaly_hunter.model import (
    SCHEMA_VERSION,
    Anomaly,
    Cause,
    Dataset,
    Detection,
    Evidence,
    Finding,
    Hunt,
    Incident,
    Quality,
    Reasoned,
    Share,
    confidence_level,
    cost_of_all,
    iso,
    severity_level,
)
from anomaly_hunter.tell.words import seconds_between

Json: TypeAlias = Any
Record: TypeAlias = dict[str, Json]

SCHEMA_FILE: Final = Path(__file__).parent / "schema" / f"hunt-{SCHEMA_VERSION}.json"

# Characters that JSON allows in a string but that steer a terminal or reorder text.
_STEERING: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def document(hunt: Hunt) -> Record:
    """The whole hunt; ``type`` is "hunt".

    Raises nothing: whatever a hunt holds has a JSON form.
    """
    return {
        **_opening(hunt, "hunt"),
        "incidents": [incident_document(incident) for incident in hunt.incidents],
    }


def header_document(hunt: Hunt) -> Record:
    """The hunt without its incidents; ``type`` is "header". First of the JSON lines."""
    return _opening(hunt, "header")


def incident_line(incident: Incident) -> Record:
    """One incident that stands alone; ``type`` is "incident". What JSON lines and sinks carry."""
    return {"schema_version": SCHEMA_VERSION, "type": "incident", **incident_document(incident)}


def incident_document(incident: Incident) -> Record:
    """One incident with its verdict, findings, evidence and anomalies."""
    verdict = incident.verdict
    return {
        "id": _text(incident.id),
        "begin": _time(incident.begin),
        "end": _time(incident.end),
        "duration_s": _duration(incident),
        "severity": _float(verdict.severity),
        "level": verdict.level,
        "confidence": _float(verdict.confidence),
        "confidence_level": confidence_level(verdict.confidence),
        "agreement": verdict.agreement,
        "agents": len(verdict.findings),
        "headline": _text(verdict.headline),
        "summary": _text(verdict.summary),
        "answer": verdict.answer,
        "cause": _cause(verdict.cause),
        "runner_up": _cause(verdict.runner_up),
        "candidates": [_cause(candidate) for candidate in verdict.candidates],
        "disagreement": _text(verdict.disagreement),
        "recommendations": [_text(step) for step in verdict.recommendations],
        "factors": _map(verdict.factors),
        "scope": [_text(name) for name in verdict.scope],
        "findings": [_finding(finding) for finding in verdict.findings],
        "reasoning": _reasoning(verdict.reasoned),
        "evidence": [_evidence(evidence) for evidence in verdict.evidence],
        "anomalies": [anomaly_document(anomaly) for anomaly in incident.anomalies],
    }


def anomaly_document(anomaly: Anomaly) -> Record:
    """One anomaly: where, since when, how far from what was expected."""
    return {
        "id": _text(anomaly.id),
        "subject": _text(anomaly.subject),
        "subject_id": _text(anomaly.subject_id),
        "shape": anomaly.shape,
        "direction": anomaly.direction,
        "start": int(anomaly.start),
        "stop": int(anomaly.stop),
        "peak": int(anomaly.peak),
        "begin": _time(anomaly.begin),
        "end": _time(anomaly.end),
        "onset": [int(position) for position in anomaly.onset],
        "ongoing": bool(anomaly.ongoing),
        "score": _float(anomaly.score),
        "actual": _float(anomaly.actual),
        "expected": _float(anomaly.expected),
        "spread": _float(anomaly.spread),
        "sigmas": _float(anomaly.sigmas),
        "change_pct": _float(anomaly.change_pct),
        "rows": [int(row) for row in anomaly.rows],
        "carriers": [_share(share) for share in anomaly.carriers],
    }


def dump(record: Record, indent: int | None = None) -> str:
    """JSON text of a record: UTF-8 as it is, steering characters escaped, never NaN.

    >>> dump({"name": "caf\\u00e9 \\u202e"})
    '{"name": "café \\\\u202e"}'
    """
    text = json.dumps(record, indent=indent, ensure_ascii=False, allow_nan=False)
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _opening(hunt: Hunt, kind: str) -> Record:
    return {
        "schema_version": SCHEMA_VERSION,
        "type": kind,
        "dataset": _dataset(hunt.dataset),
        "severity": _float(hunt.severity),
        "level": severity_level(hunt.severity),
        "incident_count": len(hunt.incidents),
        "anomaly_count": len(hunt.anomalies),
        "not_investigated": int(hunt.not_investigated),
        "subjects": [_subject(detection) for detection in hunt.detections],
        "observations": [_evidence(fact) for fact in hunt.observations],
        "took_ms": {_text(step): _float(ms) for step, ms in hunt.took_ms.items()},
    }


def _dataset(dataset: Dataset) -> Record:
    return {
        "name": _text(dataset.name),
        "kind": dataset.kind,
        "reading": _text(dataset.reading),
        "roles": {_text(column): _text(role) for column, role in dataset.roles.items()},
        "notes": [_text(note) for note in dataset.notes],
        "events": len(dataset.events),
        "services": len(dataset.graph.nodes) if dataset.graph else 0,
        "quality": _quality(dataset.quality),
    }


def _quality(quality: Quality) -> Record:
    return {
        "score": _float(quality.score),
        "points": int(quality.points),
        "issues": [
            {
                "kind": _text(issue.kind),
                "where": _text(issue.where),
                "count": int(issue.count),
                "statement": _text(issue.statement),
            }
            for issue in quality.issues
        ],
    }


def _subject(detection: Detection) -> Record:
    """What was looked at, and how many points or rows of it are abnormal."""
    profile = detection.profile
    source = detection.series if detection.series is not None else detection.table
    abnormal = np.zeros(len(detection.score), dtype=bool)
    for anomaly in detection.anomalies:
        abnormal[list(anomaly.rows) if anomaly.rows else slice(anomaly.start, anomaly.stop)] = True
    return {
        "id": _text(source.id) if source is not None else "",
        "name": _text(detection.subject),
        "kind": "table" if detection.table is not None else "series",
        "points": len(detection.score),
        "missing": int(profile.missing) if profile else 0,
        "interval_s": _float(profile.interval_s) if profile else None,
        "season_points": int(profile.period) if profile else 0,
        "anomalies": len(detection.anomalies),
        "anomalous_points": int(abnormal.sum()),
        "kept_quiet": len(detection.quiet),
        "detectors": [_text(name) for name in detection.detectors],
        "note": _text(detection.note),
    }


def _finding(finding: Finding) -> Record:
    return {
        "agent": _text(finding.agent),
        "by": _text(finding.by),
        "claim": _text(finding.claim),
        "confidence": _float(finding.confidence),
        "confidence_level": confidence_level(finding.confidence),
        "cause": _cause(finding.cause),
        "evidence": [_text(name) for name in finding.evidence],
        "steps": [_text(step) for step in finding.steps],
    }


def _reasoning(roles: Sequence[Reasoned]) -> Record | None:
    """What language models were asked and what it cost; null where none was."""
    if not roles:
        return None
    return {
        "cost_usd": _float(cost_of_all(roles)),
        "tokens": sum(role.tokens for role in roles),
        "requests": sum(role.requests for role in roles),
        "roles": [
            {
                "role": _text(role.role),
                "model": _text(role.model),
                "stands": _text(role.stands),
                "prompt": _text(role.prompt),
                "cached": role.cached,
                "requests": role.requests,
                "tool_calls": role.tool_calls,
                "input_tokens": role.input_tokens,
                "output_tokens": role.output_tokens,
                "cost_usd": _float(role.cost_usd),
                "prices_date": _text(role.prices_date),
                "seconds": _float(role.seconds),
            }
            for role in roles
        ],
    }


def _evidence(evidence: Evidence) -> Record:
    return {
        "id": _text(evidence.id),
        "question": _text(evidence.question),
        "statement": _text(evidence.statement),
        "numbers": _map(evidence.numbers),
    }


def _cause(cause: Cause | None) -> Record | None:
    if cause is None:
        return None
    return {
        "kind": _text(cause.kind),
        "name": _text(cause.name),
        "statement": _text(cause.statement),
        "share": _float(cause.share),
        "evidence": [_text(name) for name in cause.evidence],
        "against": [_text(name) for name in cause.against],
        "behind": _text(cause.behind),
        "place": _text(cause.place),
    }


def _share(share: Share) -> Record:
    return {"name": _text(share.name), "share": _float(share.share)}


def _map(values: Mapping[str, Any]) -> Record:
    return {_text(key): _plain(value) for key, value in values.items()}


def _plain(value: object) -> Json:
    if value is None or isinstance(value, str):
        return None if value is None else _text(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _float(float(value))
    return _text(str(value))


def _float(value: float | None) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _text(value: str) -> str:
    """Text that UTF-8 can hold: half surrogates, which no encoding can write, become "?"."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _time(time: np.datetime64 | None) -> str | None:
    return None if time is None or np.isnat(time) else iso(time)


def _duration(incident: Incident) -> float | None:
    if incident.begin is None or incident.end is None:
        return None
    return _float(seconds_between(incident.begin, incident.end))
