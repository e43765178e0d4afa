"""Hunts as they were made: enough to draw, explain and play back what was found."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from anomaly_hunter.remember.schema.ground import Moment, metadata, of, owner

hunt = Table(
    "hunt",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("kept_at", Moment, nullable=False),
    Column("dataset", Text, nullable=False),
    Column("kind", String(10), nullable=False),  # series, table or tickets
    Column("origin", Text, nullable=False),  # watch:<id>, upload, api, command, ...
    Column("by", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),  # of its recordings
    Column("severity", Float, nullable=False),
    Column("quality", Float, nullable=False),  # 0-100
    Column("incident_ids", JSON, nullable=False),  # worst first
    Column(
        "document", JSON, nullable=False
    ),  # the header of the published schema: dataset, quality, subjects
    Column("around", JSON, nullable=False),  # events and graph
    Index(None, "organisation_id", "kept_at"),
)

recording = Table(
    "recording",
    metadata,
    owner(),
    Column("hunt_id", String(12), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject_id", String(12), nullable=False),
    Column("subject", Text, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("highest", Float),  # the highest score
    Column("head", JSON, nullable=False),  # everything of the detection that is no array
    Column("overview", LargeBinary, nullable=False),  # thinned: what a chart opens with
    Column("whole", LargeBinary),  # every point; None where there were too many
    of("hunt", "hunt_id"),
    Index(None, "organisation_id", "subject_id"),
)
