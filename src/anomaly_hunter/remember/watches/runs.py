"""Runs of watches: each window is claimed by one program, and told as done in the hunt's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, select, update

from anomaly_hunter.errors import StoreBusyError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.life.feed import tell
from anomaly_hunter.remember.plain import finite, text
from anomaly_hunter.remember.store import Store

RunState: TypeAlias = Literal["running", "done", "failed"]
KEPT_RUNS: Final = 500
"""Of each watch; older ones are forgotten."""
_ERROR: Final = 2_000


@dataclass(frozen=True, slots=True)
class Run:
    """One look of a watch at its window, from ``begin`` to before ``end``.

    ``points`` are those of the window: 0 says that nothing came. ``incident_ids`` are those that
    touch the window or were not known before. ``attempts`` counts the programs that began it and have
    not come back. ``holder`` is another one at each attempt.
    """

    id: int
    watch_id: str
    begin: np.datetime64
    end: np.datetime64
    state: RunState
    attempts: int
    holder: str
    held_until: np.datetime64
    started_at: np.datetime64
    finished_at: np.datetime64 | None
    took_ms: float | None
    points: int | None
    incident_ids: tuple[str, ...]
    hunt_id: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of an organisation's watches."""

    store: Store

    def of(self, watch_id: str, most: int = 50, before: int | None = None) -> tuple[Run, ...]:
        """The runs of a watch, the last first; those with a smaller id than ``before``, to go on."""
        table = schema.run
        with self.store.reading() as (connection, owner):
            query = select(table).where(table.c.organisation_id == owner, table.c.watch_id == watch_id)
            if before is not None:
                query = query.where(table.c.id < before)
            rows = connection.execute(query.order_by(table.c.id.desc()).limit(most)).mappings()
            return tuple(map(_run, rows)) if owner is not None else ()

    def known(self, incident_ids: Sequence[str]) -> frozenset[str]:
        """Which of these incidents are kept already."""
        table = schema.incident
        found: set[str] = set()
        with self.store.reading() as (connection, owner):
            for some in chunks(list(incident_ids)):
                here = and_(table.c.organisation_id == owner, table.c.id.in_(some))
                found |= set(connection.execute(select(table.c.id).where(here)).scalars())
        return frozenset(found)

    def claim(
        self,
        watch_id: str,
        window: tuple[np.datetime64, np.datetime64] | None,
        holder: str,
        at: np.datetime64,
        until: np.datetime64,
    ) -> Run | None:
        """The run of this window, held by ``holder`` until ``until``; None where there is nothing to do.

        A run whose holder did not come back in time is taken over as it was, before anything new
        begins. Nothing is claimed while another program holds a run of this watch, after another
        one hunted the window, or while the watch pauses.
        """
        with self.store.writing() as (connection, owner):
            watch = connection.execute(
                select(schema.watch).where(
                    schema.watch.c.organisation_id == owner, schema.watch.c.id == watch_id
                )
            ).mappings().first()  # fmt: skip
            if watch is None or not watch["enabled"] or watch["removed_at"] is not None:
                return None
            held: dict[str, Any] = {
                "holder": text(holder), "held_until": until, "started_at": at, "finished_at": None,
            }  # fmt: skip
            running = _first(connection, owner, watch_id, schema.run.c.state == "running")
            if running is not None:
                return None if running.held_until > at else _taken(connection, owner, running, held)
            if window is None or (watch["seen_until"] is not None and window[0] < watch["seen_until"]):
                return None  # another program was faster: what it hunted is not hunted again
            failed = _first(connection, owner, watch_id, schema.run.c.end_at == window[1])
            if failed is not None:
                return _taken(connection, owner, failed, held | {"begin_at": window[0], "attempts": 1})
            row = {
                "organisation_id": owner, "watch_id": watch_id, "begin_at": window[0], "end_at": window[1],
                "state": "running", "attempts": 1, "incident_ids": [], "error": "", **held,
            }  # fmt: skip
            key = connection.execute(insert(schema.run).values(row)).inserted_primary_key
            return _by_id(connection, owner, int(key[0]) if key else 0)

    def wait(self, watch_id: str, next_at: np.datetime64) -> None:
        """The watch is not due before then."""
        with self.store.writing() as (connection, owner):
            _settle(connection, owner, watch_id, {"next_at": next_at})

    def renew(self, run: Run, until: np.datetime64) -> bool:
        """Hold it longer; False where it is not held any more."""
        with self.store.writing() as (connection, owner):
            return _changed(connection, owner, run, {"held_until": until})

    def done(
        self,
        run: Run,
        at: np.datetime64,
        next_at: np.datetime64,
        *,
        took_ms: float,
        points: int,
        incident_ids: Sequence[str],
        hunt_id: str | None = None,
    ) -> None:
        """The window was hunted. Called within :meth:`Store.at_once`, together with keeping the hunt.

        Raises
        ------
        StoreBusyError
            Another program took the run over: nothing of this transaction may stay.
        """
        values = {
            "state": "done", "finished_at": at, "took_ms": finite(took_ms), "points": int(points),
            "incident_ids": list(incident_ids), "hunt_id": hunt_id, "error": "",
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            if not _changed(connection, owner, run, values):
                raise StoreBusyError(
                    f"the window until {run.end} was taken over by another program",
                    f"an answer before {run.held_until}",
                    "nothing is lost: the other program hunts it",
                )
            watch = {"seen_until": run.end, "next_at": next_at, "failures": 0}
            about = {"state": "done", "took_ms": took_ms, "points": points, "incidents": list(incident_ids)}
            _settle(connection, owner, run.watch_id, watch)
            _told(connection, owner, run, at, about)
            _forget(connection, owner, run.watch_id)

    def failed(self, run: Run, at: np.datetime64, next_at: np.datetime64, error: str) -> bool:
        """It did not work out; the window stays to be hunted. False where another program has it by now."""
        said = text(error)[:_ERROR]
        with self.store.writing() as (connection, owner):
            values = {"state": "failed", "finished_at": at, "error": said}
            values["took_ms"] = float((at - run.started_at) / np.timedelta64(1, "ns")) / 1e6
            if not _changed(connection, owner, run, values):
                return False
            watch = {"next_at": next_at, "failures": schema.watch.c.failures + 1}
            about = {"state": "failed", "error": said}
            _settle(connection, owner, run.watch_id, watch)
            _told(connection, owner, run, at, about)
            return True


def last_runs(connection: Connection, owner: int, watch_ids: Sequence[str]) -> dict[str, Run]:
    """The last run of each of these watches."""
    table = schema.run
    found: dict[str, Run] = {}
    for some in chunks(watch_ids):
        here = and_(table.c.organisation_id == owner, table.c.watch_id.in_(some))
        newest = select(func.max(table.c.id)).where(here).group_by(table.c.watch_id)
        rows = connection.execute(select(table).where(table.c.id.in_(newest))).mappings()
        found |= {row["watch_id"]: _run(row) for row in rows}
    return found


def _run(row: RowMapping) -> Run:
    names = (
        "id", "watch_id", "state", "attempts", "holder", "held_until", "started_at", "finished_at", "took_ms",
        "points", "hunt_id", "error",
    )  # fmt: skip
    return Run(
        begin=row["begin_at"],
        end=row["end_at"],
        incident_ids=tuple(row["incident_ids"]),
        **{name: row[name] for name in names},
    )


def _first(connection: Connection, owner: int, watch_id: str, which: Any) -> Run | None:
    table = schema.run
    query = select(table).where(table.c.organisation_id == owner, table.c.watch_id == watch_id, which)
    row = connection.execute(query).mappings().first()
    return None if row is None else _run(row)


def _by_id(connection: Connection, owner: int, run_id: int) -> Run:
    table = schema.run
    query = select(table).where(table.c.organisation_id == owner, table.c.id == run_id)
    return _run(connection.execute(query).mappings().one())


def _taken(connection: Connection, owner: int, run: Run, values: Mapping[str, Any]) -> Run:
    table = schema.run
    here = and_(table.c.organisation_id == owner, table.c.id == run.id)
    row = {"state": "running", "attempts": run.attempts + 1, "error": "", **values}
    connection.execute(update(table).where(here).values(**row))
    return _by_id(connection, owner, run.id)


def _changed(connection: Connection, owner: int, run: Run, values: Mapping[str, Any]) -> bool:
    """Change a run that is still held as it was claimed."""
    table = schema.run
    here = and_(
        table.c.organisation_id == owner, table.c.id == run.id, table.c.state == "running",
        table.c.holder == run.holder, table.c.attempts == run.attempts,
    )  # fmt: skip
    return connection.execute(update(table).where(here).values(**values)).rowcount == 1


def _settle(connection: Connection, owner: int, watch_id: str, values: Mapping[str, Any]) -> None:
    table = schema.watch
    here = and_(table.c.organisation_id == owner, table.c.id == watch_id)
    connection.execute(update(table).where(here).values(**values))


def _told(connection: Connection, owner: int, run: Run, at: np.datetime64, about: Mapping[str, Any]) -> None:
    table = schema.watch
    here = and_(table.c.organisation_id == owner, table.c.id == run.watch_id)
    name, failures = connection.execute(select(table.c.name, table.c.failures).where(here)).one()
    data = {"id": run.watch_id, "name": name, "run": run.id, "failures": failures, **about}
    kind = "watch.ran" if about["state"] == "done" else "watch.failed"
    tell(connection, owner, at, kind, run.watch_id, data)


def _forget(connection: Connection, owner: int, watch_id: str) -> None:
    table = schema.run
    here = and_(table.c.organisation_id == owner, table.c.watch_id == watch_id)
    last = select(table.c.id).where(here).order_by(table.c.id.desc()).offset(KEPT_RUNS).limit(1)
    oldest = connection.execute(last).scalar()
    if oldest is not None:
        connection.execute(delete(table).where(here, table.c.id <= oldest))
