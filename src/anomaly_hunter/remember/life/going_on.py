"""What becomes of a known incident when a hunt sees it again, or sees that it is part of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, RowMapping, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.history import Step, incident_row, settled, write_down
from anomaly_hunter.remember.life.silencing import set_silence
from anomaly_hunter.remember.records import ACTIVE, Silence

MUCH_WORSE: Final = 2.0
"""So much more severity is heard of a muted incident too."""

_FURTHER: Final = ("open", "reopened", "acknowledged", "assigned")


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident as it was kept just now: its columns, if the conclusion is new, what keeps it quiet."""

    row: Mapping[str, Any]
    concluded: bool
    quiet: Silence | None


def go_on(connection: Connection, owner: int, before: RowMapping, seen: Seen, at: np.datetime64) -> None:
    """Write down what changed; reopen what people had settled and what goes on."""
    name = before["id"]
    if seen.concluded:
        said = Step("verdict", at, before=before["headline"], after=seen.row["headline"])
        write_down(connection, owner, name, said)
    why = _awake(connection, owner, before, seen.row)
    if why:
        _become(connection, owner, name, "reopened", Step("reopened", at, text=why))
    quiet = seen.quiet.id if seen.quiet is not None else None
    if before["silence_id"] != quiet:
        step = Step("silenced" if quiet is not None else "unsilenced", at)
        set_silence(connection, owner, before, quiet, step)


def merge(connection: Connection, owner: int, name: str, into: str, at: np.datetime64) -> None:
    """One incident is part of another: that one has its history, comments, answers and owner from now on."""
    table = schema.incident
    mine = table.c.organisation_id == owner
    gone, stays = (incident_row(connection, owner, one) for one in (name, into))
    connection.execute(
        update(table)
        .where(mine, (table.c.id == name) | (table.c.merged_into == name))
        .values(state="merged", merged_into=into)
    )
    carried = {
        "owner": stays["owner"] or gone["owner"],
        "first_kept_at": min(stays["first_kept_at"], gone["first_kept_at"]),
    }
    connection.execute(update(table).where(mine, table.c.id == into).values(carried))
    write_down(connection, owner, into, Step("merged", at, before=name, after=into, text=gone["headline"]))
    state = _joined(stays["state"], gone["state"])
    if state != stays["state"]:
        _become(
            connection, owner, into, state, Step(state, at, text=f"as {name} was, which is part of it now")
        )


def _awake(connection: Connection, owner: int, before: RowMapping, now: Mapping[str, Any]) -> str:
    """Why an incident that was settled needs somebody again; "" where it does not."""
    end, known = now["end_at"], before["settled_end_at"]
    if before["state"] == "resolved":
        return "it went on" if end is not None and (known is None or end > known) else ""
    if before["state"] != "muted":
        return ""
    until = before["muted_until"]
    if until is not None and end is not None and end > until:
        return "it went on after the time for which it was muted"
    worse = now["severity"] - _severity_then(connection, owner, before)
    return f"it is {worse:.1f} worse than when it was muted" if worse >= MUCH_WORSE else ""


def _severity_then(connection: Connection, owner: int, before: RowMapping) -> float:
    """What the verdict said when the state changed last."""
    table = schema.verdict
    query = select(table.c.severity).where(
        table.c.organisation_id == owner,
        table.c.incident_id == before["id"],
        table.c.kept_at <= before["state_at"],
    )
    then = connection.execute(query.order_by(table.c.id.desc()).limit(1)).scalar()
    return float(before["severity"] if then is None else then)


def _joined(stays: str, gone: str) -> Any:
    """The state of an incident that takes another in: the further one, and open while one of them is.

    >>> _joined("open", "assigned"), _joined("resolved", "open"), _joined("muted", "open")
    ('assigned', 'reopened', 'muted')
    """
    if stays in ACTIVE and gone in ACTIVE:
        return max(stays, gone, key=_FURTHER.index)
    return "reopened" if stays == "resolved" and gone in ACTIVE else stays


def _become(connection: Connection, owner: int, name: str, state: Any, step: Step) -> None:
    table = schema.incident
    row = incident_row(connection, owner, name)
    here = (table.c.organisation_id == owner, table.c.id == name)
    connection.execute(update(table).where(*here).values(settled(row, state, step.at)))
    whose = state == "assigned"
    said = Step(
        step.action, step.at, before=None if whose else row["state"],
        after=row["owner"] if whose else state, text=step.text,
    )  # fmt: skip
    write_down(connection, owner, name, said)
