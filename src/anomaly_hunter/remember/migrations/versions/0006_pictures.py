"""Indexes that hold all that a picture over time reads, so that no row of an incident is touched for it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OVER_TIME = ["organisation_id", "begin_at", "end_at", "severity"]
_WIDER = [*_OVER_TIME, "last_kept_at", "id", "state", "silence_id"]


def upgrade() -> None:
    """Widen two; add those of incidents without a clock, of what leads, of what was silenced."""
    op.drop_index("ix_incident_over_time", table_name="incident")
    op.create_index("ix_incident_over_time", "incident", _WIDER, unique=False)
    op.create_index("ix_verdict_last", "verdict", ["organisation_id", "incident_id", "id", "digest"])
    op.drop_index("ix_verdict_organisation_id_incident_id", table_name="verdict")
    _partial(
        "ix_incident_without_clock", "incident", ["organisation_id", "last_kept_at", "first_kept_at"],
        "begin_at IS NULL",
    )  # fmt: skip
    _partial(
        "ix_anomaly_leading", "anomaly", ["organisation_id", "incident_id", "series_id", "shape", "id"],
        "position + 0 = 0",
    )  # fmt: skip
    _partial(
        "ix_history_silenced", "history", ["organisation_id", "after", "incident_id"], "action = 'silenced'"
    )


def downgrade() -> None:
    """The other way round."""
    op.drop_index("ix_history_silenced", table_name="history")
    op.create_index("ix_verdict_organisation_id_incident_id", "verdict", ["organisation_id", "incident_id"])
    op.drop_index("ix_verdict_last", table_name="verdict")
    op.drop_index("ix_anomaly_leading", table_name="anomaly")
    op.drop_index("ix_incident_without_clock", table_name="incident")
    op.drop_index("ix_incident_over_time", table_name="incident")
    op.create_index("ix_incident_over_time", "incident", [*_OVER_TIME, "state", "silence_id"], unique=False)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    rows = sa.text(where)
    op.create_index(name, table, columns, unique=False, sqlite_where=rows, postgresql_where=rows)
