"""Rows of what people said and of what was learned from it; the rules stand elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, select, update

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.history import Step, write_down
from anomaly_hunter.remember.plain import plain, text
from anomaly_hunter.remember.records import ANSWERS, Change, Feedback


def add_feedback(connection: Connection, owner: int, said: Feedback) -> int:
    """Keep one answer; its id."""
    if said.answer not in ANSWERS:
        raise UsageError(f"the answer is {said.answer!r}", f"one of {', '.join(ANSWERS)}", "choose one")
    if said.answer == "cause is" and not said.cause_name:
        raise UsageError("the answer names no cause", "a name with the answer 'cause is'", "say which")
    _must_be_known(connection, schema.incident, owner, said.incident_id, "incident")
    if said.anomaly_id:
        _must_be_known(connection, schema.anomaly, owner, said.anomaly_id, "anomaly")
    row = {
        "organisation_id": owner, "incident_id": said.incident_id, "anomaly_id": said.anomaly_id or None,
        "at": said.at, "by": text(said.by), "answer": said.answer, "cause_kind": said.cause_kind or None,
        "cause_name": text(said.cause_name) or None, "note": text(said.note),
    }  # fmt: skip
    return _inserted(connection, schema.feedback, row)


def withdraw_feedback(connection: Connection, owner: int, feedback_id: int, at: np.datetime64) -> bool:
    """Take one answer back; False when it is not there or taken back already."""
    table = schema.feedback
    here = (
        table.c.organisation_id == owner, table.c.id == feedback_id, table.c.withdrawn_at.is_(None)
    )  # fmt: skip
    row = connection.execute(select(table.c.incident_id, table.c.answer).where(*here)).first()
    if row is None:
        return False
    connection.execute(update(table).where(*here).values(withdrawn_at=at))
    write_down(connection, owner, row.incident_id, Step("feedback", at, before=row.answer, text="taken back"))
    return True


def learned_values(connection: Connection, owner: int) -> dict[tuple[str, str], Any]:
    """All that is learned now: (scope, name) -> value."""
    table = schema.calibration
    query = select(table.c.scope, table.c.name, table.c.value).where(table.c.organisation_id == owner)
    ordered = query.order_by(table.c.scope, table.c.name)
    return {(scope, name): value for scope, name, value in connection.execute(ordered)}


def learn(connection: Connection, owner: int, change: Change) -> int:
    """Apply one change and write down why; its id. ``before`` is what is there now."""
    now = learned_values(connection, owner).get((change.scope, change.name))
    row = {
        "organisation_id": owner, "at": change.at, "scope": text(change.scope), "name": text(change.name),
        "before": now, "after": plain(change.after), "reason": text(change.reason),
        "feedback_id": change.feedback_id,
    }  # fmt: skip
    key = _inserted(connection, schema.change, row)
    _set(connection, owner, replace(change, after=row["after"], id=key))
    return key


def undo_change(connection: Connection, owner: int, change_id: int, at: np.datetime64) -> bool:
    """Take one change back. Later changes of the same number are taken back with it.

    False when it is not there or undone already.
    """
    found = {c.id: c for c in changes(connection, owner) if c.undone_at is None}
    if change_id not in found:
        return False
    one = found[change_id]
    later = [c.id for c in found.values() if (c.scope, c.name) == (one.scope, one.name) and c.id >= one.id]
    table = schema.change
    connection.execute(
        update(table).where(table.c.organisation_id == owner, table.c.id.in_(later)).values(undone_at=at)
    )
    _set(connection, owner, replace(one, after=one.before, at=at, id=0))
    return True


def changes(connection: Connection, owner: int) -> tuple[Change, ...]:
    """Every change that was ever made, undone or not, in order."""
    table = schema.change
    query = select(table).where(table.c.organisation_id == owner).order_by(table.c.id)
    return tuple(
        Change(
            scope=row["scope"],
            name=row["name"],
            before=row["before"],
            after=row["after"],
            reason=row["reason"],
            at=row["at"],
            feedback_id=row["feedback_id"],
            id=row["id"],
            undone_at=row["undone_at"],
        )
        for row in connection.execute(query).mappings()
    )


def _set(connection: Connection, owner: int, change: Change) -> None:
    """Put what is after the change in place; None takes the number away."""
    table = schema.calibration
    scope, name = text(change.scope), text(change.name)
    here = (table.c.organisation_id == owner, table.c.scope == scope, table.c.name == name)
    connection.execute(table.delete().where(*here))
    if change.after is not None:
        row = {"organisation_id": owner, "scope": scope, "name": name, "value": change.after}
        connection.execute(insert(table).values(**row, at=change.at, change_id=change.id or None))


def _inserted(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    key = connection.execute(insert(table).values(row)).inserted_primary_key
    return int(key[0]) if key else 0


def _must_be_known(connection: Connection, table: Table, owner: int, name: str, what: str) -> None:
    query = select(table.c.id).where(table.c.organisation_id == owner, table.c.id == name)
    if connection.execute(query).scalar() is None:
        raise UnknownError(
            f"there is no {what} {name!r}", "an id that `hunter incidents` shows", "check the id"
        )
