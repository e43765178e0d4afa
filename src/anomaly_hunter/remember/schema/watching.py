"""Watches: what is looked at again and again, and every time it was."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from anomaly_hunter.remember.schema.ground import Moment, metadata, of, owned, owner

watch = Table(
    "watch",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("definition", JSON, nullable=False),  # source, interval, settings: see watch.definition
    Column("origin", String(10), nullable=False),  # file (hunter.yaml) or people (API, pages)
    Column("enabled", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("removed_at", Moment),
    Column("seen_until", Moment),  # the end of the last window that was hunted
    Column("next_at", Moment),
    Column("failures", Integer, nullable=False),  # in a row
    UniqueConstraint("organisation_id", "name"),
    Index(None, "organisation_id", "next_at"),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("watch_id", String(12), nullable=False),
    Column("begin_at", Moment, nullable=False),  # the window: from here ...
    Column("end_at", Moment, nullable=False),  # ... to before here
    Column("state", String(10), nullable=False),  # running, done or failed
    Column("attempts", Integer, nullable=False),
    Column("holder", Text, nullable=False),  # which program runs it
    Column("held_until", Moment, nullable=False),  # after that another may take it over
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("took_ms", Float),
    Column("points", Integer),
    Column("incident_ids", JSON, nullable=False),
    Column("hunt_id", String(12)),
    Column("error", Text, nullable=False),
    of("watch", "watch_id"),
    UniqueConstraint("organisation_id", "watch_id", "end_at"),
    Index(None, "organisation_id", "watch_id", "id"),
)
