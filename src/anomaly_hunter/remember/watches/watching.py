"""Watches in the store: those of the settings file and those that people made."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, insert, or_, select, update

from anomaly_hunter.errors import ConflictError, UnknownError, UsageError
from anomaly_hunter.model import stable_id
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life.feed import tell
from anomaly_hunter.remember.plain import plain, text
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.watches.runs import Run, last_runs

Origin: TypeAlias = Literal["file", "people"]
MOST_WATCHES: Final = 1_000
_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at again and again, and where that stands.

    Attributes
    ----------
    definition:
        Source, interval and settings in plain values; a secret in it is the name of a variable.
    origin:
        "file": it stands in the settings file; "people": it was made over the API or on a page.
    seen_until:
        The end of the last window that was hunted; None: none was.
    next_at:
        When it is due; None: at once.
    failures:
        Runs that failed since the last that did not.
    last:
        The last run, also one that still runs.
    """

    id: str
    name: str
    definition: Mapping[str, Any]
    origin: Origin
    enabled: bool
    by: str
    made_at: np.datetime64
    seen_until: np.datetime64 | None
    next_at: np.datetime64 | None
    failures: int
    last: Run | None = None


@dataclass(frozen=True, slots=True)
class Watches:
    """The watches of an organisation. Every call is one transaction, told to listeners as it is done."""

    store: Store

    def all(self) -> tuple[Watch, ...]:
        """All that were not removed, by name."""
        with self.store.reading() as (connection, owner):
            return () if owner is None else _watches(connection, owner)

    def find(self, name: str) -> Watch | None:
        """The watch of this id or name; None where there is none."""
        return next((one for one in self.all() if name in (one.id, one.name)), None)

    def one(self, name: str) -> Watch:
        """The watch of this id or name.

        Raises
        ------
        UnknownError
            There is none.
        """
        found = self.find(name)
        if found is None:
            raise UnknownError(
                f"there is no watch {name[:_NAME]!r}", "one that `hunter watch list` shows", "check it"
            )
        return found

    def due(self, at: np.datetime64) -> tuple[Watch, ...]:
        """Those that are enabled and whose time has come, the one that waits longest first."""
        table = schema.watch
        come = and_(table.c.enabled, or_(table.c.next_at.is_(None), table.c.next_at <= at))
        with self.store.reading() as (connection, owner):
            found = () if owner is None else _watches(connection, owner, come)
        beginning = np.datetime64(0, "ns")
        return tuple(sorted(found, key=lambda one: (one.next_at or beginning, one.id)))

    def make(
        self, name: str, definition: Mapping[str, Any], by: str, at: np.datetime64, *, enabled: bool = True
    ) -> Watch:
        """A watch that people make; it is due at once.

        Raises
        ------
        UsageError
            The name is empty or too long.
        ConflictError
            It is taken, or there are too many.
        """
        called = _called(name)
        with self.store.writing() as (connection, owner):
            _check_room(connection, owner)
            _check_free(connection, owner, called)
            new = secrets.token_hex(6)
            row = {"definition": plain(definition), "origin": "people", "enabled": enabled}
            _insert(connection, owner, new, {"name": called, "by": text(by), "made_at": at, **row})
            _told(connection, owner, at, new, {"name": called, "by": text(by), "what": "made"})
            return _one(connection, owner, new)

    def change(
        self,
        watch_id: str,
        by: str,
        at: np.datetime64,
        *,
        name: str | None = None,
        definition: Mapping[str, Any] | None = None,
        enabled: bool | None = None,
    ) -> Watch:
        """Change what is given. What stands in the settings file can only be paused and resumed here.

        Raises
        ------
        UnknownError
            There is no such watch.
        ConflictError
            It stands in the file, or the name is taken.
        """
        with self.store.writing() as (connection, owner):
            now = _one(connection, owner, watch_id)
            if now.origin == "file" and (name is not None or definition is not None):
                raise ConflictError(
                    f"the watch {now.name} stands in hunter.yaml",
                    "a watch that people made",
                    "change it there",
                )
            values: dict[str, Any] = {}
            if name is not None and _called(name) != now.name:
                _check_free(connection, owner, _called(name))
                values["name"] = _called(name)
            if definition is not None:
                values |= {"definition": plain(definition), "next_at": None, "failures": 0}
            if enabled is not None:
                values["enabled"] = enabled
            if values:
                _update(connection, owner, watch_id, values)
                what = "changed" if enabled is None else "resumed" if enabled else "paused"
                about = {"name": values.get("name", now.name), "by": text(by), "what": what}
                _told(connection, owner, at, watch_id, about)
            return _one(connection, owner, watch_id)

    def run_now(self, watch_id: str, by: str, at: np.datetime64) -> Watch:
        """Make it due: what runs the schedule takes it up at its next look.

        Raises
        ------
        UnknownError
            There is no such watch.
        ConflictError
            It pauses.
        """
        with self.store.writing() as (connection, owner):
            now = _one(connection, owner, watch_id)
            if not now.enabled:
                raise ConflictError(f"the watch {now.name} pauses", "one that is enabled", "resume it first")
            _update(connection, owner, watch_id, {"next_at": at})
            _told(connection, owner, at, watch_id, {"name": now.name, "by": text(by), "what": "run now"})
            return _one(connection, owner, watch_id)

    def remove(self, watch_id: str, by: str, at: np.datetime64) -> None:
        """Take it off the list; its runs and incidents stay.

        Raises
        ------
        UnknownError
            There is no such watch.
        ConflictError
            It stands in the file.
        """
        with self.store.writing() as (connection, owner):
            now = _one(connection, owner, watch_id)
            if now.origin == "file":
                raise ConflictError(
                    f"the watch {now.name} stands in hunter.yaml",
                    "a watch that people made",
                    "remove it there, or pause it",
                )
            _remove(connection, owner, now, at)
            _told(connection, owner, at, watch_id, {"name": now.name, "by": text(by), "what": "removed"})

    def settle(self, wanted: Mapping[str, Mapping[str, Any]], at: np.datetime64) -> tuple[str, ...]:
        """Bring the watches of the settings file in line with it; the names that people's watches hold.

        ``wanted`` are definitions by name. One that left the file is removed, and comes back with
        what it had seen when it stands there again. Nothing is written where nothing changed.
        """
        rows = {_called(name): plain(definition) for name, definition in wanted.items()}
        here = self.all()
        taken = {one.name for one in here if one.origin == "people"}
        wanted_now = {
            name: definition
            for name, definition in rows.items()
            if name not in taken
        }  # fmt: skip
        known = {one.name: one for one in here if one.origin == "file"}
        fresh = {n: d for n, d in wanted_now.items() if n not in known or known[n].definition != d}
        gone = [one for name, one in known.items() if name not in wanted_now]
        if fresh or gone:
            with self.store.writing() as (connection, owner):
                for one in gone:
                    _remove(connection, owner, one, at)
                    _told(connection, owner, at, one.id, {"name": one.name, "by": "", "what": "removed"})
                for name, definition in fresh.items():
                    _settle(connection, owner, name, definition, at)
        return tuple(sorted(taken & set(rows)))


