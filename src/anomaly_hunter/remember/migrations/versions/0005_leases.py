"""Several servers on one store: who holds a job, and when an organisation was last cleared up.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns; what is there is held by nobody."""
    op.add_column("job", sa.Column("holder", sa.Text(), nullable=False, server_default=""))
    op.add_column("job", sa.Column("held_until", sa.BigInteger()))
    op.add_column("organisation", sa.Column("pruned_at", sa.BigInteger()))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("organisation", "pruned_at")
    op.drop_column("job", "held_until")
    op.drop_column("job", "holder")
