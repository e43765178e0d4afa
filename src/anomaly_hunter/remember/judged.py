"""What answers were given on: the verdicts and anomalies of many incidents, read at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from anomaly_hunter.model import Anomaly, Cause, Finding
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.plain import anomaly_of, cause_of, finding_of
from anomaly_hunter.remember.recollecting import taken_in
from anomaly_hunter.remember.records import Remembered


@dataclass(frozen=True, slots=True)
class Judged:
    """An incident as far as learning looks at it; the anomalies in their order, the leading one first."""

    id: str
    last_kept_at: np.datetime64
    anomalies: tuple[Anomaly, ...]
    cause: Cause | None
    confidence: float
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, found: Remembered) -> Judged:
        """The same of an incident that was read in full."""
        verdict = found.incident.verdict
        return cls(
            found.kept.id, found.kept.last_kept_at, found.incident.anomalies,
            verdict.cause, verdict.confidence, verdict.findings,
        )  # fmt: skip


def judged(connection: Connection, owner: int, answered: Collection[str]) -> dict[str, Judged]:
    """These incidents under the ids that are asked for; a merged one is where it went."""
    went = {**{name: name for name in answered}, **taken_in(connection, owner, None)}
    ids = sorted({went[name] for name in answered})
    found: dict[str, Judged] = {}
    for some in chunks(ids):
        found |= _judged(connection, owner, some, _anomalies(connection, owner, some))
    return {name: found[went[name]] for name in answered if went[name] in found}


def _judged(
    connection: Connection, owner: int, names: Collection[str], anomalies: Mapping[str, list[Anomaly]]
) -> dict[str, Judged]:
    """With the last verdict of each."""
    home, table = schema.incident, schema.verdict
    last = (
        select(func.max(table.c.id))
        .where(table.c.organisation_id == owner, table.c.incident_id.in_(names))
        .group_by(table.c.incident_id)
    )
    columns = (home.c.id, home.c.last_kept_at, table.c.cause, table.c.confidence, table.c.findings)
    both = (home.c.id == table.c.incident_id) & (home.c.organisation_id == table.c.organisation_id)
    query = select(*columns).join_from(table, home, both)
    query = query.where(table.c.organisation_id == owner, table.c.id.in_(last))
    return {
        name: Judged(
            name, kept_at, tuple(anomalies.get(name, ())), cause_of(cause), confidence,
            tuple(finding_of(one) for one in findings),
        )
        for name, kept_at, cause, confidence, findings in connection.execute(query)
    }  # fmt: skip


def _anomalies(connection: Connection, owner: int, names: Collection[str]) -> dict[str, list[Anomaly]]:
    """Of each incident its anomalies, in their order."""
    table = schema.anomaly
    query = select(table).where(table.c.organisation_id == owner, table.c.incident_id.in_(names))
    found: dict[str, list[Anomaly]] = {}
    ordered = query.order_by(table.c.incident_id, table.c.position, table.c.id)
    for row in connection.execute(ordered).mappings():
        found.setdefault(row["incident_id"], []).append(anomaly_of(row))
    return found


def titles(connection: Connection, owner: int) -> dict[str, str]:
    """What each series and table is called, by its id."""
    table = schema.series
    query = select(table.c.id, table.c.title).where(table.c.organisation_id == owner)
    return {row.id: row.title for row in connection.execute(query)}
