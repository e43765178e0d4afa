"""What was hunted: the series in which something was found, and the last kept hunt of every dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, Table, and_, func, or_, select

from anomaly_hunter.errors import UnknownError
from anomaly_hunter.model import Anomaly
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.plain import anomaly_of, text
from anomaly_hunter.remember.store import Store


@dataclass(frozen=True, slots=True)
class Subject:
    """A series or table in which something was found; ``anomalies`` are those that are remembered."""

    id: str
    kind: str
    name: str
    title: str
    source: str
    unit: str
    labels: Mapping[str, str]
    first_seen_at: np.datetime64
    last_seen_at: np.datetime64
    anomalies: int


@dataclass(frozen=True, slots=True)
class Hunted:
    """The last kept hunt of a dataset; ``quality`` is 0 to 100."""

    dataset: str
    kind: str
    quality: float
    points: int
    severity: float
    kept_at: np.datetime64
    hunt_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class Subjects:
    """Series and datasets of an organisation, in pages: (items, cursor of the next page or "")."""

    store: Store

    def series(self, after: str = "", most: int = 50, search: str = "") -> tuple[tuple[Subject, ...], str]:
        """The last seen first; ``search`` is part of title, source or unit, whatever its case."""
        table = schema.series
        with self.store.reading() as (connection, owner):
            if owner is None:
                return (), ""
            here: list[Any] = [table.c.organisation_id == owner]
            if wanted := text(search).strip():
                columns = (table.c.title, table.c.source, table.c.unit)
                here.append(or_(*(column.icontains(wanted, autoescape=True) for column in columns)))
            here += _beyond(table, "last_seen_at", after, "series")
            query = select(table).where(*here).order_by(table.c.last_seen_at.desc(), table.c.id.desc())
            rows = connection.execute(query.limit(most + 1)).mappings().all()
            counts = _counts(connection, owner, [row["id"] for row in rows[:most]])
        items = tuple(_subject(row, counts.get(row["id"], 0)) for row in rows[:most])
        return items, _next(rows, most, "last_seen_at", "series")

    def one(self, name: str) -> Subject:
        """The series of this id; UnknownError where there is none."""
        table = schema.series
        with self.store.reading() as (connection, owner):
            if owner is not None:
                here = (table.c.organisation_id == owner, table.c.id == text(name))
                row = connection.execute(select(table).where(*here)).mappings().first()
                if row is not None:
                    return _subject(row, _counts(connection, owner, [row["id"]]).get(row["id"], 0))
        raise UnknownError(f"there is no series {name!r}", "an id of the list of series", "check it")

    def anomalies(
        self, name: str, after: str = "", most: int = 50
    ) -> tuple[tuple[tuple[str, Anomaly], ...], str]:
        """Remembered anomalies of a series with the ids of their incidents, the latest first.

        Those without a clock come last. UnknownError where there is no such series.
        """
        name = self.one(name).id
        table, home = schema.anomaly, schema.incident
        with self.store.reading() as (connection, owner):
            both = and_(table.c.incident_id == home.c.id, table.c.organisation_id == home.c.organisation_id)
            query = select(table).join_from(table, home, both)
            query = query.where(
                table.c.organisation_id == owner, table.c.series_id == name, home.c.state != "merged",
                *_beyond(table, "begin_at", after, "anomalies"),
            )  # fmt: skip
            query = query.order_by(table.c.begin_at.desc().nulls_last(), table.c.id.desc())
            rows = connection.execute(query.limit(most + 1)).mappings().all()
        items = tuple((row["incident_id"], anomaly_of(row)) for row in rows[:most])
        return items, _next(rows, most, "begin_at", "anomalies")

    def datasets(self, after: str = "", most: int = 50) -> tuple[tuple[Hunted, ...], str]:
        """The last kept hunt of every dataset, the last kept first."""
        table = schema.hunt
        with self.store.reading() as (connection, owner):
            if owner is None:
                return (), ""
            mine = table.c.organisation_id == owner
            numbered = (
                select(
                    table.c.id,
                    func.row_number()
                    .over(partition_by=table.c.dataset, order_by=(table.c.kept_at.desc(), table.c.id.desc()))
                    .label("place"),
                )
                .where(mine)
                .subquery()
            )
            last = select(numbered.c.id).where(numbered.c.place == 1)
            columns = [table.c[name] for name in _HUNTED]
            query = select(*columns).where(mine, table.c.id.in_(last))
            query = query.where(*_beyond(table, "kept_at", after, "datasets"))
            query = query.order_by(table.c.kept_at.desc(), table.c.id.desc()).limit(most + 1)
            rows = connection.execute(query).mappings().all()
        items = tuple(
            Hunted(**{name: row[column] for column, name in _HUNTED.items()}) for row in rows[:most]
        )
        return items, _next(rows, most, "kept_at", "datasets")


_HUNTED = {
    "dataset": "dataset", "kind": "kind", "quality": "quality", "points": "points", "severity": "severity",
    "kept_at": "kept_at", "id": "hunt_id", "origin": "origin",
}  # fmt: skip


def _counts(connection: Connection, owner: int, names: Sequence[str]) -> dict[str, int]:
    table = schema.anomaly
    query = select(table.c.series_id, func.count()).group_by(table.c.series_id)
    query = query.where(table.c.organisation_id == owner, table.c.series_id.in_(names))
    return {row[0]: row[1] for row in connection.execute(query)}


def _subject(row: RowMapping, anomalies: int) -> Subject:
    names = [name for name in Subject.__dataclass_fields__ if name != "anomalies"]
    return Subject(**{name: row[name] for name in names}, anomalies=anomalies)


def _beyond(table: Table, column: str, after: str, sort: str) -> list[Any]:
    """What comes after the cursor's place: the latest first, then by id, those without a time last."""
    if not after:
        return []
    given, name = opened(after, sort, 2)
    time, then = table.c[column], table.c.id < str(name)
    if not isinstance(given, int):
        return [and_(time.is_(None), then)]
    at = np.datetime64(given, "ns")
    beyond = or_(time < at, and_(time == at, then))
    return [or_(beyond, time.is_(None)) if time.nullable else beyond]


def _next(rows: Sequence[RowMapping], most: int, column: str, sort: str) -> str:
    if len(rows) <= most:
        return ""
    return cursor(sort, [rows[most - 1][column], rows[most - 1]["id"]])