def organisations(store: Store) -> tuple[str, ...]:
    """The organisations that have a watch, for who runs the watches of all of them."""
    watch, organisation = schema.watch, schema.organisation
    query = (
        select(organisation.c.name)
        .join(watch, watch.c.organisation_id == organisation.c.id)
        .where(watch.c.removed_at.is_(None))
        .distinct()
        .order_by(organisation.c.name)
    )
    with store.reading() as (connection, _):
        return tuple(connection.execute(query).scalars())


def _settle(
    connection: Connection, owner: int, name: str, definition: dict[str, Any], at: np.datetime64
) -> None:
    """One watch of the file: new, changed, or there again."""
    table = schema.watch
    watch_id = stable_id("watch", owner, name)
    here = and_(table.c.organisation_id == owner, table.c.id == watch_id)
    row = {"name": name, "definition": definition, "enabled": bool(definition.get("enabled", True))}
    if connection.execute(select(table.c.id).where(here)).first() is None:
        _insert(connection, owner, watch_id, {**row, "origin": "file", "by": "", "made_at": at})
        what = "made"
    else:
        again = {"removed_at": None, "next_at": None, "failures": 0}
        _update(connection, owner, watch_id, row | again)
        what = "changed"
    _told(connection, owner, at, watch_id, {"name": name, "by": "", "what": what})


