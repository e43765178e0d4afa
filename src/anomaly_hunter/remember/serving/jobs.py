"""Jobs: what a server was asked to do and has not answered at once. They outlive the server."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.life import feed
from anomaly_hunter.remember.lists.cursor import cursor, opened
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.plain import plain, text
from anomaly_hunter.remember.serving.replies import Asked, Replies, Reply
from anomaly_hunter.remember.store import Store

State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: Final[tuple[State, ...]] = ("queued", "running")
LEASE: Final = np.timedelta64(10, "s").astype("timedelta64[ns]")
"""So long a server holds a job without a sign of life; then another one may take it over."""

_JOB: Final = "job"
"""The field of a kept reply that says which job it tells of: how far that is changes."""

_TABLE: Final = schema.job
_HIDDEN: Final = ("organisation_id", "given", "holder", "held_until")
_SHOWN: Final = [column for column in _TABLE.c if column.name not in _HIDDEN]


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
    done, failed or cancelled, and never back: what comes too late changes nothing, nor does what comes
    from a server that does not hold the job any more. Cancelling is open to everybody.
    """

    store: Store
    holder: str = ""
    """Which server speaks: another one at each start."""
    clock: Callable[[], np.datetime64] = now

    def add(self, kind: str, by: str, request: Mapping[str, Any], given: bytes) -> Job:
        """A queued job; ``given`` is kept until it is finished."""
        name = secrets.token_hex(6)
        at = self.clock()
        row: dict[str, Any] = {
            "id": name, "kind": kind, "state": "queued", "by": text(by), "request": plain(request),
            "given": given, "done": 0, "of": 0, "attempts": 0, "made_at": at,
            "holder": self.holder, "held_until": at + LEASE,
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            connection.execute(insert(_TABLE).values(organisation_id=owner, **row))
            feed.tell(connection, owner, row["made_at"], "job.queued", name, {"id": name, "kind": kind})
        return replace(
            _EMPTY, id=name, kind=kind, by=row["by"], request=row["request"], made_at=row["made_at"]
        )

    def once(
        self, asked: Asked, kind: str, by: str, request: Mapping[str, Any], given: bytes
    ) -> tuple[Job, bool]:
        """The job that this request made before, and True; or a new one, and False.

        One that failed had no effect: asked again, it is made again.

        Raises
        ------
        UsageError
            The key came with another request before.
        """
        with self.store.at_once() as store:
            jobs, replies = replace(self, store=store), Replies(store, self.clock)
            before = replies.before(asked)
            known = None if before is None else jobs.find(before.headers[_JOB])
            if known is not None and known.state != "failed":
                return known, True
            job = jobs.add(kind, by, request, given)
            replies.keep(asked, Reply(202, {_JOB: job.id}, b""))
            return job, False

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

    # ------------------------------------------------------------ who holds it

    def take(self, name: str) -> bool:
        """Hold an unfinished job from now on; False where another server holds it, or it is finished."""
        at = self.clock()
        with self.store.writing() as (connection, owner):
            here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == name, _free(at))
            values = {"holder": self.holder, "held_until": at + LEASE}
            return connection.execute(update(_TABLE).where(here).values(**values)).rowcount > 0

    def renew(self, names: Iterable[str]) -> frozenset[str]:
        """Hold these longer; those that are unfinished and still held by this server."""
        with self.store.writing() as (connection, owner):
            here = and_(
                _TABLE.c.organisation_id == owner, _TABLE.c.id.in_(list(names)), _TABLE.c.state.in_(OPEN),
                _TABLE.c.holder == self.holder,
            )  # fmt: skip
            held = frozenset(connection.execute(select(_TABLE.c.id).where(here)).scalars())
            connection.execute(update(_TABLE).where(here).values(held_until=self.clock() + LEASE))
        return held

    def release(self, names: Iterable[str]) -> None:
        """Hold these no longer: the next server takes them up at once."""
        with self.store.writing() as (connection, owner):
            mine = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id.in_(list(names)))
            here = and_(mine, _TABLE.c.holder == self.holder, _TABLE.c.state.in_(OPEN))
            connection.execute(update(_TABLE).where(here).values(held_until=None))

    # ------------------------------------------------------------ changes

    def begin(self, name: str) -> bool:
        """It runs now; False where it is finished already."""
        values = {"state": "running", "started_at": self.clock(), "attempts": _TABLE.c.attempts + 1}
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
        return self._close(name, {"state": "cancelled"}, {"by": by}, anybody=True)

    def _close(
        self, name: str, values: Mapping[str, Any], data: Mapping[str, Any], *, anybody: bool = False
    ) -> bool:
        closing = {**values, "finished_at": self.clock(), "given": None}
        return self._change(name, closing, str(values["state"]), data, anybody=anybody)

    def _change(
        self,
        name: str,
        values: Mapping[str, Any],
        word: str,
        data: Mapping[str, Any],
        *,
        anybody: bool = False,
    ) -> bool:
        with self.store.writing() as (connection, owner):
            here = and_(_TABLE.c.organisation_id == owner, _TABLE.c.id == name, _TABLE.c.state.in_(OPEN))
            if not anybody:
                here = and_(here, _TABLE.c.holder == self.holder)
            changed = connection.execute(update(_TABLE).where(here).values(**values)).rowcount > 0
            if changed:
                feed.tell(connection, owner, self.clock(), f"job.{word}", name, {"id": name, **data})
            return changed


def left_over(store: Store, at: np.datetime64) -> tuple[tuple[str, Job], ...]:
    """Unfinished jobs that nobody holds at this time, oldest first, each with its organisation's name."""
    place = schema.organisation
    asked = (
        select(place.c.name.label("organisation"), *_SHOWN)
        .join(place, place.c.id == _TABLE.c.organisation_id)
        .where(_free(at))
        .order_by(_TABLE.c.made_at, _TABLE.c.id)
    )
    with store.reading() as (connection, _):
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    return tuple((row.pop("organisation"), Job(**row)) for row in rows)


def _free(at: np.datetime64) -> ColumnElement[bool]:
    """Unfinished, and held by nobody."""
    unheld = or_(_TABLE.c.held_until.is_(None), _TABLE.c.held_until <= at)
    return and_(_TABLE.c.state.in_(OPEN), unheld)


def _place(job: Job) -> str:
    return cursor("jobs", (job.made_at, job.id))


_EMPTY: Final = Job("", "", "queued", "", {}, 0, 0, None, None, 0, np.datetime64("NaT"), None, None)
