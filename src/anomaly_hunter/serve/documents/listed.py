"""Kept incidents and what happened to them as the API says it; see :mod:`anomaly_hunter.client.records`."""

from __future__ import annotations

from typing import Any

import numpy as np

from anomaly_hunter.model import Past, iso, severity_level
from anomaly_hunter.remember.records import Feedback, Happened, Kept, Remembered, Said
from anomaly_hunter.tell.document import incident_document


def listed_document(kept: Kept) -> dict[str, Any]:
    """One line of the list of incidents."""
    return {
        "id": kept.id,
        "state": kept.state,
        "owner": kept.owner,
        "dataset": kept.dataset,
        "subject": kept.subject,
        "headline": kept.headline,
        "severity": kept.severity,
        "level": severity_level(kept.severity),
        "confidence": kept.confidence,
        "begin": _time(kept.begin),
        "end": _time(kept.end),
        "first_kept": iso(kept.first_kept_at),
        "last_kept": iso(kept.last_kept_at),
        "times_kept": kept.times_kept,
        "cause": _named(kept.cause),
        "turned_out": _named(kept.turned_out),
        "ruled_out": [_named(one) for one in kept.not_it],
        "answers": list(kept.answers),
        "silenced": kept.silenced,
        "muted_until": _time(kept.muted_until),
        "hunt_id": kept.hunt_id,
    }


def full_document(found: Remembered) -> dict[str, Any]:
    """One incident with verdict, findings, evidence, anomalies, and what people answered."""
    return {
        **incident_document(found.incident),
        "memory": listed_document(found.kept),
        "feedback": [answer_document(one) for one in found.feedback],
    }


def answer_document(said: Feedback) -> dict[str, Any]:
    """One answer of one person."""
    return {
        "id": said.id, "at": iso(said.at), "by": said.by, "answer": said.answer,
        "cause_kind": said.cause_kind, "cause_name": said.cause_name, "note": said.note,
    }  # fmt: skip


def happened_document(one: Happened) -> dict[str, Any]:
    """One line of a history."""
    return {
        "id": one.id, "at": iso(one.at), "by": one.by, "action": one.action, "before": one.before,
        "after": one.after, "text": one.text,
    }  # fmt: skip


def verdict_document(said: Said) -> dict[str, Any]:
    """One verdict of the history of an incident."""
    return {
        "at": iso(said.at), "severity": said.severity, "confidence": said.confidence,
        "headline": said.headline, "cause": _named(said.cause),
    }  # fmt: skip


def past_document(past: Past) -> dict[str, Any]:
    """A past incident that is like another."""
    return {
        "id": past.id, "headline": past.headline, "similarity": past.similarity, "when": _time(past.when),
        "alike": dict(past.alike), "cause": _named(past.said), "turned_out": _named(past.turned_out),
        "answers": list(past.answers),
    }  # fmt: skip


def _named(cause: tuple[str, str] | None) -> dict[str, str] | None:
    return None if cause is None else {"kind": cause[0], "name": cause[1]}


def _time(time: np.datetime64 | None) -> str | None:
    return None if time is None else iso(time)
