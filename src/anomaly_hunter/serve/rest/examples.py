"""An example of every record of the API, for its description and for the docs."""

from __future__ import annotations

from typing import Any, Final

_BEGIN: Final = "2026-03-01T12:00:00Z"
_END: Final = "2026-03-01T12:40:00Z"
_KEPT: Final = "2026-03-01T12:45:10Z"
_ID: Final = "0a1b2c3d4e5f"

NAMED: Final = {"kind": "event", "name": "checkout v42"}
LISTED: Final = {
    "id": _ID, "state": "open", "dataset": "shop", "subject": "latency_ms (checkout)",
    "headline": "latency_ms (checkout) is 4.2 times what was expected", "severity": 7.4, "level": "error",
    "confidence": 0.82, "begin": _BEGIN, "end": _END, "first_kept": _KEPT, "last_kept": _KEPT,
    "times_kept": 1, "cause": NAMED, "turned_out": None, "ruled_out": [], "answers": [], "owner": None,
    "silenced": None, "muted_until": None, "hunt_id": "9f8e7d6c5b4a",
}  # fmt: skip
CAUSE: Final = {
    **NAMED, "statement": "The deploy checkout v42 came 2 minutes before.", "share": 0.71,
    "evidence": ["events_before:latency_ms"], "against": [], "behind": "", "place": "checkout",
}  # fmt: skip
FINDING: Final = {
    "agent": "Root Cause", "claim": "The deploy checkout v42 is behind it.", "confidence": 0.8,
    "evidence": ["events_before:latency_ms"], "cause": CAUSE, "steps": ["Roll checkout back to v41."],
    "by": "", "confidence_level": "high",
}  # fmt: skip
EVIDENCE: Final = {
    "id": "events_before:latency_ms", "question": "What changed shortly before?",
    "statement": "checkout v42 was deployed 2 minutes before.", "numbers": {"minutes": 2.0},
}  # fmt: skip
ANOMALY: Final = {
    "id": "1a2b3c4d5e6f", "subject": "latency_ms (checkout)", "subject_id": "5e6f7a8b9c0d",
    "shape": "shift", "direction": "up", "start": 720, "stop": 760, "peak": 731, "begin": _BEGIN, "end": _END,
    "ongoing": False, "score": 6.1, "actual": 840.0, "expected": 201.5, "spread": 22.0,
}  # fmt: skip
ANSWER: Final = {
    "id": 3, "at": _KEPT, "by": "ann", "answer": "real", "cause_kind": "", "cause_name": "", "note": "",
}  # fmt: skip
EVENT: Final = {
    "id": "7a8b9c0d1e2f", "time": _BEGIN, "kind": "deploy", "title": "checkout v42", "service": "checkout",
    "labels": {"version": "v42"}, "source": "api", "by": "ci", "kept_at": _BEGIN,
}  # fmt: skip
RUN: Final = {
    "id": 12, "state": "done", "begin": _BEGIN, "end": _END, "started_at": _KEPT, "finished_at": _KEPT,
    "took_ms": 812.5, "points": 40, "incidents": [_ID], "hunt_id": "9f8e7d6c5b4a", "attempts": 1, "error": "",
}  # fmt: skip


KEY: Final = {
    "id": "5d4c3b2a1f0e", "name": "checkout pipeline", "hint": "hk_Zx4q", "scopes": ["detect"], "by": "ann",
    "made_at": _KEPT, "ends_at": None, "used_at": None, "revoked_at": None,
}  # fmt: skip


def _proportion(name: str) -> dict[str, Any]:
    return {"name": name, "hits": 18, "of": 20, "share": 0.9, "low": 0.699, "high": 0.972}


DETECTED: Final[dict[str, Any]] = {
    "severity": 6.7, "level": "error", "confidence": 0.75, "confidence_level": "high", "anomalies": [12],
    "spans": [{
        "series": "value", "start": 12, "stop": 13, "peak": 12, "begin": "2026-03-01T10:12:00Z",
        "end": "2026-03-01T10:12:00Z", "shape": "spike", "direction": "up", "score": 14.9, "actual": 60.0,
        "expected": 10.0, "sigmas": 41.5, "ongoing": False, "rows": None, "incident": "73a557c1b675",
    }],
    "agents": [{"name": "Pattern Analyst", "finding": "spike: value reached 60", "confidence": 0.93}],
    "verdict": "value reached 60 where 10 was expected.", "headline": "value reached 60",
    "answer": "inconclusive", "cause": None, "recommendations": ["Look at what changed at 10:12."],
    "incidents": [], "not_investigated": 0, "quality": {"score": 100.0, "issues": []},
    "reading": "20 points every 1 min", "redpanda_event_id": None, "sentry_alert_id": None,
    "hunt_id": None, "took_ms": 5.8,
}  # fmt: skip

