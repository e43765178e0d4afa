"""What becomes of incidents: who did what, what is kept quiet, what else happened, what just happened."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from anomaly_hunter.remember.schema.ground import Moment, metadata, of, owned, owner

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("incident_id", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),  # "" is the hunter itself
    Column("action", String(20), nullable=False),  # see remember.records.Action
    Column("before", Text),
    Column("after", Text),
    Column("text", Text, nullable=False),  # a comment, or why
    of("incident", "incident_id"),
    Index(None, "organisation_id", "incident_id", "id"),
    Index(
        "ix_history_silenced",
        "organisation_id",
        "after",
        "incident_id",
        sqlite_where=text("action = 'silenced'"),
        postgresql_where=text("action = 'silenced'"),
    ),
)

silence = Table(
    "silence",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("kind", String(12), nullable=False),  # silence or maintenance
    Column("matcher", JSON, nullable=False),
    Column("begins_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("repeat", String(10), nullable=False),  # "", daily or weekly
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),  # ended by hand, before its time
    Index(None, "organisation_id", "ends_at"),
)

event = Table(
    "event",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),  # of its content: told twice, kept once
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("source", Text, nullable=False),  # api, grafana, alertmanager, ...
    Column("by", Text, nullable=False),
    Column("kept_at", Moment, nullable=False),
    Index(None, "organisation_id", "at"),
)

happening = Table(
    "happening",
    metadata,
    Column("id", Integer, primary_key=True),  # the order of things: listeners go on after the last they saw
    owned(),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),  # incident.opened, verdict, watch.ran, job.done, ...
    Column("about", Text, nullable=False),  # the id of what it is about
    Column("data", JSON, nullable=False),
    Index(None, "organisation_id", "id"),
)

view = Table(
    "view",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("page", String(40), nullable=False),
    Column("query", Text, nullable=False),  # what stands behind ? of the page's address
    Column("by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    UniqueConstraint("organisation_id", "page", "name"),
)
