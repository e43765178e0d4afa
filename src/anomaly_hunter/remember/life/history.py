"""What happened to an incident: written down, and told to everybody who listens, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from sqlalchemy import Connection, RowMapping, insert, select

from anomaly_hunter.errors import UnknownError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.feed import tell
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.recollecting import taken_in
from anomaly_hunter.remember.records import Action, Happened

Columns: TypeAlias = RowMapping | Mapping[str, Any]
"""Columns of a row by their names."""

_TOLD_AS: Final[Mapping[str, str]] = {"unmuted": "reopened", "unsilenced": "silenced"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to an incident; see :class:`~anomaly_hunter.remember.records.Happened`."""

    action: Action
    at: np.datetime64
    by: str = ""
    before: str | None = None
    after: str | None = None
    text: str = ""


def write_down(connection: Connection, owner: int, name: str, step: Step) -> None:
    """Add a line to the history of an incident, and say it; its row shows already what it is now."""
    connection.execute(insert(schema.history).values(history_row(owner, name, step)))
    now = incident_row(connection, owner, name)
    kind = "feedback" if step.action == "feedback" else f"incident.{_TOLD_AS.get(step.action, step.action)}"
    tell(connection, owner, step.at, kind, now["id"], _told(now, step))


def history_row(owner: int, name: str, step: Step) -> dict[str, Any]:
    """The columns of a line of history."""
    return {
        "organisation_id": owner, "incident_id": name, "at": step.at, "by": text(step.by),
        "action": step.action, "before": _or_none(step.before), "after": _or_none(step.after),
        "text": text(step.text),
    }  # fmt: skip


def incident_row(connection: Connection, owner: int, name: str) -> RowMapping:
    """The row of an incident; where a merged one went. UnknownError where there is none of this id."""
    table = schema.incident
    query = select(*(column for column in table.c if column.name != "fingerprint"))
    row = connection.execute(
        query.where(table.c.organisation_id == owner, table.c.id == text(name))
    ).mappings().first()  # fmt: skip
    if row is None:
        raise unknown(name)
    return incident_row(connection, owner, row["merged_into"]) if row["merged_into"] else row


def settled(row: Columns, action: Action, at: np.datetime64) -> dict[str, Any]:
    """The columns of an incident after a change of its state."""
    end = row["end_at"] if action in ("resolved", "muted") else None
    return {"state": action, "state_at": at, "muted_until": None, "settled_end_at": end}


def unknown(name: str) -> UnknownError:
    """There is no such incident, or it is another organisation's: nobody can tell which."""
    return UnknownError(
        f"there is no incident {name!r} in the memory", "an id that `hunter incidents` shows", "check it"
    )


def lines_of(connection: Connection, owner: int, name: str) -> tuple[Happened, ...]:
    """All that happened to an incident and to those it took in, oldest first."""
    table = schema.history
    names = [name, *taken_in(connection, owner, [name])]
    query = select(table).where(table.c.organisation_id == owner, table.c.incident_id.in_(names))
    rows = connection.execute(query.order_by(table.c.id)).mappings()
    return tuple(
        Happened(
            r["at"], r["by"], r["action"], before=r["before"], after=r["after"], text=r["text"], id=r["id"]
        )
        for r in rows
    )


def _told(row: RowMapping, step: Step) -> dict[str, Any]:
    data = {name: row[name] for name in ("id", "headline", "severity", "state", "owner", "subject")}
    data |= {"by": step.by, "silenced": row["silence_id"]}
    if step.action == "merged":
        data["merged"] = step.before
    if step.action == "feedback":
        data["answer"] = step.after
    return data


def _or_none(value: str | None) -> str | None:
    return None if value is None else text(value)
