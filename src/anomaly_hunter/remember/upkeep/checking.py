"""Whether a store is whole: the database's own check, and what must hold among our rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, func, select, text

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.engine import in_our_words
from anomaly_hunter.remember.people.audit import Audit
from anomaly_hunter.remember.store import Store

_MOST: Final = 20
_GUARDS: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_refuses_%'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname IN ('audit_stays', 'audit_is_not_emptied')"
    " AND tgenabled <> 'D'",
}

_MUST_BE_NONE: Final = {
    "incidents without a verdict": (
        "SELECT id FROM incident i WHERE NOT EXISTS (SELECT 1 FROM verdict v"
        " WHERE v.organisation_id = i.organisation_id AND v.incident_id = i.id)"
    ),
    "merged incidents that lead nowhere": (
        "SELECT id FROM incident i WHERE (merged_into IS NOT NULL OR state = 'merged') AND NOT EXISTS"
        " (SELECT 1 FROM incident j WHERE j.organisation_id = i.organisation_id AND j.id = i.merged_into)"
    ),
    "incidents without an anomaly": (
        "SELECT id FROM incident i WHERE state <> 'merged' AND NOT EXISTS (SELECT 1 FROM anomaly a"
        " WHERE a.organisation_id = i.organisation_id AND a.incident_id = i.id)"
    ),
    "incidents quiet by a silence that is not there": (
        "SELECT id FROM incident i WHERE silence_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silence s"
        " WHERE s.organisation_id = i.organisation_id AND s.id = i.silence_id)"
    ),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong, in words (nothing: all is well), and how many rows each table has."""

    wrong: tuple[str, ...]
    rows: dict[str, int]


def check(store: Store) -> Checked:
    """Look at every page and every row of the store; nothing is changed. StoreError where it is damaged."""
    with in_our_words(store.url), store.engine.connect() as connection:
        wrong = [*_by_the_database(connection)]
        for what, query in _MUST_BE_NONE.items():
            names = connection.execute(text(f"{query} LIMIT {_MOST}")).scalars().all()
            if names:
                wrong.append(f"{what}: {', '.join(map(str, names))}")
        rows = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar() or 0
            for table in schema.metadata.sorted_tables
        }
        wrong += _of_the_audit_log(store, connection)
    return Checked(tuple(wrong), rows)


def _of_the_audit_log(store: Store, connection: Connection) -> list[str]:
    """Whether each organisation's chain holds, and what keeps entries from being changed is still there."""
    wrong = []
    for name in connection.execute(select(schema.organisation.c.name)).scalars():
        broken_at = Audit(replace(store, organisation=name)).verify().broken_at
        if broken_at is not None:
            wrong.append(f"the audit log of {name} from entry {broken_at} on")
    if len(connection.execute(text(_GUARDS[connection.dialect.name])).all()) < 2:
        wrong.append("the triggers that keep the audit log as it is")
    return wrong


def _by_the_database(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    said = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars().all()
    found = [f"the file: {line}" for line in said if line != "ok"]
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()[:_MOST]
    return found + [f"{row[0]} row {row[1]} belongs to a {row[2]} that is not there" for row in lost]
