"""What hunts found, what people said of it, what was learned."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from anomaly_hunter.remember.schema.ground import Moment, metadata, of, owned, owner

series = Table(
    "series",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("kind", String(10), nullable=False),  # series or table
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("state", String(20), nullable=False),  # see remember.records.State
    Column("merged_into", String(12)),
    Column("dataset", Text, nullable=False),
    Column("kind", String(10), nullable=False),  # series, table or tickets
    Column("first_kept_at", Moment, nullable=False),
    Column("last_kept_at", Moment, nullable=False),
    Column("times_kept", Integer, nullable=False),
    Column("begin_at", Moment),
    Column("end_at", Moment),
    Column("severity", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("headline", Text, nullable=False),
    Column("cause_kind", String(40)),
    Column("cause_name", Text),
    Column("fingerprint", JSON, nullable=False),
    # Its life among people.
    Column("owner", Text),  # whose it is; None: nobody's
    Column("state_at", Moment),  # when the state changed last; None: never
    Column("settled_end_at", Moment),  # how far the data went when it was resolved or muted
    Column("muted_until", Moment),
    Column("silence_id", String(12)),  # the silence that keeps it quiet; None: it is announced
    Column("hunt_id", String(12)),  # the last kept hunt that saw it
    Column("subject", Text),  # title of what leads it
    Index(None, "organisation_id", "last_kept_at"),
    Index(None, "organisation_id", "state", "last_kept_at"),
    Index(None, "organisation_id", "severity"),
    Index(
        "ix_incident_over_time",
        *("organisation_id", "begin_at", "end_at", "severity", "last_kept_at", "id", "state", "silence_id"),
    ),
    Index(
        "ix_incident_without_clock",
        "organisation_id",
        "last_kept_at",
        "first_kept_at",
        sqlite_where=text("begin_at IS NULL"),
        postgresql_where=text("begin_at IS NULL"),
    ),
    Index(None, "organisation_id", "state", "silence_id"),
    Index(None, "organisation_id", "owner", "last_kept_at"),
    Index(None, "organisation_id", "merged_into"),
)

anomaly = Table(
    "anomaly",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("incident_id", String(12), nullable=False),
    Column("series_id", String(12), nullable=False),
    Column("position", Integer, nullable=False),  # 0 leads
    Column("subject", Text, nullable=False),
    Column("shape", String(20), nullable=False),
    Column("direction", String(4), nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("stop", BigInteger, nullable=False),
    Column("peak", BigInteger, nullable=False),
    Column("onset_low", BigInteger, nullable=False),
    Column("onset_high", BigInteger, nullable=False),
    Column("begin_at", Moment),
    Column("end_at", Moment),
    Column("score", Float),
    Column("actual", Float),
    Column("expected", Float),
    Column("spread", Float),
    Column("ongoing", Boolean, nullable=False),
    Column("row_numbers", JSON, nullable=False),
    Column("carriers", JSON, nullable=False),
    of("incident", "incident_id"),
    of("series", "series_id"),
    Index(None, "organisation_id", "incident_id", "position"),
    Index(
        "ix_anomaly_leading",
        "organisation_id",
        "incident_id",
        "series_id",
        "shape",
        "id",
        sqlite_where=text("position + 0 = 0"),
        postgresql_where=text("position + 0 = 0"),
    ),
    Index("ix_anomaly_over_time", "organisation_id", "series_id", "begin_at", "end_at", "incident_id"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("incident_id", String(12), nullable=False),
    Column("kept_at", Moment, nullable=False),
    Column("digest", String(12), nullable=False),  # equal: nothing new was concluded
    Column("severity", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("headline", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("disagreement", Text, nullable=False),
    Column("cause", JSON(none_as_null=True)),
    Column("candidates", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("recommendations", JSON, nullable=False),
    Column("factors", JSON, nullable=False),
    Column("answer", Text, nullable=False),
    Column("scope", JSON, nullable=False),
    Column("runner_up", JSON(none_as_null=True)),
    Column("reasoned", JSON(none_as_null=True)),  # None: kept before models were asked
    of("incident", "incident_id"),
    Index("ix_verdict_last", "organisation_id", "incident_id", "id", "digest"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("verdict_id", Integer, ForeignKey("verdict.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    owned(),
    Column("name", Text, nullable=False),  # the id of the evidence: question:subject
    Column("question", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("incident_id", String(12), nullable=False),
    Column("anomaly_id", String(12)),  # None: the whole incident
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("answer", String(40), nullable=False),  # see remember.records.ANSWERS
    Column("cause_kind", String(40)),
    Column("cause_name", Text),
    Column("note", Text, nullable=False),
    Column("withdrawn_at", Moment),
    of("incident", "incident_id"),
    Index(None, "organisation_id", "incident_id"),
)

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("at", Moment, nullable=False),
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("reason", Text, nullable=False),
    Column("feedback_id", Integer, ForeignKey("feedback.id")),
    Column("undone_at", Moment),
    Index(None, "organisation_id", "scope", "name"),
)

calibration = Table(
    "calibration",
    metadata,
    owner(),
    Column("scope", String(200), primary_key=True),  # "series:<id>", "agent:<name>", "confidence", ...
    Column("name", String(100), primary_key=True),  # "threshold factor", "weight", ...
    Column("value", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Column("change_id", Integer, ForeignKey("change.id")),
)

answer = Table(
    "answer",
    metadata,
    Column("id", Integer, primary_key=True),  # the oldest has the smallest
    owned(),
    Column("key", String(64), nullable=False),  # of the question: evidence, prompt and model
    Column("answer", Text, nullable=False),
    UniqueConstraint("organisation_id", "key"),
)

spending = Table(
    "spending",
    metadata,
    owner(),
    Column("day", String(10), primary_key=True),  # 2026-11-21, UTC
    Column("requests", BigInteger, nullable=False),
    Column("tool_calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("usd", Float, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
)
