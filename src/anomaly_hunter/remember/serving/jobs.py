"""Jobs: what a server was asked to do and has not answered at once. They outlive the server."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import and_, insert, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life import feed
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.plain import plain, text
from anomaly_hunter.remember.store import Store

State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: Final[tuple[State, ...]] = ("queued", "running")

_TABLE: Final = schema.job
_SHOWN: Final = [column for column in _TABLE.c if column.name not in ("organisation_id", "given")]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``done`` of ``of`` steps; ``result`` where it is done, ``error`` where it failed.

    ``attempts`` counts how often it was begun: once for each server that went away in the middle.
    """

    id: str
    kind: str
    state: State
    by: str
    request: Mapping[str, Any]
    done: int
    of: int
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    attempts: int
    made_at: np.datetime64
    started_at: np.datetime64 | None
    finished_at: np.datetime64 | None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, the newest first; ``next`` is the cursor of the page after, "" where there is none."""

    items: tuple[Job, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of an organisation.

    Every change is told to listeners in the same transaction. A job goes from queued over running to
    done, failed or cancelled, and never back: what comes too late changes nothing.
    """

    store: Store

    def add(self, kind: str, by: str, request: Mapping[str, Any], given: bytes) -> Job:
        """A queued job; ``given`` is kept until it is finished."""
        name = secrets.token_hex(6)
        at = now()
        row: dict[str, Any] = {
            "id": name, "kind": kind, "state": "queued", "by": text(by), "request": plain(request),
            "given": given, "done": 0, "of": 0, "attempts": 0, "made_at": at,
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            connection.execute(insert(_TABLE).values(organisation_id=owner, **row))
            feed.tell(connection, owner, row["made_at"], "job.queued", name, {"id": name, "kind": kind})
        return replace(
            _EMPTY, id=name, kind=kind, by=row["by"], request=row["request"], made_at=row["made_at"]
        )

    def find(self, name: str) -> Job | None:
        """The job of this id."""
        with self.store.reading() as (connection, owner):
            here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == name)
            row = connection.execute(select(*_SHOWN).where(here)).mappings().first()
        return None if row is None else Job(**row)

    def given(self, name: str) -> bytes:
        """What came with the job; nothing once it is finished."""
        with self.store.reading() as (connection, owner):
            here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == name)
            return connection.execute(select(_TABLE.c.given).where(here)).scalar() or b""

    def page(self, after: str = "", most: int = 50) -> JobPage:
        """The newest first, after a cursor.

        Raises
        ------
        UsageError
            The cursor is none of ours.
        """
        table = _TABLE
        with self.store.reading() as (connection, owner):
            asked = select(*_SHOWN).where(table.c.organisation_id == owner)
            if after:
                nanoseconds, name = opened(after, "jobs", 2)
                at = np.datetime64(nanoseconds, "ns")
                earlier = and_(table.c.made_at == at, table.c.id < name)
                asked = asked.where(or_(table.c.made_at < at, earlier))
            asked = asked.order_by(table.c.made_at.desc(), table.c.id.desc()).limit(most + 1)
            rows = connection.execute(asked).mappings().all()
        items = tuple(Job(**row) for row in rows[:most])
        return JobPage(items, _place(items[-1]) if len(rows) > most else "")

    # ------------------------------------------------------------ changes

    def begin(self, name: str) -> bool:
        """It runs now; False where it is finished already."""
        values = {"state": "running", "started_at": now(), "attempts": _TABLE.c.attempts + 1}
        return self._change(name, values, "running", {})

    def progress(self, name: str, done: int, of: int) -> bool:
        """How far it is; False where it is finished already."""
        return self._change(name, {"done": done, "of": of}, "progress", {"done": done, "of": of})

    def finish(self, name: str, result: Mapping[str, Any]) -> bool:
        """It is done; what came with it is dropped. False where it was finished before."""
        values = {"state": "done", "result": plain(result), "done": _TABLE.c.of}
        return self._close(name, values, {"hunt_id": result.get("hunt_id")})

    def fail(self, name: str, error: Mapping[str, Any]) -> bool:
        """It failed, with the fields of a problem."""
        return self._close(name, {"state": "failed", "error": plain(error)}, {"detail": error.get("detail")})

    def cancel(self, name: str, by: str) -> bool:
        """Nobody wants it any more; False where it is finished already."""
        return self._close(name, {"state": "cancelled"}, {"by": by})

    def _close(self, name: str, values: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
        closing = {**values, "finished_at": now(), "given": None}
        return self._change(name, closing, str(values["state"]), data)

    def _change(self, name: str, values: Mapping[str, Any], word: str, data: Mapping[str, Any]) -> bool:
        with self.store.writing() as (connection, owner):
            here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == name, _TABLE.c.state.in_(OPEN))
            changed = connection.execute(update(_TABLE).where(here).values(**values)).rowcount > 0
            if changed:
                feed.tell(connection, owner, now(), f"job.{word}", name, {"id": name, **data})
            return changed


def left_over(store: Store) -> tuple[tuple[str, Job], ...]:
    """Unfinished jobs of all organisations, oldest first, each with the organisation's name."""
    place = schema.organisation
    asked = (
        select(place.c.name.label("organisation"), *_SHOWN)
        .join(place, place.c.id == _TABLE.c.organisation_id)
        .where(_TABLE.c.state.in_(OPEN))
        .order_by(_TABLE.c.made_at, _TABLE.c.id)
    )
    with store.reading() as (connection, _):
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    return tuple((row.pop("organisation"), Job(**row)) for row in rows)


def _place(job: Job) -> str:
    return cursor("jobs", (job.made_at, job.id))


_EMPTY: Final = Job("", "", "queued", "", {}, 0, 0, None, None, 0, np.datetime64("NaT"), None, None)