EXAMPLES: Final[dict[str, Any]] = {
    "Detected": DETECTED,
    "Named": NAMED,
    "ListedIncident": LISTED,
    "Cause": CAUSE,
    "Finding": FINDING,
    "Evidence": EVIDENCE,
    "Anomaly": ANOMALY,
    "GivenAnswer": ANSWER,
    "Incident": {
        "id": _ID, "headline": LISTED["headline"], "summary": "Since 12:00 answers take four times as long.",
        "answer": "It is real and serious.", "severity": 7.4, "level": "error", "confidence": 0.82,
        "memory": LISTED, "begin": _BEGIN, "end": _END, "cause": CAUSE, "candidates": [CAUSE],
        "disagreement": "", "recommendations": ["Roll checkout back to v41."], "factors": {"size": 8.1},
        "findings": [FINDING], "evidence": [EVIDENCE], "anomalies": [ANOMALY], "feedback": [ANSWER],
    },
    "Happened": {
        "id": 12, "at": _KEPT, "by": "ann", "action": "acknowledged", "before": "open",
        "after": "acknowledged", "text": "",
    },
    "Verdict": {
        "at": _KEPT, "severity": 7.4, "confidence": 0.82, "headline": LISTED["headline"], "cause": NAMED
    },
    "Effect": {
        "answers": [3], "changes": ["latency_ms (checkout): boundary 1.00 -> 1.10"], "alarms_gone": 1,
        "alarms_back": 0, "alarms_kept": 41, "note": "",
    },
    "KeptEvent": EVENT,
    "KnownSeries": {
        "id": "5e6f7a8b9c0d", "kind": "series", "name": "latency_ms", "title": "latency_ms (checkout)",
        "source": "shop.csv", "unit": "ms", "labels": {"service": "checkout"}, "first_seen": _KEPT,
        "last_seen": _KEPT, "anomalies": 4,
    },
    "SeenAnomaly": {"incident_id": _ID, "anomaly": ANOMALY},
    "KnownDataset": {
        "name": "shop", "kind": "series", "quality": 97.5, "points": 20160, "severity": 7.4, "hunted": _KEPT,
        "hunt_id": "9f8e7d6c5b4a", "origin": "watch:checkout",
    },
    "Proportion": _proportion("real"),
    "Bin": {"low": 0.8, "high": 0.9, "stated": 0.85, "right": _proportion("0.8-0.9")},
    "Figures": {
        "incidents": 120, "answers": 20, "real": _proportion("real"), "acted": _proportion("led to action"),
        "cause": _proportion("cause right"), "calibration_error": 0.06, "bins": [], "agents": [],
        "patterns": [], "shapes": [], "weeks": [],
    },
    "Bucket": {"begin": _BEGIN, "worst": 7.4, "count": 2},
    "LaneSpan": {"begin": _BEGIN, "end": _END, "severity": 7.4, "incident_id": _ID},
    "Lane": {
        "subject": "latency_ms (checkout)", "subject_id": "5e6f7a8b9c0d",
        "spans": [{"begin": _BEGIN, "end": _END, "severity": 7.4, "incident_id": _ID}],
    },
    "Similar": {
        "id": "8d7c6b5a4f3e", "headline": LISTED["headline"], "similarity": 0.83, "when": _BEGIN,
        "alike": {"shape": 0.4}, "cause": NAMED, "turned_out": NAMED, "answers": ["real"],
    },
    "Person": {
        "id": "3f2a91c04d17", "name": "ann", "title": "Ann", "role": "responder", "made_at": _KEPT,
        "signs_in_at": None, "seen_at": _KEPT, "disabled_at": None,
    },
    "Key": KEY,
    "MadeKey": {**KEY, "key": "hk_..."},
    "AuditEntry": {
        "id": 41, "at": _KEPT, "by": "ann", "action": "incident.resolve", "about": _ID, "detail": {},
        "address": "10.0.0.7", "digest": "9c1185a5c5e9fc54612808977ee8f548b2258d31",
    },
    "WatchRun": RUN,
    "Watch": {
        "id": "1a2b3c4d5e6f", "name": "checkout", "state": "ok", "enabled": True, "origin": "people",
        "by": "ann", "made_at": _KEPT, "source": "files", "looks_at": "metrics/*.csv", "every": "5m",
        "definition": {"files": ["metrics/*.csv"], "every": "5m", "history": "14d", "delay": "1m"},
        "seen_until": _END, "next_at": _KEPT, "failures": 0, "last_run": RUN,
    },
    "SilenceMatcher": {"subject": "latency*", "dataset": "*", "labels": {"service": "checkout"}},
    "Silence": {
        "id": "6f5e4d3c2b1a", "kind": "maintenance", "matcher": {"subject": "latency*", "dataset": "*",
        "labels": {}, "least_severity": 0.0, "most_severity": 10.0}, "begins_at": _BEGIN, "ends_at": _END,
        "repeat": "weekly", "reason": "backup", "by": "ann", "made_at": _KEPT, "ended_at": None,
        "active": True, "incidents": 3,
    },
    "SavedView": {
        "id": "3c4d5e6f7a8b", "name": "Checkout, serious", "page": "incidents",
        "query": "search=checkout&least_severity=7", "by": "ann", "made_at": _KEPT,
    },
}  # fmt: skip
"""By the name of the record in the description."""
