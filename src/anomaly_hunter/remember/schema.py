"""The tables of the store, as SQLAlchemy Core; the same for SQLite and PostgreSQL.

Every row belongs to an organisation. Times are whole nanoseconds since 1970 in UTC (:class:`Moment`),
because data times are that fine and SQLite has no time zones. Numbers that are missing or infinite
are NULL. The migrations build these tables; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

HEAD: Final = "0002"
"""The newest migration: what a store must be at to be read and written by this version."""


class Moment(TypeDecorator[np.datetime64]):
    """A ``datetime64[ns]`` as whole nanoseconds; NaT and None are NULL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Towards the database."""
        if value is None or np.isnat(value):
            return None
        return int(value.astype("datetime64[ns]").astype(np.int64))

    def process_result_value(self, value: Any, dialect: Dialect) -> np.datetime64 | None:
        """Back from the database."""
        return None if value is None else np.datetime64(int(value), "ns")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _owner() -> Column[Any]:
    return Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True)


def _owned() -> Column[Any]:
    return Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=False)


def _of(table: str, column: str) -> ForeignKeyConstraint:
    """The row of ``table`` in the same organisation."""
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"])


organisation = Table(
    "organisation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("pseudonym_key", String(64)),  # 32 random bytes in hexadecimal, made when first asked for
)

series = Table(
    "series",
    metadata,
    _owner(),
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
    _owner(),
    Column("id", String(12), primary_key=True),
    Column("state", String(20), nullable=False),  # open, acknowledged, resolved, merged
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
    Index(None, "organisation_id", "last_kept_at"),
)

anomaly = Table(
    "anomaly",
    metadata,
    _owner(),
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
    _of("incident", "incident_id"),
    _of("series", "series_id"),
    Index(None, "organisation_id", "incident_id"),
    Index(None, "organisation_id", "series_id", "begin_at"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
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
    _of("incident", "incident_id"),
    Index(None, "organisation_id", "incident_id"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("verdict_id", Integer, ForeignKey("verdict.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _owned(),
    Column("name", Text, nullable=False),  # the id of the evidence: question:subject
    Column("question", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("numbers", JSON, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
    Column("incident_id", String(12), nullable=False),
    Column("anomaly_id", String(12)),  # None: the whole incident
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("answer", String(40), nullable=False),  # see remember.records.ANSWERS
    Column("cause_kind", String(40)),
    Column("cause_name", Text),
    Column("note", Text, nullable=False),
    Column("withdrawn_at", Moment),
    _of("incident", "incident_id"),
    Index(None, "organisation_id", "incident_id"),
)

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    _owned(),
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
    _owner(),
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
    _owned(),
    Column("key", String(64), nullable=False),  # of the question: evidence, prompt and model
    Column("answer", Text, nullable=False),
    UniqueConstraint("organisation_id", "key"),
)

spending = Table(
    "spending",
    metadata,
    _owner(),
    Column("day", String(10), primary_key=True),  # 2026-11-21, UTC
    Column("requests", BigInteger, nullable=False),
    Column("tool_calls", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("usd", Float, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
)
