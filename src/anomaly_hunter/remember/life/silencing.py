"""Which silences hold, and which incidents they keep quiet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, literal, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.among import among
from anomaly_hunter.remember.life.history import Columns, Step, history_row, write_down
from anomaly_hunter.remember.life.matching import holds, matcher_of, matches
from anomaly_hunter.remember.lists.timeline import lead_series
from anomaly_hunter.remember.records import ACTIVE, Silence


def active_silences(connection: Connection, owner: int, at: np.datetime64) -> tuple[Silence, ...]:
    """Those in force, the first made first."""
    table = schema.silence
    query = select(table).where(
        table.c.organisation_id == owner,
        or_(table.c.ended_at.is_(None), table.c.ended_at > at),
        or_(table.c.ends_at > at, table.c.repeat != ""),
    )
    rows = connection.execute(query.order_by(table.c.made_at, table.c.id)).mappings()
    return tuple(one for row in rows if holds(one := silence_of(row), at))


def fitting(silences: Iterable[Silence], row: Columns) -> Silence | None:
    """The first that means this incident; beside its columns come the ``labels`` of its lead."""
    said = {name: row[name] for name in ("dataset", "severity")}
    said |= {"subject": row["subject"] or "", "labels": row["labels"] or {}}
    return next((one for one in silences if matches(one.matcher, **said)), None)


def leads(connection: Connection, owner: int, quiet: str | None, *, labelled: bool) -> list[dict[str, Any]]:
    """What silences look at, of active incidents that this one keeps quiet (None: none does)."""
    held = schema.incident.c.silence_id == quiet
    return looked_at(connection, owner, held, labelled=labelled, states=ACTIVE)


def looked_at(
    connection: Connection, owner: int, *held: ColumnElement[bool], labelled: bool, states: Sequence[str]
) -> list[dict[str, Any]]:
    """What silences look at, of incidents in these states that fit the conditions."""
    home, line = schema.incident, schema.series
    names = ("id", "dataset", "severity", "subject", "state", "silence_id")
    query = select(*(home.c[name] for name in names))
    query = query.where(home.c.organisation_id == owner, home.c.state.in_(states), *held)
    found = connection.execute(query).all()
    leading: dict[str, str] = {}
    labels: dict[str, Any] = {}
    if labelled:
        leading = lead_series(connection, owner, [row.id for row in found])
        said = select(line.c.id, line.c.labels).where(
            line.c.organisation_id == owner, among(connection, line.c.id, set(leading.values()))
        )
        labels = {row.id: row.labels for row in connection.execute(said)}
    return [
        dict(zip(names, row, strict=True)) | {"labels": labels.get(leading.get(row.id, ""), {})}
        for row in found
    ]


def set_silence(connection: Connection, owner: int, row: Columns, silence_id: str | None, step: Step) -> None:
    """Keep an incident quiet, or no longer, and say so; what it was is taken from its row."""
    table = schema.incident
    here = (table.c.organisation_id == owner, table.c.id == row["id"])
    connection.execute(update(table).where(*here).values(silence_id=silence_id))
    write_down(connection, owner, row["id"], replace(step, before=row["silence_id"], after=silence_id))


def set_silences(
    connection: Connection, owner: int, rows: Sequence[Columns], silence_id: str | None, step: Step
) -> None:
    """The same for many at once: each has its line of history, listeners hear of the silence alone."""
    table, lines = schema.incident, schema.history
    said = history_row(owner, "", replace(step, after=silence_id))
    del said["incident_id"], said["before"]
    given = [literal(value, lines.c[name].type).label(name) for name, value in said.items()]
    if not rows:
        return
    here = (table.c.organisation_id == owner, among(connection, table.c.id, [row["id"] for row in rows]))
    was = select(table.c.id, table.c.silence_id, *given).where(*here)
    connection.execute(insert(lines).from_select(["incident_id", "before", *said], was))
    connection.execute(update(table).where(*here).values(silence_id=silence_id))


def silence_of(row: RowMapping) -> Silence:
    """The silence of a row."""
    names = [name for name in Silence.__dataclass_fields__ if name != "matcher"]
    return Silence(matcher=matcher_of(row["matcher"]), **{name: row[name] for name in names})