def _watches(
    connection: Connection, owner: int, which: ColumnElement[bool] | None = None
) -> tuple[Watch, ...]:
    table = schema.watch
    query = select(table).where(table.c.organisation_id == owner, table.c.removed_at.is_(None))
    if which is not None:
        query = query.where(which)
    rows = connection.execute(query.order_by(table.c.name)).mappings().all()
    last = last_runs(connection, owner, [row["id"] for row in rows])
    return tuple(_watch(row, last.get(row["id"])) for row in rows)


def _watch(row: RowMapping, last: Run | None) -> Watch:
    names = (
        "id",
        "name",
        "definition",
        "origin",
        "enabled",
        "by",
        "made_at",
        "seen_until",
        "next_at",
        "failures",
    )
    return Watch(**{name: row[name] for name in names}, last=last)


def _one(connection: Connection, owner: int, watch_id: str) -> Watch:
    found = _watches(connection, owner, schema.watch.c.id == watch_id)
    if not found:
        raise UnknownError(
            f"there is no watch {watch_id[:_NAME]!r}", "one that `hunter watch list` shows", "check it"
        )
    return found[0]


def _insert(connection: Connection, owner: int, watch_id: str, row: Mapping[str, Any]) -> None:
    whole = {"organisation_id": owner, "id": watch_id, "failures": 0, **row}
    connection.execute(insert(schema.watch).values(whole))


def _update(connection: Connection, owner: int, watch_id: str, values: Mapping[str, Any]) -> None:
    table = schema.watch
    here = and_(table.c.organisation_id == owner, table.c.id == watch_id)
    connection.execute(update(table).where(here).values(**values))


def _remove(connection: Connection, owner: int, watch: Watch, at: np.datetime64) -> None:
    """Its name is free again."""
    values = {"removed_at": at, "name": f"{watch.name} (removed {watch.id})"}
    _update(connection, owner, watch.id, values)


def _told(
    connection: Connection, owner: int, at: np.datetime64, watch_id: str, about: Mapping[str, Any]
) -> None:
    tell(connection, owner, at, "watch.changed", watch_id, {"id": watch_id, **about})


def _called(name: str) -> str:
    called = " ".join(text(name).split())
    if not called or len(called) > _NAME or not called.isprintable():
        raise UsageError(
            f"the watch is called {name[:_NAME]!r}",
            f"1 to {_NAME} printable characters",
            "choose another name",
        )
    return called


def _check_room(connection: Connection, owner: int) -> None:
    table = schema.watch
    query = select(func.count()).where(table.c.organisation_id == owner, table.c.removed_at.is_(None))
    if (connection.execute(query).scalar() or 0) >= MOST_WATCHES:
        raise ConflictError(f"there are {MOST_WATCHES:,} watches", "fewer", "remove one first")


def _check_free(connection: Connection, owner: int, name: str) -> None:
    table = schema.watch
    query = select(table.c.id).where(table.c.organisation_id == owner, table.c.name == name)
    if connection.execute(query).first() is not None:
        raise ConflictError(f"there is a watch {name!r} already", "a name that is free", "choose another")
