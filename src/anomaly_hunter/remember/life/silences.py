"""Silences and maintenance windows: what fits is kept and counted, and announced to nobody."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, distinct, func, insert, literal, select, update

from anomaly_hunter.errors import ConflictError, UnknownError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.feed import tell
from anomaly_hunter.remember.life.history import Step
from anomaly_hunter.remember.life.matching import checked, holds, matcher_plain
from anomaly_hunter.remember.life.silencing import active_silences, fitting, leads, set_silences, silence_of
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.records import Action, Silence
from anomaly_hunter.remember.store import Store, now


@dataclass(frozen=True, slots=True)
class Silences:
    """The silences of an organisation.

    A silence counts when a hunt is kept: what fits then is silenced, also while it goes on; what fits no
    longer when it is kept again is not. Adding or ending one counts at once for active incidents.
    """

    store: Store
    clock: Callable[[], np.datetime64] = now

    def add(self, silence: Silence) -> Silence:
        """Keep it; the same with its id. UsageError where it makes no sense."""
        at = self.clock()
        made = replace(checked(silence), id=secrets.token_hex(6), made_at=at, ended_at=None)
        row = {
            "id": made.id, "kind": made.kind, "matcher": matcher_plain(made.matcher),
            "begins_at": made.begins_at, "ends_at": made.ends_at, "repeat": made.repeat,
            "reason": text(made.reason), "by": text(made.by), "made_at": at,
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            connection.execute(insert(schema.silence).values(row | {"organisation_id": owner}))
            many = _cover(connection, owner, made, at) if holds(made, at) else 0
            said = {"id": made.id, "by": made.by, "ended": False, "incidents": many}
            tell(connection, owner, at, "silence.changed", made.id, said)
        return made

    def end(self, name: str, by: str) -> Silence:
        """End it before its time; active incidents that it kept quiet are heard again."""
        at = self.clock()
        table = schema.silence
        with self.store.writing() as (connection, owner):
            row = _row(connection, owner, name)
            if row["ended_at"] is not None:
                raise ConflictError(
                    f"silence {row['id']} is ended already", "one that holds", "look at the list"
                )
            here = (table.c.organisation_id == owner, table.c.id == row["id"])
            connection.execute(update(table).where(*here).values(ended_at=at))
            many = _uncover(connection, owner, row["id"], by, at)
            said = {"id": row["id"], "by": by, "ended": True, "incidents": many}
            tell(connection, owner, at, "silence.changed", row["id"], said)
            return replace(silence_of(row), ended_at=at)

    def all(self) -> tuple[Silence, ...]:
        """Every silence there is or was, the last made first."""
        table = schema.silence
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            query = select(table).where(table.c.organisation_id == owner)
            rows = connection.execute(query.order_by(table.c.made_at.desc(), table.c.id)).mappings()
            return tuple(silence_of(row) for row in rows)

    def one(self, name: str) -> Silence:
        """The silence of this id; UsageError where there is none."""
        with self.store.reading() as (connection, owner):
            if owner is None:
                raise _unknown(name)
            return silence_of(_row(connection, owner, name))

    def active(self, at: np.datetime64 | None = None) -> tuple[Silence, ...]:
        """Those in force at this time (None: now), the first made first."""
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            return active_silences(connection, owner, self.clock() if at is None else at)

    def counted(self, name: str) -> int:
        """How many incidents it kept quiet so far."""
        table = schema.history
        with self.store.reading() as (connection, owner):
            if owner is None:
                raise _unknown(name)
            row = _row(connection, owner, name)
            query = select(func.count(distinct(table.c.incident_id))).where(
                table.c.organisation_id == owner, table.c.after == row["id"],
                table.c.action == literal("silenced", literal_execute=True),  # as its index says it
            )  # fmt: skip
            return connection.execute(query).scalar() or 0


def _cover(connection: Connection, owner: int, silence: Silence, at: np.datetime64) -> int:
    """Keep quiet what fits and is heard; how many."""
    seen = leads(connection, owner, None, labelled=bool(silence.matcher.labels))
    found = [row for row in seen if fitting((silence,), row)]
    set_silences(connection, owner, found, silence.id, Step("silenced", at, silence.by))
    return len(found)


def _uncover(connection: Connection, owner: int, name: str, by: str, at: np.datetime64) -> int:
    """Let be heard what it kept quiet, unless another one means it too; how many there were."""
    others = active_silences(connection, owner, at)
    found: dict[str | None, list[dict[str, Any]]] = {}
    for row in leads(connection, owner, name, labelled=any(one.matcher.labels for one in others)):
        other = fitting(others, row)
        found.setdefault(other.id if other is not None else None, []).append(row)
    for other_id, rows in found.items():
        action: Action = "unsilenced" if other_id is None else "silenced"
        set_silences(connection, owner, rows, other_id, Step(action, at, by))
    return sum(map(len, found.values()))


def _row(connection: Connection, owner: int, name: str) -> RowMapping:
    table = schema.silence
    query = select(table).where(table.c.organisation_id == owner, table.c.id == text(name))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise _unknown(name)
    return row


def _unknown(name: str) -> UnknownError:
    return UnknownError(f"there is no silence {name!r}", "an id of the list of silences", "check it")
