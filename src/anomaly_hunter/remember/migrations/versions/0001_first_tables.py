"""The first tables: incidents with verdicts and evidence, feedback, and what was learned from it.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TABLES = (
    "organisation",
    "series",
    "incident",
    "anomaly",
    "verdict",
    "evidence",
    "feedback",
    "change",
    "calibration",
)


def upgrade() -> None:
    """Make the tables."""
    _organisation()
    _series()
    _incident()
    _anomaly()
    _verdict()
    _evidence()
    _feedback()
    _change()
    _calibration()


def downgrade() -> None:
    """Drop them, and all that was remembered."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _organisation() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("name", name="uq_organisation_name"),
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_series_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_series"),
    )


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_kept_at", sa.BigInteger(), nullable=False),
        sa.Column("last_kept_at", sa.BigInteger(), nullable=False),
        sa.Column("times_kept", sa.Integer(), nullable=False),
        sa.Column("begin_at", sa.BigInteger(), nullable=True),
        sa.Column("end_at", sa.BigInteger(), nullable=True),
        sa.Column("severity", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("cause_kind", sa.String(length=40), nullable=True),
        sa.Column("cause_name", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_incident_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_incident"),
    )
    op.create_index(
        "ix_incident_organisation_id_last_kept_at", "incident", ["organisation_id", "last_kept_at"]
    )


def _anomaly() -> None:
    op.create_table(
        "anomaly",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("series_id", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("shape", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=False),
        sa.Column("peak", sa.BigInteger(), nullable=False),
        sa.Column("onset_low", sa.BigInteger(), nullable=False),
        sa.Column("onset_high", sa.BigInteger(), nullable=False),
        sa.Column("begin_at", sa.BigInteger(), nullable=True),
        sa.Column("end_at", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("actual", sa.Float(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("spread", sa.Float(), nullable=True),
        sa.Column("ongoing", sa.Boolean(), nullable=False),
        sa.Column("row_numbers", sa.JSON(), nullable=False),
        sa.Column("carriers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name="fk_anomaly_organisation_id_incident_id",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "series_id"],
            ["series.organisation_id", "series.id"],
            name="fk_anomaly_organisation_id_series_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_anomaly_organisation_id"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name="pk_anomaly"),
    )
    op.create_index("ix_anomaly_organisation_id_incident_id", "anomaly", ["organisation_id", "incident_id"])
    op.create_index(
        "ix_anomaly_organisation_id_series_id_begin_at",
        "anomaly",
        ["organisation_id", "series_id", "begin_at"],
    )


def _verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("disagreement", sa.Text(), nullable=False),
        sa.Column("cause", sa.JSON(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("recommendations", sa.JSON(), nullable=False),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("runner_up", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name="fk_verdict_organisation_id_incident_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_verdict_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
    )
    op.create_index("ix_verdict_organisation_id_incident_id", "verdict", ["organisation_id", "incident_id"])


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_evidence_organisation_id"),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdict.id"], name="fk_evidence_verdict_id"),
        sa.PrimaryKeyConstraint("verdict_id", "position", name="pk_evidence"),
    )


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.String(length=12), nullable=False),
        sa.Column("anomaly_id", sa.String(length=12), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("cause_kind", sa.String(length=40), nullable=True),
        sa.Column("cause_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incident.organisation_id", "incident.id"],
            name="fk_feedback_organisation_id_incident_id",
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_feedback_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_organisation_id_incident_id", "feedback", ["organisation_id", "incident_id"])


def _change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name="fk_change_feedback_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_change_organisation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index("ix_change_organisation_id_scope_name", "change", ["organisation_id", "scope", "name"])


def _calibration() -> None:
    op.create_table(
        "calibration",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"], name="fk_calibration_change_id"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_calibration_organisation_id"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "scope", "name", name="pk_calibration"),
    )
