"""What the memory holds, in plain JSON types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anomaly_hunter.model import iso
from anomaly_hunter.tell.document import incident_line

if TYPE_CHECKING:
    from anomaly_hunter.feedback import Effect
    from anomaly_hunter.remember.records import Kept, Remembered


def kept_document(kept: Kept) -> dict[str, Any]:
    """One line of the list of incidents."""
    return {
        "id": kept.id, "state": kept.state, "dataset": kept.dataset, "headline": kept.headline,
        "severity": kept.severity, "confidence": kept.confidence,
        "begin": iso(kept.begin) if kept.begin is not None else None,
        "end": iso(kept.end) if kept.end is not None else None,
        "first_kept": iso(kept.first_kept_at), "last_kept": iso(kept.last_kept_at),
        "times_kept": kept.times_kept, "cause": kept.cause, "turned_out": kept.turned_out,
        "ruled_out": kept.not_it, "answers": kept.answers, "owner": kept.owner, "subject": kept.subject,
        "silenced": kept.silenced,
        "muted_until": iso(kept.muted_until) if kept.muted_until is not None else None,
        "hunt_id": kept.hunt_id,
    }  # fmt: skip


def remembered_document(found: Remembered) -> dict[str, Any]:
    """One incident in full, with what people said of it."""
    return {
        **incident_line(found.incident),
        "memory": kept_document(found.kept),
        "feedback": [
            {
                "id": one.id, "at": iso(one.at), "by": one.by, "answer": one.answer,
                "cause_kind": one.cause_kind, "cause_name": one.cause_name, "note": one.note,
            }
            for one in found.feedback
        ],
    }  # fmt: skip


def effect_document(effect: Effect) -> dict[str, Any]:
    """What an answer changed, or would change."""
    return {
        "answers": list(effect.answers),
        "changes": list(effect.lines),
        "alarms_gone": len(effect.replay.gone),
        "alarms_back": len(effect.replay.back),
        "alarms_kept": effect.replay.kept,
        "note": effect.note,
    }
