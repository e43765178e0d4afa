"""The audit log: added to only, each entry chained to the one before it.

Triggers refuse to change or delete an entry; the chain shows when somebody did it past them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, RowMapping, insert, select

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.people.membership import Entry, Verified
from anomaly_hunter.remember.plain import plain, text
from anomaly_hunter.remember.store import Store

LONGEST: Final = 1_000
"""Characters of one text: what a request says of itself does not fill the log."""


def record(  # noqa: PLR0917 - who did what, in the order one says it
    connection: Connection,
    owner: int,
    by: str,
    action: str,
    about: str = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
    at: np.datetime64 | None = None,
) -> None:
    """Write down who did what, in the transaction that does it (:meth:`Store.writing`).

    Parameters
    ----------
    connection, owner:
        As :meth:`Store.writing` gives them: it lets one writer in at a time, which the chain needs.
    by, action, about, detail, address:
        See :class:`~anomaly_hunter.remember.people.membership.Entry`.
    at:
        When; now, if it is not said.
    """
    table = schema.audit
    last = select(table.c.digest).where(table.c.organisation_id == owner).order_by(table.c.id.desc())
    previous = connection.execute(last.limit(1)).scalar() or _ground(connection, owner)
    entry = {
        "at": now() if at is None else at,
        "by": _short(by),
        "action": _short(action)[:60],
        "about": _short(about),
        "detail": plain(detail or {}),
        "address": _short(address),
        "previous": previous,
    }
    row = {"organisation_id": owner, **entry, "digest": _digest(entry)}
    connection.execute(insert(table).values(row))


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit log of an organisation.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Store.open(folder + "/memory.db") as store:
    ...     Audit(store).record("ann", "key.added", "3f2a91c04d17")
    ...     [(one.by, one.action) for one in Audit(store).page()], Audit(store).verify().entries
    ([('ann', 'key.added')], 1)
    """

    store: Store

    def record(
        self,
        by: str,
        action: str,
        about: str = "",
        detail: Mapping[str, Any] | None = None,
        address: str = "",
        *,
        at: np.datetime64 | None = None,
    ) -> None:
        """One entry in a transaction of its own; see :func:`record`."""
        with self.store.writing() as (connection, owner):
            record(connection, owner, by, action, about, detail, address, at)

    def page(self, before: int | None = None, most: int = 50, search: str = "") -> tuple[Entry, ...]:
        """Entries, the newest first: older than entry ``before``, with ``search`` in who, what or about."""
        table = schema.audit
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            asked = select(table).where(table.c.organisation_id == owner)
            if before is not None:
                asked = asked.where(table.c.id < before)
            if search:
                where = table.c.by + " " + table.c.action + " " + table.c.about
                asked = asked.where(where.icontains(text(search), autoescape=True))
            rows = connection.execute(asked.order_by(table.c.id.desc()).limit(most)).mappings()
            return tuple(_entry(row) for row in rows)

    def verify(self, holds: str = "") -> Verified:
        """Check the whole chain, in bounded memory.

        Parameters
        ----------
        holds:
            A digest noted down earlier. A log that was cut, or written anew from the start, fits in
            itself; it does not hold what was noted.

        Raises
        ------
        UsageError
            The log fits in itself and does not hold ``holds``.
        """
        found, met = self._walked(holds)
        if holds and not met and found.broken_at is None:
            raise UsageError(
                f"no entry of the audit log has the digest {holds}",
                "the digest of an entry, as it was noted",
                "if it was copied rightly the log was cut or written anew: compare with a backup",
            )
        return found

    def _walked(self, holds: str) -> tuple[Verified, bool]:
        table = schema.audit
        with self.store.reading() as (connection, owner):
            if owner is None:
                return Verified(0, ""), False
            previous, entries, met = _ground(connection, owner), 0, False
            asked = select(table).where(table.c.organisation_id == owner).order_by(table.c.id)
            with connection.execution_options(yield_per=1_000).execute(asked) as rows:
                for row in rows.mappings():
                    if row["previous"] != previous or row["digest"] != _digest(row):
                        return Verified(entries, previous if entries else "", row["id"]), met
                    previous, entries, met = row["digest"], entries + 1, met or row["digest"] == holds
            return Verified(entries, previous if entries else ""), met


def _ground(connection: Connection, owner: int) -> str:
    """What the first entry stands on: whose log it is."""
    table = schema.organisation
    name = connection.execute(select(table.c.name).where(table.c.id == owner)).scalar_one()
    return hashlib.sha256(f"audit:{name}".encode()).hexdigest()


def _digest(entry: Mapping[str, Any] | RowMapping) -> str:
    at = int(entry["at"].astype("datetime64[ns]").astype(np.int64))
    said = [entry[name] for name in ("by", "action", "about", "detail", "address")]
    whole = json.dumps([entry["previous"], at, *said], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _short(given: str) -> str:
    return text(given)[:LONGEST]


def _entry(row: RowMapping) -> Entry:
    return Entry(**{name: row[name] for name in Entry.__dataclass_fields__})
