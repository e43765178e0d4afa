"""What is old goes: hunts with their recordings, incidents nobody works on, the feed, what was passing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Connection, delete, exists, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.knowing import chunks
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.people.sessions import IDLE
from anomaly_hunter.remember.records import ACTIVE
from anomaly_hunter.remember.serving.replies import KEPT
from anomaly_hunter.remember.store import Store, now

FEED_DAYS: Final = 7
"""So long who listens can be away and miss nothing."""

_AT_ONCE: Final = 100
_DAY: Final = np.timedelta64(86_400, "s")


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much went; ``mb`` of recordings; ``replies`` and ``sessions`` were over already."""

    hunts: int
    incidents: int
    happenings: int
    jobs: int
    mb: float
    replies: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """The limits of an organisation's memory, and keeping them.

    Incidents that somebody acknowledged, owns or reopened stay, and those that somebody answered on:
    what was learned rests on them. Hunts that active incidents point to stay unless room is short. It is
    done in small transactions, so that nobody waits long; half done is no harm.
    """

    store: Store
    limits: RememberOptions
    clock: Callable[[], np.datetime64] = now

    def prune(self) -> Pruned:
        """Let go what is beyond the limits."""
        incidents = 0
        for names in self._batches(self._old_incidents()):
            with self.store.writing() as (connection, owner):
                incidents += _forget(connection, owner, names)
        hunts, size = self._hunts()
        feed = schema.happening
        feed_days = min(FEED_DAYS, self.limits.keep_days or FEED_DAYS)
        happenings = self._drop(feed, feed.c.at < self.clock() - feed_days * _DAY)
        job, jobs = schema.job, 0
        if self.limits.keep_days:
            jobs = self._drop(job, job.c.finished_at < self.clock() - self.limits.keep_days * _DAY)
        reply, replies = schema.reply, schema.reply.c.made_at < self.clock() - KEPT
        session = schema.session
        over = or_(session.c.ends_at <= self.clock(), session.c.seen_at <= self.clock() - IDLE)
        return Pruned(
            hunts,
            incidents,
            happenings,
            jobs,
            size / 1e6,
            self._drop(reply, replies),
            self._drop(session, over),
        )

    def _hunts(self) -> tuple[int, int]:
        with self.store.reading() as (connection, owner):
            old = [] if owner is None else _old_hunts(connection, owner, self.limits, self.clock())
        for names in self._batches([name for name, _ in old]):
            with self.store.writing() as (connection, owner):
                table = schema.incident
                here = (table.c.organisation_id == owner, table.c.hunt_id.in_(names))
                connection.execute(update(table).where(*here).values(hunt_id=None))
                for part, column in ((schema.recording, "hunt_id"), (schema.hunt, "id")):
                    gone = (part.c.organisation_id == owner, part.c[column].in_(names))
                    connection.execute(delete(part).where(*gone))
        return len(old), sum(size for _, size in old)

    def _old_incidents(self) -> list[str]:
        with self.store.reading() as (connection, owner):
            if owner is None:
                return []
            return _old_incidents(connection, owner, self.limits, self.clock())

    def _drop(self, table: Any, old: ColumnElement[bool]) -> int:
        with self.store.reading() as (connection, owner):
            if owner is None:
                return 0
            some = connection.execute(
                select(1).select_from(table).where(table.c.organisation_id == owner, old).limit(1)
            )
            if some.scalar() is None:
                return 0
        with self.store.writing() as (connection, owner):
            return connection.execute(delete(table).where(table.c.organisation_id == owner, old)).rowcount

    @staticmethod
    def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
        return (names[i : i + _AT_ONCE] for i in range(0, len(names), _AT_ONCE))


def _old_hunts(
    connection: Connection, owner: int, limits: RememberOptions, at: np.datetime64
) -> list[tuple[str, int]]:
    """Ids and bytes of the hunts that go."""
    table, home = schema.hunt, schema.incident
    pointed = exists().where(
        home.c.organisation_id == owner, home.c.hunt_id == table.c.id, home.c.state.in_(ACTIVE)
    )
    query = select(table.c.id, table.c.kept_at, table.c.bytes, pointed.label("needed"))
    query = query.where(table.c.organisation_id == owner)
    rows = connection.execute(query.order_by(table.c.kept_at.desc(), table.c.id)).all()
    since = at - limits.keep_days * _DAY
    gone = {
        row.id: row.bytes
        for place, row in enumerate(rows)
        if not row.needed
        and ((limits.keep_days and row.kept_at < since) or (limits.keep_hunts and place >= limits.keep_hunts))
    }
    room = limits.keep_mb * 1e6 - sum(row.bytes for row in rows if row.id not in gone)
    oldest = rows[::-1]
    for row in sorted(oldest, key=lambda row: bool(row.needed)):  # those that are needed last
        if limits.keep_mb and room < 0 and row.id not in gone:
            gone[row.id] = row.bytes
            room += row.bytes
    return list(gone.items())


def _old_incidents(
    connection: Connection, owner: int, limits: RememberOptions, at: np.datetime64
) -> list[str]:
    """Ids of the incidents that go."""
    table, said = schema.incident, schema.feedback
    before: list[ColumnElement[bool]] = []
    if limits.keep_days:
        before.append(table.c.last_kept_at < at - limits.keep_days * _DAY)
    if limits.keep_incidents:
        latest = select(table.c.last_kept_at).where(
            table.c.organisation_id == owner, table.c.state != "merged"
        )
        last = latest.order_by(table.c.last_kept_at.desc()).offset(limits.keep_incidents - 1).limit(1)
        oldest = connection.execute(last).scalar()
        if oldest is not None:
            before.append(table.c.last_kept_at < oldest)
    if not before:
        return []
    into = table.alias()
    ids = or_(said.c.incident_id == table.c.id, said.c.incident_id.in_(
        select(into.c.id).where(into.c.organisation_id == owner, into.c.merged_into == table.c.id)
    ))  # fmt: skip
    answered = exists().where(said.c.organisation_id == owner, ids)
    query = select(table.c.id).where(
        table.c.organisation_id == owner,
        table.c.state.in_(("open", "resolved", "muted")),
        or_(*before),
        ~answered,
    )
    return list(connection.execute(query.order_by(table.c.last_kept_at)).scalars())


def _forget(connection: Connection, owner: int, names: Sequence[str]) -> int:
    """Take incidents away with all that belongs to them, and those that were merged into them."""
    home = schema.incident
    query = select(home.c.id).where(home.c.organisation_id == owner, home.c.merged_into.in_(names))
    whole = [*names, *connection.execute(query).scalars()]
    for some in chunks(whole):
        verdict = schema.verdict
        theirs = select(verdict.c.id).where(
            verdict.c.organisation_id == owner, verdict.c.incident_id.in_(some)
        )
        connection.execute(delete(schema.evidence).where(schema.evidence.c.verdict_id.in_(theirs)))
        for part in (verdict, schema.anomaly, schema.history):
            here = (part.c.organisation_id == owner, part.c.incident_id.in_(some))
            connection.execute(delete(part).where(*here))
    gone = (home.c.organisation_id == owner, home.c.id.in_(whole))
    connection.execute(delete(home).where(*gone))
    return len(names)
