"""What models answered and cost, what they did for a verdict, and the key of pseudonyms.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables and two columns; what is there stays."""
    op.add_column("organisation", sa.Column("pseudonym_key", sa.String(length=64)))
    op.add_column("verdict", sa.Column("reasoned", sa.JSON()))
    _answer()
    _spending()


def downgrade() -> None:
    """Drop them, and what they hold."""
    op.drop_table("spending")
    op.drop_table("answer")
    op.drop_column("verdict", "reasoned")
    op.drop_column("organisation", "pseudonym_key")


def _answer() -> None:
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_answer_organisation_id"),
        sa.UniqueConstraint("organisation_id", "key", name="uq_answer_organisation_id_key"),
    )


def _spending() -> None:
    op.create_table(
        "spending",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("tool_calls", sa.BigInteger(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("usd", sa.Float(), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "day", name="pk_spending"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_spending_organisation_id"),
    )
