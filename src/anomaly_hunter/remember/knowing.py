"""Which of the incidents found now are already known: they keep their ids."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select

from anomaly_hunter.model import Anomaly, Incident, stable_id
from anomaly_hunter.remember import schema

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Met:
    """An incident with the ids it is kept under, and the kept incidents that it takes in."""

    incident: Incident
    takes_in: tuple[str, ...] = ()


def met(connection: Connection, owner: int, incidents: Sequence[Incident]) -> tuple[Met, ...]:
    """Each incident under the ids it is kept under; worst first, as it was found.

    An anomaly of a clocked series is the same as a kept one of that series when their times overlap.
    Without a clock, and for rows, it is when id and value are equal: positions of other data mean
    nothing. An incident keeps the id of the kept one that holds its lead, else of the one that holds
    most of its anomalies. No id is given twice; an incident that spans several kept ones takes in
    those of which it holds every anomaly.
    """
    kept = kept_anomalies(connection, owner, [a for one in incidents for a in one.anomalies])
    by_series: dict[str, list[RowMapping]] = {}
    for row in kept:
        by_series.setdefault(row["series_id"], []).append(row)
    sizes = _sizes(connection, owner, {row["incident_id"] for row in kept})
    taken = _taken(connection, owner, incidents)
    claimed: set[str] = set()
    given = {incident.id for incident in incidents} | {a.id for one in incidents for a in one.anomalies}

    def used(name: str) -> bool:
        known = name in taken or name in claimed
        return known or (name not in given and _is_kept(connection, owner, name))

    result = []
    for incident in incidents:
        pairs = [(a, _same(a, by_series.get(a.subject_id, ()), claimed)) for a in incident.anomalies]
        claimed.update(row["id"] for _, row in pairs if row is not None)
        home = _home(pairs, claimed)
        own = home or _free(incident.id, used)
        claimed.add(own)
        anomalies = tuple(
            replace(a, id=row["id"] if row is not None else _free(a.id, used)) for a, row in pairs
        )
        claimed.update(a.id for a in anomalies)
        result.append(Met(replace(incident, id=own, anomalies=anomalies), _swallowed(pairs, own, sizes)))
    return tuple(result)


def kept_anomalies(connection: Connection, owner: int, anomalies: Iterable[Anomaly]) -> list[RowMapping]:
    """Kept anomalies of the series that are concerned, of the time that is concerned."""
    table = schema.anomaly
    given = list(anomalies)
    ids = sorted({a.subject_id for a in given})
    then = _then(given)
    columns = [
        table.c[name] for name in ("id", "incident_id", "series_id", "begin_at", "end_at", "actual", "peak")
    ]
    found: list[RowMapping] = []
    for some in chunks(ids):
        query = select(*columns).where(table.c.organisation_id == owner, table.c.series_id.in_(some), *then)
        found += connection.execute(query).mappings().all()
    # Sorted here: to spare itself that, SQLite would go through the whole table in the order of ids.
    return sorted(found, key=lambda row: str(row["id"]))


def _then(anomalies: Sequence[Anomaly]) -> list[ColumnElement[bool]]:
    """Within the time that they span; nothing where one of them has no clock."""
    table = schema.anomaly
    begins = [a.begin for a in anomalies if a.begin is not None]
    ends = [a.end for a in anomalies if a.end is not None]
    if not anomalies or len(begins) < len(anomalies) or len(ends) < len(anomalies):
        return []
    during = and_(table.c.begin_at <= max(ends), table.c.end_at >= min(begins))
    return [or_(table.c.begin_at.is_(None), table.c.end_at.is_(None), during)]


def same_as(anomalies: Sequence[Anomaly], kept: Iterable[RowMapping]) -> set[str]:
    """Ids of kept incidents that hold one of these anomalies."""
    by_series: dict[str, list[Anomaly]] = {}
    for a in anomalies:
        by_series.setdefault(a.subject_id, []).append(a)
    return {
        row["incident_id"]
        for row in kept
        if any(_is_same(a, row) for a in by_series.get(row["series_id"], ()))
    }


def _taken(connection: Connection, owner: int, incidents: Sequence[Incident]) -> set[str]:
    """Ids of these incidents and anomalies that are in use already."""
    found: set[str] = set()
    wanted = {
        schema.incident: [incident.id for incident in incidents],
        schema.anomaly: [a.id for incident in incidents for a in incident.anomalies],
    }
    for table, ids in wanted.items():
        for some in chunks(ids):
            query = select(table.c.id).where(table.c.organisation_id == owner, table.c.id.in_(some))
            found.update(connection.execute(query).scalars())
    return found


def _is_kept(connection: Connection, owner: int, name: str) -> bool:
    for table in (schema.incident, schema.anomaly):
        query = select(table.c.id).where(table.c.organisation_id == owner, table.c.id == name)
        if connection.execute(query).scalar() is not None:
            return True
    return False


def chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """So many at once as every database takes in one query."""
    return (ids[i : i + _AT_ONCE] for i in range(0, len(ids), _AT_ONCE))


def _sizes(connection: Connection, owner: int, names: set[str]) -> dict[str, int]:
    """How many anomalies these kept incidents hold."""
    column = schema.anomaly.c.incident_id
    sizes: dict[str, int] = {}
    for some in chunks(sorted(names)):
        query = select(column, func.count()).where(
            schema.anomaly.c.organisation_id == owner, column.in_(some)
        )
        sizes.update((row[0], row[1]) for row in connection.execute(query.group_by(column)))
    return sizes


def _same(anomaly: Anomaly, rows: Iterable[RowMapping], claimed: set[str]) -> RowMapping | None:
    alike = [row for row in rows if row["id"] not in claimed and _is_same(anomaly, row)]
    return next((row for row in alike if row["id"] == anomaly.id), alike[0] if alike else None)


def _is_same(anomaly: Anomaly, row: RowMapping) -> bool:
    begin, end = row["begin_at"], row["end_at"]
    if anomaly.begin is not None and anomaly.end is not None and begin is not None and end is not None:
        return bool(anomaly.begin <= end and begin <= anomaly.end)
    if anomaly.id != row["id"]:
        return False
    before = np.nan if row["actual"] is None else float(row["actual"])
    now = anomaly.actual if math.isfinite(anomaly.actual) else math.nan
    return bool(np.isclose(now, before, rtol=1e-9, atol=0.0, equal_nan=True))


def _home(pairs: Sequence[tuple[Anomaly, RowMapping | None]], claimed: set[str]) -> str:
    """The kept incident that this one is; "" when it is new."""
    homes = [row["incident_id"] for _, row in pairs if row is not None]
    free = [home for home in homes if home not in claimed]
    if not free:
        return ""
    lead = pairs[0][1]
    if lead is not None and lead["incident_id"] in free:
        return str(lead["incident_id"])
    return str(max(sorted(set(free)), key=free.count))


def _free(name: str, used: Callable[[str], bool]) -> str:
    """The id itself, or one made from it where another thing has it already."""
    turn, free = 0, name
    while used(free):
        turn += 1
        free = stable_id(name, turn)
    return free


def _swallowed(
    pairs: Sequence[tuple[Anomaly, RowMapping | None]], own: str, sizes: Mapping[str, int]
) -> tuple[str, ...]:
    """Kept incidents, other than its own, whose every anomaly is in this one."""
    homes = [row["incident_id"] for _, row in pairs if row is not None and row["incident_id"] != own]
    return tuple(home for home in sorted(set(homes)) if homes.count(home) == sizes[home])
