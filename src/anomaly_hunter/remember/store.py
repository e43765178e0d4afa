"""The memory: opened once, then kept to and asked. SQLite in a file, or PostgreSQL by URL."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from zlib import crc32

import numpy as np
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy import text as sql
from sqlalchemy.engine import URL

from anomaly_hunter.errors import StoreReadOnlyError, UnknownError, UsageError
from anomaly_hunter.model import Anomaly, Hunt, Past, Spent
from anomaly_hunter.remember import keeping, knowing, learned, recalling, recollecting, schema, spending
from anomaly_hunter.remember.engine import WAIT_S, WRITING, in_our_words, open_engine, shown, url_of
from anomaly_hunter.remember.fingerprint import Fingerprint
from anomaly_hunter.remember.hunts.recording import RECORD_POINTS, recording
from anomaly_hunter.remember.life.history import Step, write_down
from anomaly_hunter.remember.migrating import migrate
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.reasons import with_answers
from anomaly_hunter.remember.records import Change, Feedback, Kept, Remembered

DEFAULT_ORGANISATION: Final = "default"
_WRITERS: Final = 7_236_015


@dataclass(frozen=True, slots=True)
class Store:
    """What an organisation remembers.

    Every call is one transaction: done whole, or not at all. Errors are
    :class:`~anomaly_hunter.errors.StoreError`: locked (after waiting), read-only, damaged, from a
    newer version; nothing is ever overwritten to get past one.

    >>> import tempfile
    >>> import anomaly_hunter as ah
    >>> found = ah.hunt([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9, 10, 11, 10])
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as memory:
    ...     ids = memory.keep(found)
    ...     again = memory.keep(found)
    ...     ids == again, [kept.times_kept for kept in memory.incidents()]
    (True, [2])
    """

    url: URL
    engine: Engine
    organisation: str
    frozen: bool
    within: tuple[Connection, int] | None = None
    """The transaction of :meth:`at_once`."""

    @classmethod
    def open(
        cls,
        place: str | os.PathLike[str],
        organisation: str = DEFAULT_ORGANISATION,
        *,
        wait_s: float = WAIT_S,
    ) -> Store:
        """Open a store, made or brought up to date where needed.

        Parameters
        ----------
        place:
            A path (SQLite), or a URL: ``postgresql://USER@HOST/NAME``.
        organisation:
            Whose memory: several can share one store and never see each other's.
        wait_s:
            How long a locked store is waited for.

        Raises
        ------
        StoreError
            See the class.
        MissingExtraError
            The driver of PostgreSQL is not installed.
        """
        url = url_of(place)
        with in_our_words(url):
            engine, frozen = open_engine(url, wait_s)
            migrate(engine, url, frozen=frozen)
        return cls(url, engine, text(organisation)[:200] or DEFAULT_ORGANISATION, frozen)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ hunts

    def keep(
        self,
        hunt: Hunt,
        at: np.datetime64 | None = None,
        origin: str = "",
        by: str = "",
        *,
        hunt_id: str = "",
        points: int = RECORD_POINTS,
    ) -> tuple[str, ...]:
        """Keep a hunt and its incidents; the ids they are kept under, in the order of the hunt.

        What overlaps a kept anomaly of the same series is the same anomaly, so that the same hunt
        kept twice is one incident, and a later hunt keeps the id.

        Parameters
        ----------
        origin, by:
            Where the hunt came from ("watch:...", "upload"), and who asked for it.
        hunt_id:
            12 hexadecimal digits that it is kept under; left out: new ones.
        points:
            Values that are kept whole; of the rest, what a chart opens with.
        """
        made = recording(hunt, origin, by, name=hunt_id, points=points)
        with self.writing() as (connection, owner):
            return keeping.keep_hunt(connection, owner, hunt, now() if at is None else at, made)

    def recognise(self, hunt: Hunt) -> Hunt:
        """The hunt with the ids of incidents and anomalies that are known already."""
        with self.reading() as (connection, owner):
            if owner is None or not hunt.incidents:
                return hunt
            known = knowing.met(connection, owner, hunt.incidents)
            said = recollecting.feedback_by_incident(connection, owner, [one.incident.id for one in known])
        names = {
            a.id: b.id
            for incident, one in zip(hunt.incidents, known, strict=True)
            for a, b in zip(incident.anomalies, one.incident.anomalies, strict=True)
        }
        detections = tuple(
            replace(d, anomalies=tuple(replace(a, id=names.get(a.id, a.id)) for a in d.anomalies))
            for d in hunt.detections
        )
        incidents = tuple(with_answers(one.incident, said.get(one.incident.id, ())) for one in known)
        return replace(hunt, detections=detections, incidents=incidents)

    def past(
        self, groups: Sequence[tuple[Anomaly, ...]], prints: Sequence[Fingerprint]
    ) -> tuple[tuple[Past, ...], ...]:
        """For each group of anomalies with its fingerprint the similar past incidents, best first."""
        with self.reading() as (connection, owner):
            if owner is None:
                return ((),) * len(groups)
            return recalling.pasts(connection, owner, groups, prints)

    def incidents(self, most: int | None = None, since: np.datetime64 | None = None) -> tuple[Kept, ...]:
        """What is remembered, the last kept first; at most ``most``, kept at ``since`` or later."""
        with self.reading() as (connection, owner):
            if owner is None:
                return ()
            return recollecting.kept_incidents(connection, owner, most=most, since=since)

    def incident(self, name: str) -> Remembered:
        """One incident in full.

        Raises
        ------
        UnknownError
            There is none of this id.
        """
        with self.reading() as (connection, owner):
            found = None if owner is None else recollecting.remembered_incident(connection, owner, name)
        if found is None:
            raise UnknownError(
                f"there is no incident {name!r} in the memory",
                "an id that `hunter incidents` shows",
                "check it",
            )
        return found

    def anomalies(self) -> tuple[tuple[str, np.datetime64, Anomaly], ...]:
        """Every anomaly with the id of its incident and when that was last hunted, oldest first."""
        with self.reading() as (connection, owner):
            return () if owner is None else recollecting.every_anomaly(connection, owner)

    # ------------------------------------------------------------ what people say, what is learned

    def add_feedback(self, said: Feedback) -> int:
        """Keep one answer; its id. UsageError where incident, anomaly or answer are unknown."""
        with self.writing() as (connection, owner):
            added = learned.add_feedback(connection, owner, said)
            step = Step("feedback", said.at, said.by, after=said.answer, text=said.note)
            write_down(connection, owner, said.incident_id, step)
            return added

    def feedback(self, incident_id: str | None = None, *, withdrawn: bool = False) -> tuple[Feedback, ...]:
        """What people said, in order; of one incident or all; with what they took back, if asked."""
        with self.reading() as (connection, owner):
            if owner is None:
                return ()
            return recollecting.feedback_rows(connection, owner, incident_id, withdrawn=withdrawn)

    def answered(self) -> tuple[tuple[str, tuple[Feedback, ...]], ...]:
        """What people said of each incident that they answered on, with the id of its leading series."""
        with self.reading() as (connection, owner):
            return () if owner is None else recollecting.answered_leads(connection, owner)

    def withdraw_feedback(self, feedback_id: int, at: np.datetime64 | None = None) -> bool:
        """Take one answer back; False when it is not there or taken back already."""
        with self.writing() as (connection, owner):
            return learned.withdraw_feedback(connection, owner, feedback_id, now() if at is None else at)

    def learn(self, changes: Sequence[Change]) -> tuple[int, ...]:
        """Apply changes, all or none, each written down with its reason; their ids."""
        with self.writing() as (connection, owner):
            return tuple(learned.learn(connection, owner, change) for change in changes)

    def undo(self, change_id: int, at: np.datetime64 | None = None) -> bool:
        """Take one change back, and later ones of the same number; False when there is none to undo."""
        with self.writing() as (connection, owner):
            return learned.undo_change(connection, owner, change_id, now() if at is None else at)

    def changes(self) -> tuple[Change, ...]:
        """Every change that was ever made, undone or not, in order."""
        with self.reading() as (connection, owner):
            return () if owner is None else learned.changes(connection, owner)

    def learned(self) -> dict[tuple[str, str], Any]:
        """All that is learned now: (scope, name) -> value."""
        with self.reading() as (connection, owner):
            return {} if owner is None else learned.learned_values(connection, owner)

    # ------------------------------------------------------------ what language models answered and cost

    def answer(self, key: str) -> str | None:
        """What a model answered to the question of this key (64 hex digits); None where nothing is kept."""
        with self.reading() as (connection, owner):
            return None if owner is None else spending.answer(connection, owner, key)

    def keep_answer(self, key: str, answer: str) -> None:
        """Keep an answer (JSON); the organisation's oldest beyond 1,000 are dropped."""
        with self.writing() as (connection, owner):
            spending.keep_answer(connection, owner, key, answer)

    def spent(self, day: str) -> Spent:
        """What language models cost on this day (2026-11-21, UTC) so far."""
        with self.reading() as (connection, owner):
            return Spent() if owner is None else spending.spent(connection, owner, day)

    def spend(self, day: str, amount: Spent) -> None:
        """Add to a day; safe when several programs do so at once."""
        with self.writing() as (connection, owner):
            spending.spend(connection, owner, day, amount)

    def pseudonym_key(self) -> bytes:
        """32 random bytes, made once for the organisation: one value has one pseudonym in all its hunts."""
        with self.reading() as (connection, owner):
            known = None if owner is None else spending.pseudonym_key(connection, owner)
        if known is not None:
            return known
        with self.writing() as (connection, owner):
            return spending.made_pseudonym_key(connection, owner)

    # ------------------------------------------------------------ transactions

    @contextmanager
    def at_once(self) -> Iterator[Store]:
        """A store whose calls are one transaction: done whole, or not at all; other writers wait."""
        with self.writing() as (connection, owner):
            yield replace(self, within=(connection, owner))

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, int | None]]:
        """A connection for one read, and the organisation's number; None: nothing was ever kept of it."""
        if self.within is not None:
            yield self.within
            return
        with in_our_words(self.url), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # one moment for all its queries, as in SQLite
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection, _owner(connection, self.organisation)

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, int]]:
        """A connection in a transaction of its own, and the organisation's number; others wait."""
        if self.within is not None:
            yield self.within
            return
        if self.frozen:
            raise StoreReadOnlyError(
                f"the memory {shown(self.url)} cannot be written", "a place that can be written",
                "check its rights",
            )  # fmt: skip
        with (
            in_our_words(self.url),
            self.engine.connect().execution_options(**{WRITING: True}) as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":  # one writer per organisation, as in SQLite
                connection.execute(
                    sql("SELECT pg_advisory_xact_lock(:a, :b)"),
                    {"a": _WRITERS, "b": crc32(self.organisation.encode()) & 0x7FFFFFFF},
                )
            owner = _owner(connection, self.organisation)
            if owner is None:
                row = {"name": self.organisation, "created_at": now()}
                key = connection.execute(insert(schema.organisation).values(row)).inserted_primary_key
                owner = int(key[0]) if key else 0
            yield connection, owner


@contextmanager
def opened(memory: str | os.PathLike[str] | Store, organisation: str) -> Iterator[Store]:
    """The store itself, left open; or the one at this place, closed in the end."""
    if isinstance(memory, Store):
        yield memory
        return
    if not isinstance(memory, str | os.PathLike):
        raise UsageError(
            f"memory came as a {type(memory).__name__}", "a path, a URL or a Store", "see hunt()"
        )
    with Store.open(memory, organisation) as store:
        yield store


def _owner(connection: Connection, name: str) -> int | None:
    table = schema.organisation
    return connection.execute(select(table.c.id).where(table.c.name == name)).scalar()


def now() -> np.datetime64:
    """The time by the clock of this machine, in UTC."""
    return np.datetime64(time.time_ns(), "ns")
