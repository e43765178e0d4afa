"""Writing what a hunt found, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, and_, delete, insert, select, update

from anomaly_hunter.model import Hunt, Incident, Verdict, stable_id
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.fingerprint import fingerprint
from anomaly_hunter.remember.hunts.recording import Recording, record
from anomaly_hunter.remember.knowing import chunks, met
from anomaly_hunter.remember.life.going_on import Seen, go_on, merge
from anomaly_hunter.remember.life.history import Step, write_down
from anomaly_hunter.remember.life.silencing import active_silences, fitting
from anomaly_hunter.remember.plain import anomaly_plain, plain, text, verdict_plain
from anomaly_hunter.remember.records import Silence

Row = dict[str, Any]


def keep_hunt(
    connection: Connection, owner: int, hunt: Hunt, at: np.datetime64, made: Recording
) -> tuple[str, ...]:
    """Keep every incident of the hunt; what is known already is brought up to date. Their ids."""
    known = met(connection, owner, hunt.incidents)
    _keep_series(connection, owner, hunt, at)
    silences = active_silences(connection, owner, at) if known else ()
    for one in known:
        name, row = one.incident.id, _incident_row(hunt, one.incident, at)
        before = _keep_incident(connection, owner, row)
        _keep_anomalies(connection, owner, one.incident)
        quiet = fitting(silences, row | {"labels": _labels(hunt, one.incident)})
        if before is None:
            _open(connection, owner, name, quiet, at)
        for other in one.takes_in:
            merge(connection, owner, other, name, at)
        said = _keep_verdict(connection, owner, one.incident, at)
        if before is not None:
            go_on(connection, owner, before, Seen(row, said, quiet), at)
    record(connection, owner, hunt, [one.incident for one in known], at, made)
    return tuple(one.incident.id for one in known)


def _keep_series(connection: Connection, owner: int, hunt: Hunt, at: np.datetime64) -> None:
    table = schema.series
    concerned = {a.subject_id for incident in hunt.incidents for a in incident.anomalies}
    rows = {
        row["id"]: row
        for detection in hunt.detections
        for row in _subject_rows(detection.series, detection.table)
        if row["id"] in concerned
    }
    for some in chunks(sorted(rows)):
        here = and_(table.c.organisation_id == owner, table.c.id.in_(some))
        known = set(connection.execute(select(table.c.id).where(here)).scalars())
        connection.execute(update(table).where(here).values(last_seen_at=at))
        times = {"organisation_id": owner, "first_seen_at": at, "last_seen_at": at}
        fresh = [rows[name] | times for name in some if name not in known]
        if fresh:
            connection.execute(insert(table), fresh)


def _subject_rows(series: Any, table: Any) -> list[Row]:
    found = []
    if series is not None:
        found.append({
            "id": series.id, "kind": "series", "name": text(series.name), "title": text(series.title),
            "source": text(series.source), "unit": text(series.unit), "labels": plain(series.labels),
        })  # fmt: skip
    if table is not None:
        found.append({
            "id": table.id, "kind": "table", "name": text(table.name), "title": text(table.name),
            "source": "", "unit": "", "labels": {},
        })  # fmt: skip
    return found


def _incident_row(hunt: Hunt, incident: Incident, at: np.datetime64) -> Row:
    verdict = incident.verdict
    return {
        "id": incident.id,
        "dataset": text(hunt.dataset.name),
        "kind": hunt.dataset.kind,
        "last_kept_at": at,
        "times_kept": 1,
        "begin_at": incident.begin,
        "end_at": incident.end,
        "severity": plain(verdict.severity) or 0.0,
        "confidence": plain(verdict.confidence) or 0.0,
        "headline": text(verdict.headline),
        "cause_kind": verdict.cause.kind if verdict.cause else None,
        "cause_name": text(verdict.cause.name) if verdict.cause else None,
        "fingerprint": fingerprint(hunt, incident).plain(),
        "subject": text(incident.lead.subject),
    }


def _labels(hunt: Hunt, incident: Incident) -> Mapping[str, Any]:
    found = (d.series for d in hunt.detections if d.series is not None)
    return next((plain(one.labels) for one in found if one.id == incident.lead.subject_id), {})


def _keep_incident(connection: Connection, owner: int, row: Row) -> RowMapping | None:
    """Keep what is said of it now; its row before, None for a new one."""
    table = schema.incident
    here = and_(table.c.organisation_id == owner, table.c.id == row["id"])
    before = connection.execute(select(table).where(here)).mappings().first()
    if before is None:
        new = {"organisation_id": owner, "first_kept_at": row["last_kept_at"], "state": "open"}
        connection.execute(insert(table).values(row | new))
    else:
        row |= {"times_kept": before["times_kept"] + 1, **_span(before, row)}
        connection.execute(update(table).where(here).values(row))
    return before


def _open(connection: Connection, owner: int, name: str, quiet: Silence | None, at: np.datetime64) -> None:
    """It is new: said once it is known whether anybody is to hear of it."""
    if quiet is not None:
        table = schema.incident
        here = and_(table.c.organisation_id == owner, table.c.id == name)
        connection.execute(update(table).where(here).values(silence_id=quiet.id))
    write_down(connection, owner, name, Step("opened", at, after="open"))
    if quiet is not None:
        write_down(connection, owner, name, Step("silenced", at, after=quiet.id))


def _keep_anomalies(connection: Connection, owner: int, incident: Incident) -> None:
    table, rows = schema.anomaly, {}
    for position, anomaly in enumerate(incident.anomalies):
        rows[anomaly.id] = {
            "organisation_id": owner, "id": anomaly.id, "incident_id": incident.id,
            "series_id": anomaly.subject_id, "position": position, **anomaly_plain(anomaly),
        }  # fmt: skip
    for some in chunks(list(rows)):
        here = and_(table.c.organisation_id == owner, table.c.id.in_(some))
        for before in connection.execute(select(table).where(here)).mappings():
            rows[before["id"]] |= _span(before, rows[before["id"]])
        connection.execute(delete(table).where(here))
    connection.execute(insert(table), list(rows.values()))


def _span(before: RowMapping, now: Row) -> Row:
    """From the earlier begin to the later end: a later hunt may see less of the data."""
    begins = [row["begin_at"] for row in (before, now) if row["begin_at"] is not None]
    ends = [row["end_at"] for row in (before, now) if row["end_at"] is not None]
    return {"begin_at": min(begins, default=None), "end_at": max(ends, default=None)}


def _keep_verdict(connection: Connection, owner: int, incident: Incident, at: np.datetime64) -> bool:
    """One more row when something new was concluded; whether it was."""
    columns = verdict_plain(incident.verdict)
    reasoned = [(one.role, one.model, one.stands) for one in incident.verdict.reasoned]  # not what it cost
    concluded = {name: value for name, value in columns.items() if name != "reasoned"}
    said = (concluded, reasoned) if reasoned else (concluded,)
    digest = stable_id("verdict", *said, [(e.id, e.statement) for e in incident.verdict.evidence])
    table = schema.verdict
    last = select(table.c.digest).where(table.c.organisation_id == owner, table.c.incident_id == incident.id)
    if connection.execute(last.order_by(table.c.id.desc()).limit(1)).scalar() == digest:
        return False
    row = {"organisation_id": owner, "incident_id": incident.id, "kept_at": at, "digest": digest, **columns}
    key = connection.execute(insert(table).values(row)).inserted_primary_key
    evidence = _evidence_rows(owner, int(key[0]) if key else 0, incident.verdict)
    if evidence:
        connection.execute(insert(schema.evidence), evidence)
    return True


def _evidence_rows(owner: int, verdict_id: int, verdict: Verdict) -> Sequence[Row]:
    return [
        {
            "verdict_id": verdict_id, "position": position, "organisation_id": owner, "name": text(e.id),
            "question": text(e.question), "statement": text(e.statement), "numbers": plain(e.numbers),
        }
        for position, e in enumerate(verdict.evidence)
    ]  # fmt: skip
