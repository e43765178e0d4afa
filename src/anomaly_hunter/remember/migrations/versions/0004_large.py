"""Indexes for lists of many thousands of incidents.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = {
    "ix_anomaly_organisation_id_incident_id_position": ("anomaly", ["incident_id", "position"]),
    "ix_anomaly_over_time": ("anomaly", ["series_id", "begin_at", "end_at", "incident_id"]),
    "ix_incident_organisation_id_merged_into": ("incident", ["merged_into"]),
    "ix_incident_organisation_id_owner_last_kept_at": ("incident", ["owner", "last_kept_at"]),
    "ix_incident_organisation_id_state_silence_id": ("incident", ["state", "silence_id"]),
    "ix_incident_over_time": (
        "incident", ["begin_at", "end_at", "severity", "state", "silence_id"],
    ),
}  # fmt: skip
_OLD = {
    "ix_anomaly_organisation_id_incident_id": ("anomaly", ["incident_id"]),
    "ix_anomaly_organisation_id_series_id_begin_at": ("anomaly", ["series_id", "begin_at"]),
    "ix_incident_organisation_id_begin_at": ("incident", ["begin_at"]),
}


def upgrade() -> None:
    """Add indexes, and drop those that the new ones begin with."""
    for name, (table, columns) in _NEW.items():
        op.create_index(name, table, ["organisation_id", *columns], unique=False)
    for name, (table, _) in _OLD.items():
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    """The other way round."""
    for name, (table, columns) in _OLD.items():
        op.create_index(name, table, ["organisation_id", *columns], unique=False)
    for name, (table, _) in _NEW.items():
        op.drop_index(name, table_name=table)
