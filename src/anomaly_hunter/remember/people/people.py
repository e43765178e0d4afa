"""People: who belongs to an organisation, and what they may do there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.people.audit import record
from anomaly_hunter.remember.people.membership import ROLES, Member, Role
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.store import Store

NAME: Final = 200
Change: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changes something, and from where: the audit log tells it."""

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """The people of the store's organisation. Every change is written to the audit log with it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as store:
    ...     ann = People(store).add("Ann", "admin", Doer("cli:root"))
    ...     [(one.name, one.title, one.role) for one in People(store).all()]
    [('ann', 'Ann', 'admin')]
    """

    store: Store

    def all(self) -> tuple[Member, ...]:
        """Everybody, by name; those who are disabled too."""
        return self._where(schema.member.c.organisation_id.is_not(None))

    def one(self, member_id: str) -> Member | None:
        """The person of this id; None: there is none here."""
        return next(iter(self._where(schema.member.c.id == member_id)), None)

    def named(self, name: str) -> Member | None:
        """The person of this name; None: there is none here."""
        return next(iter(self._where(schema.member.c.name == name_of(name))), None)

    def add(
        self, name: str, role: str, doer: Doer, *, title: str = "", password: str | None = None,
        issuer: str | None = None, subject: str | None = None,
    ) -> Member:  # fmt: skip
        """Let somebody in.

        Parameters
        ----------
        name:
            What they sign in with; case does not matter.
        role:
            See :data:`~anomaly_hunter.remember.people.membership.ROLES`.
        doer:
            Who does it.
        title:
            What others see; the name, if nothing is given.
        password:
            Its argon2id hash, never the password itself.
        issuer, subject:
            Who says who they are, and by which id, where they sign in elsewhere.

        Raises
        ------
        UsageError
            The name is taken, in whatever organisation, or is none; the role is none.
        """
        row: Change = {
            "id": secrets.token_hex(6), "name": _checked_name(name), "role": _checked_role(role),
            "title": text(title).strip()[:NAME] or name.strip(), "password": password, "issuer": issuer,
            "subject": subject, "made_at": now(),
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            taken = select(schema.member.c.id).where(schema.member.c.name == row["name"])
            if connection.execute(taken).first() is not None:
                raise UsageError(
                    f"the name {row['name']!r} is taken", "a name of their own", "choose another"
                )
            connection.execute(insert(schema.member).values(row | {"organisation_id": owner}))
            told = {"name": row["name"], "role": role, "issuer": issuer or ""}
            record(connection, owner, doer.name, "user.added", row["id"], told, doer.address)
            return self._read(connection, owner, row["id"])

    def change(
        self, member_id: str, doer: Doer, *, role: str | None = None, title: str | None = None,
        disabled: bool | None = None, spare: bool = True,
    ) -> Member:  # fmt: skip
        """Change a person; what is None stays. Who is disabled is signed out everywhere at once.

        ``spare``: the last admin stays one.

        Raises
        ------
        UsageError
            The role is none; nobody would be left who lets people in. UnknownError: nobody has this id.
        """
        with self.store.writing() as (connection, owner):
            before = self._read(connection, owner, member_id)
            change: Change = {}
            if role is not None and role != before.role:
                change["role"] = _checked_role(role)
            if title is not None and text(title).strip():
                change["title"] = text(title).strip()[:NAME]
            if disabled is not None and disabled != (before.disabled_at is not None):
                change["disabled_at"] = now() if disabled else None
            if not change:
                return before
            if spare and _active_admin(before) and (disabled or change.get("role", "admin") != "admin"):
                self._spare_the_last_admin(connection, owner, before)
            self._update(connection, owner, member_id, change)
            if disabled:
                _end_sessions(connection, owner, member_id)
            for action, detail in _told(before, change):
                record(connection, owner, doer.name, action, member_id, detail, doer.address)
            return self._read(connection, owner, member_id)

    def set_password(self, member_id: str, password: str, doer: Doer) -> Member:
        """A new argon2id hash; the person is signed out everywhere.

        Raises
        ------
        UsageError
            They sign in elsewhere. UnknownError: nobody has this id.
        """
        with self.store.writing() as (connection, owner):
            before = self._read(connection, owner, member_id)
            if before.issuer:
                raise UsageError(
                    f"{before.name} signs in at {before.issuer}", "somebody with a password here",
                    "change the password there",
                )  # fmt: skip
            self._update(connection, owner, member_id, {"password": password})
            _end_sessions(connection, owner, member_id)
            detail = {"name": before.name}
            record(connection, owner, doer.name, "user.password", member_id, detail, doer.address)
            return before

    def strengthen(self, member_id: str, password: str) -> None:
        """The same password under a costlier hash: nothing changes for anybody."""
        with self.store.writing() as (connection, owner):
            self._update(connection, owner, member_id, {"password": password})

    def _where(self, condition: ColumnElement[bool]) -> tuple[Member, ...]:
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            mine = schema.member.c.organisation_id == owner
            rows = connection.execute(_members().where(mine, condition).order_by(schema.member.c.name))
            return tuple(_member(row) for row in rows)

    def _read(self, connection: Connection, owner: int, member_id: str) -> Member:
        table = schema.member
        mine = _members().where(table.c.organisation_id == owner, table.c.id == member_id)
        row = connection.execute(mine).first()
        if row is None:
            raise UnknownError(f"there is nobody with the id {member_id!r}", "somebody of this organisation",
                             "`hunter users list` shows them")  # fmt: skip
        return _member(row)

    def _update(self, connection: Connection, owner: int, member_id: str, change: Change) -> None:
        table = schema.member
        mine = (table.c.organisation_id == owner, table.c.id == member_id)
        connection.execute(update(table).where(*mine).values(change))

    def _spare_the_last_admin(self, connection: Connection, owner: int, before: Member) -> None:
        table = schema.member
        others = select(func.count()).where(
            table.c.organisation_id == owner, table.c.role == "admin", table.c.disabled_at.is_(None),
            table.c.id != before.id,
        )  # fmt: skip
        if not connection.execute(others).scalar_one():
            raise UsageError(
                f"{before.name} is the last admin",
                "somebody left who lets people in",
                "make another admin first",
            )


def to_sign_in(store: Store, name: str) -> tuple[Member, str | None] | None:
    """Who signs in with this name, in whatever organisation, and the hash of their password."""
    return _found(store, schema.member.c.name == name_of(name))


def known_as(store: Store, issuer: str, subject: str) -> Member | None:
    """Who has this id at this issuer, in whatever organisation."""
    table = schema.member
    found = _found(store, (table.c.issuer == issuer) & (table.c.subject == subject))
    return None if found is None else found[0]


def of_organisation(store: Store, name: str) -> Store:
    """The same store as another organisation has it."""
    return replace(store, organisation=name)


def name_of(given: str) -> str:
    """A name as it is kept.

    >>> name_of(" Ann@Shop.example ")
    'ann@shop.example'
    """
    return text(given).strip().lower()


def _found(store: Store, condition: ColumnElement[bool]) -> tuple[Member, str | None] | None:
    with store.reading() as (connection, _):
        asked = _members().add_columns(schema.member.c.password).where(condition)
        row = connection.execute(asked).first()
    return None if row is None else (_member(row), row.password)


def _members() -> Any:
    table, owner = schema.member, schema.organisation
    columns = [table.c[name] for name in Member.__dataclass_fields__ if name != "organisation"]
    return select(*columns, owner.c.name.label("organisation")).join_from(table, owner)


def _member(row: Row[Any]) -> Member:
    given = {name: getattr(row, name) for name in Member.__dataclass_fields__}
    return Member(**given | {"issuer": given["issuer"] or ""})


def _active_admin(member: Member) -> bool:
    return member.role == "admin" and member.disabled_at is None


def _told(before: Member, change: Change) -> list[tuple[str, Change]]:
    told: list[tuple[str, Change]] = []
    if "role" in change:
        told.append(("user.role", {"name": before.name, "before": before.role, "after": change["role"]}))
    if "title" in change:
        told.append(("user.title", {"name": before.name, "after": change["title"]}))
    if "disabled_at" in change:
        action = "user.enabled" if change["disabled_at"] is None else "user.disabled"
        told.append((action, {"name": before.name}))
    return told


def _end_sessions(connection: Connection, owner: int, member_id: str) -> None:
    table = schema.session
    connection.execute(delete(table).where(table.c.organisation_id == owner, table.c.member_id == member_id))


def _checked_name(given: str) -> str:
    name = name_of(given)
    if not name or len(name) > NAME or not name.isprintable():
        raise UsageError(f"the name is {given[:50]!r}", f"1 to {NAME} printable characters", "choose another")
    return name


def _checked_role(given: str) -> Role:
    if given not in ROLES:
        raise UsageError(f"the role is {given[:50]!r}", " or ".join(ROLES), "choose one of them")
    return given


def seen(store: Store, member: Member, at: np.datetime64) -> None:
    """Write down when a person was here last."""
    with of_organisation(store, member.organisation).writing() as (connection, owner):
        table = schema.member
        mine = (table.c.organisation_id == owner, table.c.id == member.id)
        connection.execute(update(table).where(*mine).values(seen_at=at))
