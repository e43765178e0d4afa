"""The service: what becomes of incidents, hunts as they were made, watches, people, jobs.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = ("organisation_id_begin_at", "organisation_id_severity", "organisation_id_state_last_kept_at")
_COLUMNS = ("owner", "state_at", "settled_end_at", "muted_until", "silence_id", "hunt_id", "subject")
_NEW = (
    "session", "member", "api_key", "audit", "recording", "hunt", "run", "watch", "history", "silence",
    "event", "happening", "view", "job", "reply",
)  # fmt: skip


def upgrade() -> None:
    """Add tables, and columns to the incident; what is there stays."""
    _incident()
    _api_key()
    _audit()
    _event()
    _happening()
    _hunt()
    _job()
    _member()
    _reply()
    _silence()
    _view()
    _watch()
    _history()
    _recording()
    _run()
    _session()
    _audit_is_only_added_to()


def downgrade() -> None:
    """Drop them, and what they hold."""
    for table in _NEW:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuses()")
    for index in _INDEXES:
        op.drop_index(f"ix_incident_{index}", table_name="incident")
    for column in reversed(_COLUMNS):
        op.drop_column("incident", column)


def _incident() -> None:
    op.add_column("incident", sa.Column("owner", sa.Text()))
    op.add_column("incident", sa.Column("state_at", sa.BigInteger()))
    op.add_column("incident", sa.Column("settled_end_at", sa.BigInteger()))
    op.add_column("incident", sa.Column("muted_until", sa.BigInteger()))
    op.add_column("incident", sa.Column("silence_id", sa.String(length=12)))
    op.add_column("incident", sa.Column("hunt_id", sa.String(length=12)))
    op.add_column("incident", sa.Column("subject", sa.Text()))
    op.create_index(
        "ix_incident_organisation_id_begin_at", "incident", ["organisation_id", "begin_at"], unique=False
    )
    op.create_index(
        "ix_incident_organisation_id_severity", "incident", ["organisation_id", "severity"], unique=False
    )
    op.create_index(
        "ix_incident_organisation_id_state_last_kept_at",
        "incident",
        ["organisation_id", "state", "last_kept_at"],
        unique=False,
    )
    op.execute(
        "UPDATE incident SET subject = (SELECT MIN(a.subject) FROM anomaly a"
        " WHERE a.incident_id = incident.id AND a.organisation_id = incident.organisation_id"
        " AND a.position = 0)"
    )


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=20), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_api_key_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_api_key"),
        sa.UniqueConstraint("digest", name="uq_api_key_digest"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_audit_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_organisation_id_id", "audit", ["organisation_id", "id"], unique=False)


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_event_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_event"),
    )
    op.create_index("ix_event_organisation_id_at", "event", ["organisation_id", "at"], unique=False)


def _happening() -> None:
    op.create_table(
        "happening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_happening_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_happening"),
    )
    op.create_index("ix_happening_organisation_id_id", "happening", ["organisation_id", "id"], unique=False)


def _hunt() -> None:
    op.create_table(
        "hunt",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Float(), nullable=False),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("incident_ids", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("around", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_hunt_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_hunt"),
    )
    op.create_index("ix_hunt_organisation_id_kept_at", "hunt", ["organisation_id", "kept_at"], unique=False)


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("given", sa.LargeBinary()),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("of", sa.BigInteger(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True)),
        sa.Column("error", sa.JSON(none_as_null=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_job_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_job"),
    )
    op.create_index("ix_job_organisation_id_made_at", "job", ["organisation_id", "made_at"], unique=False)
    op.create_index("ix_job_state", "job", ["state"], unique=False)


def _member() -> None:
    op.create_table(
        "member",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password", sa.Text()),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.String(length=255)),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger()),
        sa.Column("disabled_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_member_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_member"),
        sa.UniqueConstraint("issuer", "subject", name="uq_member_issuer_subject"),
        sa.UniqueConstraint("name", name="uq_member_name"),
    )


def _reply() -> None:
    op.create_table(
        "reply",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_reply_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="pk_reply"),
    )
    op.create_index("ix_reply_made_at", "reply", ["made_at"], unique=False)


def _silence() -> None:
    op.create_table(
        "silence",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("matcher", sa.JSON(), nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("repeat", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_silence_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_silence"),
    )
    op.create_index(
        "ix_silence_organisation_id_ends_at", "silence", ["organisation_id", "ends_at"], unique=False
    )


def _view() -> None:
    op.create_table(
        "view",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_view_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_view"),
        sa.UniqueConstraint("organisation_id", "page", "name", name="uq_view_organisation_id_page_name"),
    )


def _watch() -> None:
    op.create_table(
        "watch",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        sa.Column("seen_until", sa.BigInteger()),
        sa.Column("next_at", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_watch_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_watch"),
        sa.UniqueConstraint("organisation_id", "name", name="uq_watch_organisation_id_name"),
    )
    op.create_index("ix_watch_organisation_id_next_at", "watch", ["organisation_id", "next_at"], unique=False)


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name="fk_history_organisation_id_incident_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_history_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index(
        "ix_history_organisation_id_incident_id_id",
        "history",
        ["organisation_id", "incident_id", "id"],
        unique=False,
    )


def _recording() -> None:
    op.create_table(
        "recording",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("hunt_id", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.Float()),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("overview", sa.LargeBinary(), nullable=False),
        sa.Column("whole", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["organisation_id", "hunt_id"],
            ["hunt.organisation_id", "hunt.id"],
            name="fk_recording_organisation_id_hunt_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_recording_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "hunt_id", "position", name="pk_recording"),
    )
    op.create_index(
        "ix_recording_organisation_id_subject_id",
        "recording",
        ["organisation_id", "subject_id"],
        unique=False,
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.String(length=12), nullable=False),
        sa.Column("begin_at", sa.BigInteger(), nullable=False),
        sa.Column("end_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("took_ms", sa.Float()),
        sa.Column("points", sa.Integer()),
        sa.Column("incident_ids", sa.JSON(), nullable=False),
        sa.Column("hunt_id", sa.String(length=12)),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "watch_id"],
            ["watch.organisation_id", "watch.id"],
            name="fk_run_organisation_id_watch_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_run_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint(
            "organisation_id", "watch_id", "end_at", name="uq_run_organisation_id_watch_id_end_at"
        ),
    )
    op.create_index(
        "ix_run_organisation_id_watch_id_id", "run", ["organisation_id", "watch_id", "id"], unique=False
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(length=12), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["member.organisation_id", "member.id"],
            name="fk_session_organisation_id_member_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_session_organisation_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
    )
    op.create_index(
        "ix_session_organisation_id_member_id", "session", ["organisation_id", "member_id"], unique=False
    )


def _audit_is_only_added_to() -> None:
    """Nobody who comes in through the product can change or delete an entry."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_refuses()"
        )
        op.execute(
            "CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_refuses()"
        )
        return
    for what in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_refuses_{what.lower()} BEFORE {what} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )
