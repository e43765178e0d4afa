"""A backup into an empty store: whole, or not at all."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, func, insert, select

from anomaly_hunter.errors import DataError, StoreReadOnlyError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.engine import WRITING, in_our_words, shown
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.backup import TABLES, Backup, parts, read

_AT_ONCE: Final = 500


def restore(store: Store, file: Path) -> Backup:
    """Bring back everything of a backup. It is read to its end and checked before anything is written.

    Raises
    ------
    UsageError
        The store holds something: nothing is mixed or overwritten.
    DataError
        The file is no backup, or not whole.
    StoreError
        It was made by another version, or the store cannot be written.
    """
    read(file)
    if store.frozen:
        raise StoreReadOnlyError(
            f"the memory {shown(store.url)} cannot be written",
            "a place that can be written",
            "check its rights",
        )
    with (
        in_our_words(store.url),
        store.engine.connect().execution_options(**{WRITING: True}) as connection,
        connection.begin(),
    ):
        _must_be_empty(connection, store)
        made = _bring_back(connection, file)
        _go_on_counting(connection)
    return made


def _must_be_empty(connection: Connection, store: Store) -> None:
    for table in schema.metadata.sorted_tables:
        if connection.execute(select(1).select_from(table).limit(1)).scalar() is not None:
            raise UsageError(
                f"the memory {shown(store.url)} is not empty",
                "an empty place: nothing is mixed or overwritten",
                "choose another place, or move this memory aside",
            )  # fmt: skip


def _bring_back(connection: Connection, file: Path) -> Backup:
    waiting: list[dict[str, Any]] = []
    into: Table | None = None
    for part, made in parts(file):
        if waiting and (part is None or part[0] is not into or len(waiting) == _AT_ONCE):
            connection.execute(insert(into), waiting)  # type: ignore[arg-type]  # it is set where rows wait
            waiting = []
        if made is not None:
            return made
        if part is not None:
            into, columns, row = part
            waiting.append({c.name: _value(c, one) for c, one in zip(columns, row, strict=True)})
    raise DataError(f"`{file}` is no whole backup", "a file that did not change meanwhile", "try again")


def _value(column: Column[Any], given: Any) -> Any:
    if given is None:
        return None
    try:
        if isinstance(column.type, schema.Moment):
            return np.datetime64(int(given), "ns")
        if isinstance(column.type, LargeBinary):
            return base64.b64decode(given, validate=True)
    except (TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise DataError(
            f"{column} is {str(given)[:40]!r} in the backup",
            "whole nanoseconds or base64",
            "take another one",
        ) from error
    return given


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL: numbers that it gives go on after those that are there now."""
    if connection.dialect.name != "postgresql":
        return
    for table in TABLES:
        if [*table.primary_key.columns.keys()] == ["id"] and isinstance(table.c.id.type, Integer):
            last = connection.execute(select(func.max(table.c.id))).scalar() or 0
            number = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(number, last + 1, False)))
