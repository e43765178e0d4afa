"""What else happened, as people and programs tell it: deploys, flags, alerts of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select

from anomaly_hunter.errors import UnknownError
from anomaly_hunter.model import Event, iso
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.life.feed import tell
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.store import Store, now

_SERVICE: Final = "service"
MOST: Final = 10_000
"""Events around one hunt."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event, and who told it: ``source`` is the way (api, grafana, alertmanager), ``by`` the caller."""

    id: str
    event: Event
    source: str
    by: str
    kept_at: np.datetime64


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, the latest first; ``next`` is the cursor to earlier ones, "" where there are none."""

    items: tuple[KeptEvent, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Events:
    """The events of an organisation.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as memory:
    ...     events, noon = Events(memory), np.datetime64("2026-03-01T12:00", "ns")
    ...     told = events.add([Event(noon, "deploy", "api v2", "api")], source="api", by="ci")
    ...     again = events.add([Event(noon, "deploy", "api v2", "api")], source="api", by="ci")
    ...     told == again, [event.title for event in events.between(noon, noon)]
    (True, ['api v2'])
    """

    store: Store
    clock: Callable[[], np.datetime64] = now

    def add(self, events: Sequence[Event], *, source: str, by: str) -> tuple[KeptEvent, ...]:
        """Keep them, in the order given; what is told twice is kept once, as it was told first."""
        at = self.clock()
        wanted = [_row(event, source, by, at) for event in events]
        fresh = {row["id"]: row for row in wanted}
        with self.store.writing() as (connection, owner):
            known = _of_ids(connection, owner, list(fresh))
            rows = [{"organisation_id": owner, **row} for name, row in fresh.items() if name not in known]
            if rows:
                connection.execute(insert(schema.event), rows)
            for row in rows:
                tell(connection, owner, at, "event.kept", row["id"], _told(row))
            known = _of_ids(connection, owner, list(fresh))
        return tuple(known[row["id"]] for row in wanted)

    def between(self, begin: np.datetime64, end: np.datetime64, most: int = MOST) -> tuple[Event, ...]:
        """Those from ``begin`` to ``end``, both included, in order of time; the last ``most`` of them."""
        table = schema.event
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            here = (table.c.organisation_id == owner, table.c.at >= begin, table.c.at <= end)
            query = select(table).where(*here).order_by(table.c.at.desc(), table.c.id.desc()).limit(most)
            rows = connection.execute(query).mappings().all()
        return tuple(_kept(row).event for row in reversed(rows))

    def page(
        self,
        after: str = "",
        most: int = 50,
        *,
        since: np.datetime64 | None = None,
        until: np.datetime64 | None = None,
        kind: str = "",
    ) -> EventPage:
        """One page, the latest first: at ``since`` or later, before ``until``, of this kind.

        Raises
        ------
        UsageError
            ``after`` is no cursor of a page before.
        """
        table = schema.event
        here: list[Any] = [table.c.at >= since] if since is not None else []
        here += [table.c.at < until] if until is not None else []
        here += [table.c.kind == text(kind)] if kind else []
        if after:
            last, name = _place(after)
            here.append(or_(table.c.at < last, and_(table.c.at == last, table.c.id < name)))
        with self.store.reading() as (connection, owner):
            if owner is None:
                return EventPage((), "")
            query = select(table).where(table.c.organisation_id == owner, *here)
            query = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(most + 1)
            found = [_kept(row) for row in connection.execute(query).mappings()]
        items = tuple(found[:most])
        place = [items[-1].event.time, items[-1].id] if len(found) > most else []
        return EventPage(items, cursor("events", place) if place else "")

    def one(self, name: str) -> KeptEvent:
        """The event of this id; UnknownError where there is none."""
        with self.store.reading() as (connection, owner):
            found = {} if owner is None else _of_ids(connection, owner, [text(name)])
        if name not in found:
            raise _unknown(name)
        return found[name]

    def remove(self, name: str) -> None:
        """Take one back that was told wrongly; UnknownError where there is none of this id."""
        table = schema.event
        with self.store.writing() as (connection, owner):
            gone = delete(table).where(table.c.organisation_id == owner, table.c.id == text(name))
            if connection.execute(gone).rowcount == 0:
                raise _unknown(name)


def _place(after: str) -> tuple[np.datetime64, str]:
    at, name = opened(after, "events", 2)
    return np.datetime64(at if isinstance(at, int) else 0, "ns"), str(name)


def _row(event: Event, source: str, by: str, at: np.datetime64) -> dict[str, Any]:
    labels = {text(name): text(value) for name, value in event.labels.items() if name != _SERVICE}
    return {
        "id": event.id, "at": event.time, "kind": text(event.kind), "title": text(event.title),
        "labels": {**labels, **({_SERVICE: text(event.service)} if event.service else {})},
        "source": text(source), "by": text(by), "kept_at": at,
    }  # fmt: skip


def _kept(row: RowMapping) -> KeptEvent:
    labels: Mapping[str, str] = row["labels"]
    rest = {name: value for name, value in labels.items() if name != _SERVICE}
    event = Event(row["at"], row["kind"], row["title"], labels.get(_SERVICE, ""), rest)
    return KeptEvent(row["id"], event, row["source"], row["by"], row["kept_at"])


def _of_ids(connection: Connection, owner: int, names: list[str]) -> dict[str, KeptEvent]:
    table, found = schema.event, {}
    for some in chunks(names):
        here = (table.c.organisation_id == owner, table.c.id.in_(some))
        found.update(
            {row["id"]: _kept(row) for row in connection.execute(select(table).where(*here)).mappings()}
        )
    return found


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    service = row["labels"].get(_SERVICE, "")
    return {
        "id": row["id"],
        "at": iso(row["at"]),
        "kind": row["kind"],
        "title": row["title"],
        "service": service,
    }


def _unknown(name: str) -> UnknownError:
    return UnknownError(f"there is no event {name!r}", "an id that the list of events shows", "check it")
