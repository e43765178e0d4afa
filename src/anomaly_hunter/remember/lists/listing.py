"""The list of incidents: pages, counts, how it went over time, what is alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Column, ColumnElement, and_, func, or_, select

from anomaly_hunter.model import Past
from anomaly_hunter.remember import recalling, schema
from anomaly_hunter.remember.life.history import incident_row, unknown
from anomaly_hunter.remember.lists.asked import Asked, Page, Sort, conditions
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.lists.timeline import Bucket, Lane, Span, lanes, severities
from anomaly_hunter.remember.recollecting import feedback_by_incident, kept_of
from anomaly_hunter.remember.records import ACTIVE, STATES
from anomaly_hunter.remember.store import Store

__all__ = ["Asked", "Bucket", "Lane", "Listing", "Page", "Sort", "Span"]

_SORTED: Final[dict[str, tuple[str, ...]]] = {
    "latest": ("last_kept_at", "severity"),
    "severity": ("severity", "last_kept_at"),
    "begin": ("begin_at",),
}
"""By these columns, the largest first, then by id; only begin_at can be missing: such come last."""

EVERYTHING: Final = Asked(silenced=None)


@dataclass(frozen=True, slots=True)
class Listing:
    """Reading the list of incidents; nothing is skipped or shown twice while hunts add to it.

    A page goes on where the one before ended (by sort key and id), so that what was added in between
    moves nothing.
    """

    store: Store

    def page(self, asked: Asked = EVERYTHING) -> Page:
        """The incidents that are asked for. UsageError for a cursor of another list."""
        table = schema.incident
        with self.store.reading() as (connection, owner):
            if owner is None:
                return Page((), "")
            where = conditions(owner, asked)
            if asked.after:
                where.append(_beyond(asked))
            columns = [column for column in table.c if column.name != "fingerprint"]
            query = select(*columns).where(*where).order_by(*_order(asked)).limit(asked.most + 1)
            rows = connection.execute(query).mappings().all()
            shown = rows[: asked.most]
            said = feedback_by_incident(connection, owner, [row["id"] for row in shown])
            items = tuple(kept_of(row, said.get(row["id"], ())) for row in shown)
        last = shown[-1] if len(rows) > len(shown) else None
        place = [*(last[name] for name in _SORTED[asked.sort]), last["id"]] if last is not None else []
        return Page(items, cursor(asked.sort, place) if last is not None else "")

    def counts(self, asked: Asked = Asked()) -> dict[str, int]:  # noqa: B008 - frozen
        """How many there are in each state, whatever ``asked.states``; and "active", "all", "silenced".

        The states count what ``asked.silenced`` lets through; "silenced" counts all that are.
        """
        table = schema.incident
        counted = dict.fromkeys(
            [*(state for state in STATES if state != "merged"), "active", "all", "silenced"], 0
        )
        with self.store.reading() as (connection, owner):
            if owner is None:
                return counted
            where = conditions(owner, asked, states=False, quiet=False)
            query = select(table.c.state, func.count(), func.count(table.c.silence_id)).where(*where)
            for state, many, quiet in connection.execute(query.group_by(table.c.state)):
                shown = {None: many, True: quiet, False: many - quiet}[asked.silenced]
                counted[state] = shown
                counted["all"] += shown
                counted["active"] += shown if state in ACTIVE else 0
                counted["silenced"] += quiet
        return counted

    def severities(
        self,
        since: np.datetime64,
        until: np.datetime64,
        step: np.timedelta64,
        *,
        silenced: bool | None = False,
    ) -> tuple[Bucket, ...]:
        """For each step of that time the worst severity and the number of incidents; at most 2,000 steps."""
        asked = Asked(since=since, until=until, silenced=silenced)
        with self.store.reading() as (connection, owner):
            return severities(connection, -1 if owner is None else owner, asked, step)

    def lanes(
        self, since: np.datetime64, until: np.datetime64, most: int = 20, *, silenced: bool | None = False
    ) -> tuple[Lane, ...]:
        """Series x time: the series that lead the worst incidents of that time, with their anomalies."""
        asked = Asked(since=since, until=until, silenced=silenced)
        with self.store.reading() as (connection, owner):
            return () if owner is None else lanes(connection, owner, asked, most)

    def similar(self, name: str) -> tuple[Past, ...]:
        """Other incidents that are like this one, the most alike first. UsageError for an unknown id."""
        with self.store.reading() as (connection, owner):
            if owner is None:
                raise unknown(name)
            return recalling.alike(connection, owner, incident_row(connection, owner, name)["id"])


def _order(asked: Asked) -> list[ColumnElement[Any]]:
    table = schema.incident
    columns = [table.c[name].desc() for name in _SORTED[asked.sort]]
    if asked.sort == "begin":
        columns = [columns[0].nulls_last()]
    return [*columns, table.c.id.asc()]


def _beyond(asked: Asked) -> ColumnElement[bool]:
    """What comes after the cursor's place, in the order of the list."""
    table, names = schema.incident, _SORTED[asked.sort]
    *values, last = opened(asked.after, asked.sort, len(names) + 1)
    found: ColumnElement[bool] = table.c.id > str(last)
    for name, given in zip(reversed(names), reversed(values), strict=True):
        found = _after(table.c[name], given, found)
    return found


def _after(column: Column[Any], given: Any, then: ColumnElement[bool]) -> ColumnElement[bool]:
    if column.name == "severity":
        value: Any = float(given) if isinstance(given, int | float) else 0.0
    elif isinstance(given, int):
        value = np.datetime64(given, "ns")
    else:
        return and_(column.is_(None), then)
    beyond = or_(column < value, and_(column == value, then))
    if column.nullable:
        return or_(beyond, column.is_(None))
    return and_(column <= value, beyond)
