"""Who may come in, and what they did."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text, UniqueConstraint

from anomaly_hunter.remember.schema.ground import Moment, metadata, of, owned, owner

member = Table(
    "member",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("name", String(200), nullable=False),  # what they sign in with, in lower case
    Column("title", Text, nullable=False),  # what others see
    Column("role", String(10), nullable=False),  # viewer, responder or admin
    Column("password", Text),  # argon2id; None: signs in elsewhere only
    Column("issuer", Text),  # OpenID Connect
    Column("subject", String(255)),  # the person's id at the issuer
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment),
    Column("disabled_at", Moment),
    UniqueConstraint("name"),  # in all organisations: who signs in names no organisation
    UniqueConstraint("issuer", "subject"),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of what the cookie holds
    owned(),
    Column("member_id", String(12), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    of("member", "member_id"),
    Index(None, "organisation_id", "member_id"),
)

api_key = Table(
    "api_key",
    metadata,
    owner(),
    Column("id", String(12), primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256: keys are long and random
    Column("hint", String(20), nullable=False),  # its beginning, to recognise it by
    Column("scopes", JSON, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    owned(),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("action", String(60), nullable=False),
    Column("about", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("address", Text, nullable=False),
    Column("previous", String(64), nullable=False),  # digest of the organisation's entry before
    Column("digest", String(64), nullable=False),  # SHA-256 of this entry and `previous`
    Index(None, "organisation_id", "id"),
)
"""Rows are added only: triggers refuse to change or delete one."""
