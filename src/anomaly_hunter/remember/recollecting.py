"""Reading what was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, RowMapping, select

from anomaly_hunter.model import Anomaly, Evidence, Incident, Verdict
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.plain import anomaly_of, cause_of, finding_of, number, reasoned_of
from anomaly_hunter.remember.records import Feedback, Kept, Remembered, Said

MANY: Final = 500
"""Of more incidents than these all answers are read at once."""


def kept_incidents(
    connection: Connection, owner: int, *, most: int | None, since: np.datetime64 | None
) -> tuple[Kept, ...]:
    """Incidents that were not merged into others, the last kept first."""
    table = schema.incident
    query = select(table).where(table.c.organisation_id == owner, table.c.state != "merged")
    if since is not None:
        query = query.where(table.c.last_kept_at >= since)
    query = query.order_by(table.c.last_kept_at.desc(), table.c.severity.desc(), table.c.id).limit(most)
    rows = connection.execute(query).mappings().all()
    said = feedback_by_incident(connection, owner, [row["id"] for row in rows])
    return tuple(kept_of(row, said.get(row["id"], ())) for row in rows)


def remembered_incident(connection: Connection, owner: int, name: str) -> Remembered | None:
    """One incident in full; None when there is none of this id. A merged one leads to where it went."""
    table = schema.incident
    row = connection.execute(
        select(table).where(table.c.organisation_id == owner, table.c.id == name)
    ).mappings().first()  # fmt: skip
    if row is not None and row["merged_into"]:
        return remembered_incident(connection, owner, row["merged_into"])
    if row is None:
        return None
    said = feedback_by_incident(connection, owner, [name]).get(name, ())
    verdicts = _verdicts(connection, owner, name)
    anomalies = tuple(anomaly_of(one) for one in _anomalies(connection, owner, name))
    incident = Incident(
        name, anomalies, _verdict(connection, verdicts[-1]), begin=row["begin_at"], end=row["end_at"]
    )
    history = tuple(
        Said(v["kept_at"], v["severity"], v["confidence"], v["headline"], _pair(v["cause"])) for v in verdicts
    )
    return Remembered(kept_of(row, said), incident, history, said)


def every_anomaly(connection: Connection, owner: int) -> tuple[tuple[str, np.datetime64, Anomaly], ...]:
    """Every kept anomaly with the id of its incident and when that was last hunted, oldest first."""
    table, home = schema.anomaly, schema.incident
    both = (table.c.incident_id == home.c.id) & (table.c.organisation_id == home.c.organisation_id)
    query = select(table, home.c.last_kept_at).join_from(table, home, both)
    query = query.where(home.c.organisation_id == owner, home.c.state != "merged")
    rows = connection.execute(query.order_by(table.c.begin_at, table.c.id)).mappings()
    return tuple((row["incident_id"], row["last_kept_at"], anomaly_of(row)) for row in rows)


def kept_of(row: RowMapping, said: Sequence[Feedback]) -> Kept:
    """An incident of the list with what people said of it."""
    cause = (row["cause_kind"], row["cause_name"]) if row["cause_kind"] else None
    right, wrong = turned_out(cause, said)
    return Kept(
        id=row["id"],
        state=row["state"],
        dataset=row["dataset"],
        kind=row["kind"],
        first_kept_at=row["first_kept_at"],
        last_kept_at=row["last_kept_at"],
        times_kept=row["times_kept"],
        begin=row["begin_at"],
        end=row["end_at"],
        severity=row["severity"],
        confidence=row["confidence"],
        headline=row["headline"],
        cause=cause,
        turned_out=right,
        not_it=wrong,
        answers=tuple(f.answer for f in said if f.withdrawn_at is None),
        owner=row["owner"],
        subject=row["subject"] or "",
        silenced=row["silence_id"],
        muted_until=row["muted_until"],
        hunt_id=row["hunt_id"],
    )


def turned_out(
    cause: tuple[str, str] | None, said: Sequence[Feedback]
) -> tuple[tuple[str, str] | None, tuple[tuple[str, str], ...]]:
    """What people say it was (the last word counts), and what they say it was not.

    >>> turned_out(("event", "deploy"), [])
    (None, ())
    """
    right: tuple[str, str] | None = None
    wrong: list[tuple[str, str]] = []
    for one in said:
        if one.withdrawn_at is not None or not one.answer.startswith("cause"):
            continue
        meant = (one.cause_kind, one.cause_name) if one.cause_name else cause
        if meant is None:
            continue
        if one.answer == "cause wrong":
            wrong.append(meant)
            right = None if right == meant else right
        else:
            right = meant
            wrong = [other for other in wrong if other != meant]
    return right, tuple(dict.fromkeys(wrong))


def feedback_rows(
    connection: Connection, owner: int, incident_id: str | None, *, withdrawn: bool
) -> tuple[Feedback, ...]:
    """What people said, in the order they said it."""
    table = schema.feedback
    query = select(table).where(table.c.organisation_id == owner)
    if incident_id is not None:
        query = query.where(table.c.incident_id == incident_id)
    if not withdrawn:
        query = query.where(table.c.withdrawn_at.is_(None))
    return tuple(feedback_of(row) for row in connection.execute(query.order_by(table.c.id)).mappings())


def taken_in(connection: Connection, owner: int, names: Sequence[str] | None) -> dict[str, str]:
    """Incidents that were merged into these (None: into any), each with where it is now."""
    table = schema.incident
    query = select(table.c.id, table.c.merged_into).where(
        table.c.organisation_id == owner, table.c.merged_into.is_not(None)
    )
    if names is None or len(names) > MANY:
        merged = {row.id: row.merged_into for row in connection.execute(query)}
        return {name: _end(name, merged) for name in merged}
    found: dict[str, str] = {}
    ends = {name: name for name in names}
    while ends:
        rows = connection.execute(query.where(table.c.merged_into.in_(list(ends)))).all()
        ends = {row.id: ends[row.merged_into] for row in rows if row.id not in found}
        found |= ends
    return found


def _end(name: str, merged: Mapping[str, str]) -> str:
    while name in merged:
        name = merged[name]
    return name


def feedback_by_incident(
    connection: Connection, owner: int, names: Sequence[str] | None = None
) -> dict[str, tuple[Feedback, ...]]:
    """All answers that count, by incident (None: of all); those to a merged one go with it."""
    merged = taken_in(connection, owner, names)
    found: dict[str, list[Feedback]] = {}
    table = schema.feedback
    query = select(table).where(table.c.organisation_id == owner, table.c.withdrawn_at.is_(None))
    query = query.order_by(table.c.id)
    if names is not None and len(names) <= MANY:
        query = query.where(table.c.incident_id.in_([*names, *merged]))
    for row in connection.execute(query).mappings():
        found.setdefault(merged.get(row["incident_id"], row["incident_id"]), []).append(feedback_of(row))
    return {name: tuple(said) for name, said in found.items()}


def answered_leads(connection: Connection, owner: int) -> tuple[tuple[str, tuple[Feedback, ...]], ...]:
    """Answers that count by incident, with the id of the series that leads it, oldest answer first."""
    said = feedback_by_incident(connection, owner)
    table = schema.anomaly
    leads: dict[str, str] = {}
    for some in chunks(list(said)):
        here = (table.c.organisation_id == owner, table.c.incident_id.in_(some), table.c.position == 0)
        rows = connection.execute(select(table.c.incident_id, table.c.series_id).where(*here))
        leads.update((row[0], row[1]) for row in rows)
    return tuple((leads[name], given) for name, given in said.items() if name in leads)


def feedback_of(row: RowMapping) -> Feedback:
    """The answer of a row."""
    return Feedback(
        incident_id=row["incident_id"],
        answer=row["answer"],
        at=row["at"],
        by=row["by"],
        cause_kind=row["cause_kind"] or "",
        cause_name=row["cause_name"] or "",
        note=row["note"],
        anomaly_id=row["anomaly_id"] or "",
        id=row["id"],
        withdrawn_at=row["withdrawn_at"],
    )


def _anomalies(connection: Connection, owner: int, name: str) -> Sequence[RowMapping]:
    table = schema.anomaly
    query = select(table).where(table.c.organisation_id == owner, table.c.incident_id == name)
    return connection.execute(query.order_by(table.c.position, table.c.id)).mappings().all()


def _verdicts(connection: Connection, owner: int, name: str) -> Sequence[RowMapping]:
    table = schema.verdict
    query = select(table).where(table.c.organisation_id == owner, table.c.incident_id == name)
    return connection.execute(query.order_by(table.c.id)).mappings().all()


def _verdict(connection: Connection, row: RowMapping) -> Verdict:
    table = schema.evidence
    query = select(table).where(table.c.verdict_id == row["id"]).order_by(table.c.position)
    return Verdict(
        severity=row["severity"],
        confidence=row["confidence"],
        headline=row["headline"],
        summary=row["summary"],
        findings=tuple(finding_of(one) for one in row["findings"]),
        evidence=tuple(
            Evidence(e["name"], e["question"], e["statement"], e["numbers"])
            for e in connection.execute(query).mappings()
        ),
        cause=cause_of(row["cause"]),
        candidates=tuple(cause for one in row["candidates"] if (cause := cause_of(one)) is not None),
        disagreement=row["disagreement"],
        recommendations=tuple(row["recommendations"]),
        factors={name: number(value) for name, value in row["factors"].items()},
        answer=row["answer"],
        scope=tuple(row["scope"]),
        runner_up=cause_of(row["runner_up"]),
        reasoned=tuple(reasoned_of(one) for one in row["reasoned"] or ()),
    )


def _pair(cause: Mapping[str, Any] | None) -> tuple[str, str] | None:
    return (cause["kind"], cause["name"]) if cause else None
