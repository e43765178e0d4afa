"""The ground of all tables: the moment type, the metadata, columns and constraints they share."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
)
from sqlalchemy.types import TypeDecorator

HEAD: Final = "0006"
"""The newest migration: what a store must be at to be read and written by this version."""


class Moment(TypeDecorator[np.datetime64]):
    """A ``datetime64[ns]`` as whole nanoseconds; NaT and None are NULL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Towards the database."""
        if value is None or np.isnat(value):
            return None
        return int(value.astype("datetime64[ns]").astype(np.int64))

    def process_result_value(self, value: Any, dialect: Dialect) -> np.datetime64 | None:
        """Back from the database."""
        return None if value is None else np.datetime64(int(value), "ns")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def owner() -> Column[Any]:
    """The organisation, first column of the primary key."""
    return Column("organisation_id", Integer, ForeignKey("organisation.id"), primary_key=True)


def owned() -> Column[Any]:
    """The organisation, where the row has a number of its own."""
    return Column("organisation_id", Integer, ForeignKey("organisation.id"), nullable=False)


def of(table: str, column: str) -> ForeignKeyConstraint:
    """The row of ``table`` in the same organisation."""
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"])


organisation = Table(
    "organisation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("pseudonym_key", String(64)),  # 32 random bytes in hexadecimal, made when first asked for
    Column("pruned_at", Moment),  # when a server last let go what is old
)
