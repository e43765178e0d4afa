"""What a server has to do, and what it answered."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from anomaly_hunter.remember.schema.ground import Moment, metadata, owner

job = Table(
    "job",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("kind", String(20), nullable=False),  # hunt, ...
    Column("state", String(10), nullable=False),  # queued, running, done, failed or cancelled
    Column("by", Text, nullable=False),
    Column("request", JSON, nullable=False),
    Column("given", LargeBinary),  # uploaded data, until it is done
    Column("done", BigInteger, nullable=False),
    Column("of", BigInteger, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", JSON(none_as_null=True)),  # as problem+json says it
    Column("attempts", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("holder", Text, nullable=False, server_default=""),  # which server does it
    Column("held_until", Moment),  # after that another may take it over
    Index(None, "organisation_id", "made_at"),
    Index(None, "state"),
)

reply = Table(
    "reply",
    metadata,
    owner(),
    Column("key", String(64), primary_key=True),  # digest of Idempotency-Key, who asked, and where
    Column("request", String(64), nullable=False),  # digest of what was asked with it
    Column("status", Integer),  # None: an older server had begun it
    Column("headers", JSON, nullable=False),
    Column("body", LargeBinary),
    Column("made_at", Moment, nullable=False),
    Index(None, "made_at"),
)
