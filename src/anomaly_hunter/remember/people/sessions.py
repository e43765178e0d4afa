"""Sessions of browsers: kept by the digest of what the cookie holds, ended on either of two limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Row, delete, insert, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.people.membership import Member, Session
from anomaly_hunter.remember.people.people import of_organisation
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.store import Store

IDLE: Final = np.timedelta64(12 * 3600, "s")
"""A session ends so long after it was used last."""
LONGEST: Final = np.timedelta64(7 * 86_400, "s")
"""And so long after it began."""
RARELY: Final = np.timedelta64(60, "s")
"""The time of the last use is written at most so often."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of the people of the store's organisation."""

    store: Store

    def begin(
        self, member: Member, digest: str, csrf: str, at: np.datetime64, *, address: str, agent: str
    ) -> Session:
        """A new session; those of the organisation that are over are swept out."""
        made = Session(digest, csrf, at, at, at + LONGEST, text(address)[:100], text(agent)[:300])
        table = schema.session
        with self.store.writing() as (connection, owner):
            over = or_(table.c.ends_at <= at, table.c.seen_at <= at - IDLE)
            connection.execute(delete(table).where(table.c.organisation_id == owner, over))
            row = {name: getattr(made, name) for name in Session.__dataclass_fields__}
            connection.execute(insert(table).values(row | {"organisation_id": owner, "member_id": member.id}))
            mine = (schema.member.c.organisation_id == owner, schema.member.c.id == member.id)
            connection.execute(update(schema.member).where(*mine).values(seen_at=at))
        return made

    def of(self, member_id: str, at: np.datetime64) -> tuple[Session, ...]:
        """The sessions of a person that are not over, the last used first."""
        table = schema.session
        with self.store.reading() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.member_id == member_id)
            rows = connection.execute(select(table).where(*mine).order_by(table.c.seen_at.desc()))
            found = tuple(_session(row) for row in rows)
        return tuple(one for one in found if not over(one, at))

    def seen(self, digest: str, at: np.datetime64) -> None:
        """It was used."""
        table = schema.session
        with self.store.writing() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.digest == digest)
            connection.execute(update(table).where(*mine).values(seen_at=at))

    def end(self, digest: str) -> None:
        """Sign this browser out."""
        table = schema.session
        with self.store.writing() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.digest == digest)
            connection.execute(delete(table).where(*mine))

    def end_all(self, member_id: str, but: str = "") -> int:
        """Sign a person out of every browser, except the one whose session has the digest ``but``."""
        table = schema.session
        with self.store.writing() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.member_id == member_id, table.c.digest != but)
            return int(connection.execute(delete(table).where(*mine)).rowcount)


def session_of(store: Store, digest: str, at: np.datetime64) -> tuple[Session, Member] | None:
    """The session of a cookie and whose it is, in whatever organisation; None where it is over,
    or its person may not come in any more."""
    table, member, owner = schema.session, schema.member, schema.organisation
    asked = (
        select(
            table, member.c.id, member.c.name, member.c.title, member.c.role, member.c.issuer,
            member.c.made_at.label("joined_at"), owner.c.name.label("organisation"),
        )
        .join_from(
            table,
            member,
            (member.c.organisation_id == table.c.organisation_id) & (member.c.id == table.c.member_id),
        )
        .join(owner, owner.c.id == table.c.organisation_id)
        .where(table.c.digest == digest, member.c.disabled_at.is_(None))
    )  # fmt: skip
    with store.reading() as (connection, _):
        row = connection.execute(asked).first()
    if row is None or over(found := _session(row), at):
        return None
    whose = Member(row.id, row.organisation, row.name, row.title, row.role, row.issuer or "", row.joined_at)
    return found, whose


def over(session: Session, at: np.datetime64) -> bool:
    """Whether a session has ended by now: unused for too long, or too old."""
    return bool(at >= session.ends_at or at >= session.seen_at + IDLE)


def sessions_of(store: Store, organisation: str) -> Sessions:
    """The sessions of another organisation of the same store."""
    return Sessions(of_organisation(store, organisation))


def _session(row: Row[Any]) -> Session:
    return Session(**{name: getattr(row, name) for name in Session.__dataclass_fields__})
