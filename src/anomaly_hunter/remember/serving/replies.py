"""What was answered to requests with an `Idempotency-Key`: asked again, it is answered again, done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, insert, select, update

from anomaly_hunter.errors import ConflictError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.store import Store, now

KEPT: Final = np.timedelta64(24 * 3600, "s").astype("timedelta64[ns]")
"""How long a reply is kept."""

GIVEN_UP: Final = np.timedelta64(900, "s").astype("timedelta64[ns]")
"""After this time a request that was never answered (the server fell) may be made again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies of an organisation; ``key`` and ``request`` are digests."""

    store: Store
    clock: Callable[[], np.datetime64] = now

    def claim(self, key: str, request: str) -> Reply | None:
        """The reply that was given; None: there is none, and whoever asks answers now.

        Raises
        ------
        UsageError
            The key came with another request before.
        ConflictError
            The same request is being answered right now.
        """
        table, at = schema.reply, self.clock()
        with self.store.writing() as (connection, owner):
            mine = table.c.organisation_id == owner
            connection.execute(delete(table).where(mine, table.c.made_at < at - KEPT))
            here = (mine, table.c.key == key)
            row = connection.execute(select(table).where(*here)).mappings().first()
            if row is not None and row["request"] != request:
                raise UsageError(
                    "this Idempotency-Key came with another request before",
                    "a new key",
                    "make one for each request",
                )
            if row is not None and row["status"] is not None:
                return Reply(row["status"], row["headers"], row["body"] or b"")
            if row is not None and row["made_at"] > at - GIVEN_UP:
                raise ConflictError(
                    "a request with this Idempotency-Key is being answered",
                    "one at a time",
                    "try again in a moment",
                )
            values: dict[str, Any] = {
                "request": request,
                "status": None,
                "headers": {},
                "body": None,
                "made_at": at,
            }
            if row is None:
                connection.execute(insert(table).values(organisation_id=owner, key=key, **values))
            else:
                connection.execute(update(table).where(*here).values(values))
        return None

    def keep(self, key: str, reply: Reply) -> None:
        """What was answered."""
        table = schema.reply
        with self.store.writing() as (connection, owner):
            values = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}
            here = (table.c.organisation_id == owner, table.c.key == key)
            connection.execute(update(table).where(*here).values(values))

    def forget(self, key: str) -> None:
        """Nothing was done: the request may be made again."""
        table = schema.reply
        with self.store.writing() as (connection, owner):
            here = (table.c.organisation_id == owner, table.c.key == key)
            connection.execute(delete(table).where(*here))
