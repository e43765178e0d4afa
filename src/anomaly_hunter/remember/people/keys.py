"""API keys of programs: kept by their digest, shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Row, insert, select, update

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.model import iso
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.people.audit import record
from anomaly_hunter.remember.people.membership import SCOPES, Key, Scope
from anomaly_hunter.remember.people.people import Doer
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.store import Store

BEGINNING: Final = "hk_"
LONGEST: Final = 200
"""Characters of what may be a key: more is not even hashed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the store's organisation. Every change is written to the audit log with it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as store:
    ...     key, secret = Keys(store).add("ci", ["detect"], Doer("cli:root"))
    ...     key_of(store, secret, key.made_at).name, key_of(store, secret + "x", key.made_at)
    ('ci', None)
    """

    store: Store

    def all(self) -> tuple[Key, ...]:
        """Every key that was ever made, the newest first."""
        table = schema.api_key
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            asked = _keys().where(table.c.organisation_id == owner)
            rows = connection.execute(asked.order_by(table.c.made_at.desc(), table.c.id))
            return tuple(_key(row) for row in rows)

    def one(self, key_id: str) -> Key | None:
        """The key of this id; None: there is none here."""
        table = schema.api_key
        with self.store.reading() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.id == key_id)
            row = connection.execute(_keys().where(*mine)).first()
        return None if row is None else _key(row)

    def add(
        self, name: str, scopes: Sequence[str], doer: Doer, ends_at: np.datetime64 | None = None
    ) -> tuple[Key, str]:
        """A new key, and what it is known by: that is told now and never again.

        Raises
        ------
        UsageError
            It has no name or no scope, or is over already.
        """
        called = text(name).strip()
        if not called or len(called) > LONGEST:
            raise UsageError(
                f"the key is called {name[:50]!r}", f"1 to {LONGEST} characters", "say what it is for"
            )
        at, chosen = now(), _checked(scopes)
        if ends_at is not None and not ends_at > at:
            raise UsageError(f"the key ends at {ends_at}", "a time to come, or none", "change it")
        name_of_key = secrets.token_hex(6)
        secret = f"{BEGINNING}{name_of_key}_{secrets.token_urlsafe(32)}"
        row = {
            "id": name_of_key, "name": called, "digest": digest(secret), "scopes": list(chosen),
            "hint": f"{BEGINNING}{name_of_key}", "by": doer.name, "made_at": at, "ends_at": ends_at,
        }  # fmt: skip
        with self.store.writing() as (connection, owner):
            connection.execute(insert(schema.api_key).values(row | {"organisation_id": owner}))
            told = {
                "name": called,
                "scopes": list(chosen),
                "ends_at": None if ends_at is None else iso(ends_at),
            }
            record(connection, owner, doer.name, "key.added", name_of_key, told, doer.address)
        made = self.one(name_of_key)
        assert made is not None  # noqa: S101 - it was added above
        return made, secret

    def revoke(self, key_id: str, doer: Doer) -> Key:
        """The key opens nothing from now on; twice is once.

        Raises
        ------
        UnknownError
            There is none of this id.
        """
        table = schema.api_key
        with self.store.writing() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.id == key_id)
            row = connection.execute(_keys().where(*mine)).first()
            if row is None:
                raise UnknownError(f"there is no key {key_id!r}", "a key of this organisation",
                                 "`hunter keys list` shows them")  # fmt: skip
            if row.revoked_at is None:
                connection.execute(update(table).where(*mine).values(revoked_at=now()))
                record(connection, owner, doer.name, "key.revoked", key_id, {"name": row.name}, doer.address)
            return _key(connection.execute(_keys().where(*mine)).one())

    def used(self, key_id: str, at: np.datetime64) -> None:
        """It was used."""
        table = schema.api_key
        with self.store.writing() as (connection, owner):
            mine = (table.c.organisation_id == owner, table.c.id == key_id)
            connection.execute(update(table).where(*mine).values(used_at=at))


def key_of(store: Store, secret: str, at: np.datetime64) -> Key | None:
    """The key that is known by this, in whatever organisation; None: none is, or not any more."""
    if not secret.startswith(BEGINNING) or len(secret) > LONGEST:
        return None
    found, table = digest(secret), schema.api_key
    asked = _keys().add_columns(table.c.digest).where(table.c.digest == found)
    with store.reading() as (connection, _):
        row = connection.execute(asked).first()
    if row is None or not hmac.compare_digest(row.digest, found):
        return None
    key = _key(row)
    ended = key.revoked_at is not None or (key.ends_at is not None and bool(at >= key.ends_at))
    return None if ended else key


def digest(secret: str) -> str:
    """SHA-256: enough for what is long and random.

    >>> digest("hk_")[:12]
    '25f2cb0dd34e'
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _checked(scopes: Sequence[str]) -> tuple[Scope, ...]:
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        came = f"the scope is {unknown[0][:50]!r}" if unknown else "the key has no scope"
        raise UsageError(came, f"some of {', '.join(SCOPES)}", "choose what it may do")
    return tuple(one for one in SCOPES if one in scopes)


def _keys() -> Any:
    table, owner = schema.api_key, schema.organisation
    columns = [table.c[name] for name in Key.__dataclass_fields__ if name != "organisation"]
    return select(*columns, owner.c.name.label("organisation")).join_from(table, owner)


def _key(row: Row[Any]) -> Key:
    given = {name: getattr(row, name) for name in Key.__dataclass_fields__}
    return Key(**given | {"scopes": tuple(given["scopes"])})
