"""Incidents over time: how bad it was when, and which series were concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, literal, select, type_coerce

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.among import among
from anomaly_hunter.remember.lists.asked import Asked, conditions, during

MOST_BUCKETS: Final = 2_000
MOST_SPANS: Final = 1_000
"""In all lanes; the latest are shown."""

_LOOKED_AT: Final = 25
"""For each lane so many incidents at most: many are led by the same few series."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A piece of time: the worst severity of the incidents that overlap it (0: none), and how many."""

    begin: np.datetime64
    worst: float
    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """One anomaly in a lane; the severity is that of its incident."""

    begin: np.datetime64
    end: np.datetime64
    severity: float
    incident_id: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A series with its anomalies, oldest first."""

    subject: str
    subject_id: str
    spans: tuple[Span, ...]


def severities(connection: Connection, owner: int, asked: Asked, step: np.timedelta64) -> tuple[Bucket, ...]:
    """Buckets from ``asked.since`` to ``asked.until``."""
    since, until = asked.since, asked.until
    if since is None or until is None or not until > since or not step > np.timedelta64(0, "ns"):
        raise UsageError("the time to be shown is empty", "a begin, a later end and a step", "change them")
    first_ns, last_ns = (int(at.astype("datetime64[ns]").astype(np.int64)) for at in (since, until))
    many_steps = -(-(last_ns - first_ns) // int(step.astype("timedelta64[ns]").astype(np.int64)))
    if many_steps > MOST_BUCKETS:  # known before any is made
        raise UsageError(f"{many_steps:,} steps", f"at most {MOST_BUCKETS:,}", "choose a longer step")
    edges = np.arange(since.astype("datetime64[ns]"), until, step.astype("timedelta64[ns]"))
    begin, end, severity = _overlapping(connection, owner, asked)
    first = np.maximum(np.searchsorted(edges, begin, "right") - 1, 0)
    last = np.searchsorted(edges, end, "right")
    steps = np.zeros(len(edges) + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last, -1)
    worst = np.zeros(len(edges))
    np.maximum.at(worst, first, severity)
    for i in np.flatnonzero(last - first > 1):
        worst[first[i] : last[i]] = np.maximum(worst[first[i] : last[i]], severity[i])
    many = np.cumsum(steps)
    return tuple(Bucket(edges[i], float(worst[i]), int(many[i])) for i in range(len(edges)))


def _overlapping(
    connection: Connection, owner: int, asked: Asked
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], FloatArray]:
    """Begin, end and severity of the incidents of that time; two queries, each served by an index alone."""
    table = schema.incident
    clocked, bare = during(asked.since, asked.until)
    found: list[tuple[int, int, float]] = []
    for begin, end, when in (
        (table.c.begin_at, table.c.end_at, clocked), (table.c.first_kept_at, table.c.first_kept_at, bare),
    ):  # fmt: skip
        query = select(type_coerce(begin, BigInteger), type_coerce(end, BigInteger), table.c.severity)
        where = conditions(owner, replace(asked, since=None, until=None))
        found += [(row[0], row[1], row[2]) for row in connection.execute(query.where(*where, *when))]
    begins, ends = (np.array([row[i] for row in found], dtype=np.int64).view("M8[ns]") for i in (0, 1))
    return begins, ends, np.array([row[2] for row in found], dtype=np.float64)


def lanes(connection: Connection, owner: int, asked: Asked, most: int) -> tuple[Lane, ...]:
    """The series that lead the worst incidents of that time, worst first, each once."""
    chosen = _worst_leads(connection, owner, asked, most)
    called = _subjects(connection, owner, list(chosen.values()))
    spans = _spans(connection, owner, asked, list(chosen))
    return tuple(
        Lane(called[incident], name, tuple(spans.get(name, ())[::-1])) for name, incident in chosen.items()
    )


def _worst_leads(connection: Connection, owner: int, asked: Asked, most: int) -> dict[str, str]:
    """The series that lead the worst incidents, each with the worst that it leads."""
    home, part = schema.incident, schema.anomaly
    clocked, _ = during(asked.since, asked.until)
    where = conditions(owner, replace(asked, since=None, until=None))
    worst = select(home.c.id, home.c.severity, home.c.last_kept_at).where(*where, *clocked)
    worst = worst.order_by(home.c.severity.desc(), home.c.last_kept_at.desc(), home.c.id)
    few = worst.limit(most * _LOOKED_AT).subquery()
    leading = (part.c.organisation_id == owner, part.c.incident_id == few.c.id, leads())
    query = select(part.c.series_id, few.c.id).join_from(few, part, and_(*leading))
    query = query.order_by(few.c.severity.desc(), few.c.last_kept_at.desc(), few.c.id)
    chosen: dict[str, str] = {}
    for series_id, name in connection.execute(query):
        if len(chosen) < most:
            chosen.setdefault(series_id, name)
    return chosen


def _subjects(connection: Connection, owner: int, names: Sequence[str]) -> dict[str, str]:
    table = schema.incident
    query = select(table.c.id, table.c.subject).where(table.c.organisation_id == owner, table.c.id.in_(names))
    return {row.id: row.subject or "" for row in connection.execute(query)}


def leads() -> ColumnElement[bool]:
    """It leads its incident, in the words of the small index of those that do, so that it is that one."""
    zero = literal(0, literal_execute=True)
    return schema.anomaly.c.position + zero == zero


def lead_series(connection: Connection, owner: int, names: Sequence[str]) -> dict[str, str]:
    """The ids of the series that lead these incidents."""
    part = schema.anomaly
    named = among(connection, part.c.incident_id, names)
    query = select(part.c.incident_id, part.c.series_id).where(
        part.c.organisation_id == owner, leads(), named
    )
    return {row.incident_id: row.series_id for row in connection.execute(query)}


def _spans(connection: Connection, owner: int, asked: Asked, names: Sequence[str]) -> dict[str, list[Span]]:
    """The anomalies of these series in that time, the latest first."""
    rows = _latest(connection, owner, asked, names, 2 * MOST_SPANS)
    if rows is None:
        rows = _latest(connection, owner, asked, names, None)
    found: dict[str, list[Span]] = {}
    for series_id, *span in rows or ():
        found.setdefault(series_id, []).append(Span(*span))
    return found


def _latest(
    connection: Connection, owner: int, asked: Asked, names: Sequence[str], looked_at: int | None
) -> Sequence[Any] | None:
    """Rows of spans among so many of the latest anomalies (None: all), which an index alone gives; None
    where these are too few, since many belong to incidents that are not asked for.
    """
    home, part = schema.incident, schema.anomaly
    near = (
        select(part.c.series_id, part.c.begin_at, part.c.end_at, part.c.incident_id)
        .where(part.c.organisation_id == owner, part.c.series_id.in_(names))
        .where(part.c.begin_at < asked.until, part.c.end_at >= asked.since)
        .order_by(part.c.begin_at.desc())
        .limit(looked_at)
        .subquery()
    )
    both = and_(home.c.organisation_id == owner, home.c.id == near.c.incident_id)
    times = (type_coerce(near.c.begin_at, BigInteger), type_coerce(near.c.end_at, BigInteger))
    columns = (near.c.series_id, *times, home.c.severity, home.c.id, home.c.state, home.c.silence_id)
    query = select(*columns).join_from(near, home, both).order_by(near.c.begin_at.desc())
    rows = connection.execute(query).all()
    shown = (
        row for row in rows if row.state != "merged" and asked.silenced in (None, row.silence_id is not None)
    )
    found = [
        (name, np.datetime64(begin, "ns"), np.datetime64(end, "ns"), severity, incident)
        for name, begin, end, severity, incident, *_ in islice(shown, MOST_SPANS)
    ]
    return None if len(found) < MOST_SPANS and len(rows) == looked_at else found
