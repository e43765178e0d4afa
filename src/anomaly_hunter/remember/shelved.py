"""The past incidents that others are compared with, read once and used until something new is kept."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.fingerprint import Fingerprint
from anomaly_hunter.remember.similar import Shelf

MOST_COMPARED: Final = 2_000
"""The latest so many incidents are compared."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """The shelf with the ids of what stands on it, the oldest first; ``state`` is what it was read from."""

    names: tuple[str, ...]
    shelf: Shelf
    state: tuple[Any, ...]


_READ: Final[WeakKeyDictionary[Engine, dict[int, Shelved]]] = WeakKeyDictionary()
_LOCK: Final = Lock()


def shelved(connection: Connection, owner: int) -> Shelved:
    """What an organisation compares with; kept as long as its store is open and nothing is added."""
    state = _state(connection, owner)
    with _LOCK:
        known = _READ.get(connection.engine, {}).get(owner)
    if known is not None and known.state == state:
        return known
    table = schema.incident
    query = select(table.c.id, table.c.fingerprint)
    query = query.where(table.c.organisation_id == owner, table.c.state != "merged")
    latest = query.order_by(table.c.last_kept_at.desc(), table.c.id).limit(MOST_COMPARED)
    rows = connection.execute(latest).all()[::-1]
    shelf = Shelf.of(Fingerprint.of(row.fingerprint) for row in rows)
    found = Shelved(tuple(row.id for row in rows), shelf, state)
    if not connection.get_execution_options().get("writing"):  # what is not committed may never be
        with _LOCK:
            _READ.setdefault(connection.engine, {})[owner] = found
    return found


def _state(connection: Connection, owner: int) -> tuple[Any, ...]:
    """Changes whenever a hunt is kept, incidents are merged or old ones go."""
    table = schema.incident
    query = select(func.max(table.c.last_kept_at), func.count()).where(table.c.organisation_id == owner)
    last = select(func.max(schema.verdict.c.id)).scalar_subquery()
    return tuple(connection.execute(query.add_columns(last)).one())
