"""Hunts as they were kept: their list, and every series of one as it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, and_, func, or_, select

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import (
    Dataset,
    Detection,
    Event,
    Evidence,
    Graph,
    Hunt,
    Issue,
    Kind,
    Level,
    Quality,
    severity_level,
)
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.hunts.detected import DRAWN, detection_of
from anomaly_hunter.remember.hunts.exact import back
from anomaly_hunter.remember.hunts.packing import unpack
from anomaly_hunter.remember.hunts.thinned import Picture, unpacked, whole
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.store import Store


@dataclass(frozen=True, slots=True)
class KeptHunt:
    """A hunt on the list. ``points`` counts values looked at, ``bytes`` what its recordings take."""

    id: str
    kept_at: np.datetime64
    dataset: str
    kind: Kind
    origin: str
    by: str
    points: int
    bytes: int
    severity: float
    quality: float
    incident_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptSubject:
    """A series or table of a kept hunt; ``highest`` is its highest score, None where it has none.

    ``whole``: every point is kept, so that it can be zoomed into and explained.
    """

    id: str
    subject: str
    position: int
    points: int
    highest: float | None
    whole: bool


@dataclass(frozen=True, slots=True)
class HuntPage:
    """Some hunts, and what to ask for the next ones ("" after the last)."""

    items: tuple[KeptHunt, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Recordings:
    """The hunts that a store keeps.

    Every call raises :class:`~anomaly_hunter.errors.UnknownError` where there is no such hunt or subject.
    """

    store: Store

    def hunts(self, after: str = "", most: int = 50, *, dataset: str | None = None) -> HuntPage:
        """Hunts, the last kept first; ``after`` is ``next`` of the page before."""
        table = schema.hunt
        with self.store.reading() as (connection, owner):
            query = select(*_SHOWN).where(table.c.organisation_id == owner)
            if dataset is not None:
                query = query.where(table.c.dataset == dataset)
            if after:
                query = query.where(_later(after))
            query = query.order_by(table.c.kept_at.desc(), table.c.id).limit(most + 1)
            rows = connection.execute(query).mappings().all()
        items = tuple(_kept(row) for row in rows[:most])
        return HuntPage(items, cursor("hunts", [items[-1].kept_at, items[-1].id]) if len(rows) > most else "")

    def hunt(self, hunt_id: str) -> KeptHunt:
        """One hunt of the list."""
        with self.store.reading() as (connection, owner):
            return _kept(_hunt_row(connection, owner, hunt_id, _SHOWN))

    def told(self, hunt_id: str) -> Hunt:
        """The hunt without its points and incidents: data, quality, what stands around, and each detection.

        Scores of the detections are zeros and their series are empty; ids, profiles and anomalies are as
        they were.
        """
        table = schema.recording
        with self.store.reading() as (connection, owner):
            row = _hunt_row(connection, owner, hunt_id, (schema.hunt.c.document, schema.hunt.c.around))
            mine = and_(table.c.organisation_id == owner, table.c.hunt_id == hunt_id)
            heads = connection.execute(select(table.c.head).where(mine).order_by(table.c.position)).scalars()
            detections = tuple(detection_of(head) for head in heads)
        told = row["document"]
        return Hunt(
            dataset=_dataset(told["dataset"], *_around(row["around"])),
            detections=detections,
            incidents=(),
            not_investigated=told["not_investigated"],
            took_ms=back(told["took_ms"]),
            observations=tuple(Evidence(**_fields(one)) for one in told["observations"]),
        )

    def dataset(self, hunt_id: str) -> Dataset:
        """What was read, how good it was and what stands around it; without its series."""
        with self.store.reading() as (connection, owner):
            row = _hunt_row(connection, owner, hunt_id, (_TABLE.c.document, _TABLE.c.around))
        return _dataset(row["document"]["dataset"], *_around(row["around"]))

    def around(self, hunt_id: str) -> tuple[tuple[Event, ...], Graph | None]:
        """What changed, and who calls whom."""
        with self.store.reading() as (connection, owner):
            row = _hunt_row(connection, owner, hunt_id, (schema.hunt.c.around,))
        return _around(row["around"])

    def subjects(self, hunt_id: str, after: int = -1, most: int = 1000) -> tuple[KeptSubject, ...]:
        """Series and tables of a hunt in the order of the data, those behind position ``after``."""
        table = schema.recording
        with self.store.reading() as (connection, owner):
            _hunt_row(connection, owner, hunt_id, (schema.hunt.c.id,))
            mine = (table.c.organisation_id == owner, table.c.hunt_id == hunt_id, table.c.position > after)
            query = select(*_SUBJECT).where(*mine).order_by(table.c.position).limit(most)
            rows = connection.execute(query).all()
        return tuple(KeptSubject(*row) for row in rows)

    def subject(self, hunt_id: str, subject_id: str) -> KeptSubject:
        """One series or table of a hunt."""
        with self.store.reading() as (connection, owner):
            row = _row(connection, owner, hunt_id, subject_id, _SUBJECT)
        return KeptSubject(*row.values())

    def levels(self, anomaly_ids: Iterable[str]) -> dict[str, Level]:
        """The level of the incident that each of these anomalies is part of, where one was kept."""
        table, home = schema.anomaly, schema.incident
        both = (table.c.incident_id == home.c.id) & (table.c.organisation_id == home.c.organisation_id)
        found: dict[str, Level] = {}
        with self.store.reading() as (connection, owner):
            for some in chunks(sorted(set(anomaly_ids))):
                query = select(table.c.id, home.c.severity).join_from(table, home, both)
                rows = connection.execute(query.where(table.c.organisation_id == owner, table.c.id.in_(some)))
                found.update((row[0], severity_level(row[1])) for row in rows)
        return found

    def overview(self, hunt_id: str, subject_id: str) -> Picture:
        """What a chart of a series or table opens with."""
        table = schema.recording
        with self.store.reading() as (connection, owner):
            row = _row(connection, owner, hunt_id, subject_id, (table.c.head, table.c.overview))
            if row["overview"]:
                return unpacked(row["head"], row["overview"])
            stored = _row(connection, owner, hunt_id, subject_id, (table.c.whole,))["whole"]
        return whole(detection_of(row["head"], unpack(stored, DRAWN)))

    def detection(self, hunt_id: str, subject_id: str, *, parts: bool = True) -> Detection:
        """Every point of a series or table; without ``parts`` it can be drawn and not be explained.

        Raises
        ------
        UsageError
            It had too many points to be kept whole.
        """
        table = schema.recording
        with self.store.reading() as (connection, owner):
            row = _row(connection, owner, hunt_id, subject_id, (table.c.head, table.c.subject, table.c.whole))
        if row["whole"] is None:
            raise UsageError(
                f"of {row['subject']!r} only the overview is kept",
                "a series small enough to be kept whole",
                "raise remember.record_points and hunt again",
            )
        return detection_of(row["head"], unpack(row["whole"], None if parts else DRAWN))


_TABLE = schema.hunt
_SHOWN = tuple(
    _TABLE.c[name]
    for name in (
        "id", "kept_at", "dataset", "kind", "origin", "by", "points", "bytes", "severity", "quality",
        "incident_ids",
    )
)  # fmt: skip
_SUBJECT = (
    *(schema.recording.c[name] for name in ("subject_id", "subject", "position", "points", "highest")),
    # Its length stands beside it; to ask whether it is NULL reads all of it.
    func.length(schema.recording.c.whole).is_not(None).label("whole"),
)


def _kept(row: RowMapping) -> KeptHunt:
    return KeptHunt(**{**row, "incident_ids": tuple(row["incident_ids"])})


def _hunt_row(connection: Connection, owner: int | None, hunt_id: str, columns: Sequence[Any]) -> RowMapping:
    here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == hunt_id)
    row = connection.execute(select(*columns).where(here)).mappings().first()
    if row is None:
        raise UnknownError(f"there is no hunt {hunt_id!r}", "an id that the list of hunts shows", "check it")
    return row


def _later(after: str) -> Any:
    """What stands behind the place of a cursor."""
    at, name = opened(after, "hunts", 2)
    if not isinstance(at, int) or not isinstance(name, str):
        raise UsageError(
            f"the cursor is {after[:40]!r}", "what the page before gave", "begin at the first page"
        )
    moment = np.datetime64(at, "ns")
    return or_(_TABLE.c.kept_at < moment, and_(_TABLE.c.kept_at == moment, _TABLE.c.id > name))


def _row(
    connection: Connection, owner: int | None, hunt_id: str, subject_id: str, columns: Sequence[Any]
) -> RowMapping:
    table = schema.recording
    here = (table.c.organisation_id == owner, table.c.hunt_id == hunt_id, table.c.subject_id == subject_id)
    query = select(*columns).where(*here).order_by(table.c.position).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownError(
            f"hunt {hunt_id!r} has no series {subject_id!r}",
            "an id that its list of series shows",
            "check it",
        )
    return row


def _around(given: dict[str, Any]) -> tuple[tuple[Event, ...], Graph | None]:
    graph = None if given["graph"] is None else Graph(back(given["graph"]))
    return tuple(Event(**_fields(one)) for one in given["events"]), graph


def _dataset(given: dict[str, Any], events: tuple[Event, ...], graph: Graph | None) -> Dataset:
    quality = given["quality"]
    issues = tuple(Issue(**_fields(one)) for one in quality["issues"])
    return Dataset(
        name=back(given["name"]),
        kind=given["kind"],
        quality=Quality(back(quality["score"]), quality["points"], issues),
        reading=back(given["reading"]),
        events=events,
        graph=graph,
        roles=back(given["roles"]),
        notes=back(given["notes"]),
    )


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    return {name: back(value) for name, value in given.items()}
