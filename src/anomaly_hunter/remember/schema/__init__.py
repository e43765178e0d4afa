"""The tables of the store, as SQLAlchemy Core; the same for SQLite and PostgreSQL.

Every row belongs to an organisation. Times are whole nanoseconds since 1970 in UTC (:class:`Moment`),
because data times are that fine and SQLite has no time zones. Numbers that are missing or infinite
are NULL. The migrations build these tables; a test compares the two.
"""

from __future__ import annotations

from anomaly_hunter.remember.schema.ground import HEAD, Moment, metadata, organisation
from anomaly_hunter.remember.schema.life import event, happening, history, silence, view
from anomaly_hunter.remember.schema.memory import (
    anomaly,
    answer,
    calibration,
    change,
    evidence,
    feedback,
    incident,
    series,
    spending,
    verdict,
)
from anomaly_hunter.remember.schema.people import api_key, audit, member, session
from anomaly_hunter.remember.schema.recorded import hunt, recording
from anomaly_hunter.remember.schema.serving import job, reply
from anomaly_hunter.remember.schema.watching import run, watch

__all__ = [
    "HEAD",
    "Moment",
    "anomaly",
    "answer",
    "api_key",
    "audit",
    "calibration",
    "change",
    "event",
    "evidence",
    "feedback",
    "happening",
    "history",
    "hunt",
    "incident",
    "job",
    "member",
    "metadata",
    "organisation",
    "recording",
    "reply",
    "run",
    "series",
    "session",
    "silence",
    "spending",
    "verdict",
    "view",
    "watch",
]
