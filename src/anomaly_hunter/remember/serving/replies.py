"""What was answered to requests with an `Idempotency-Key`: asked again, it is answered again, done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import and_, delete, insert, or_, select

from anomaly_hunter.errors import UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.store import Store, now

KEPT: Final = np.timedelta64(24 * 3600, "s").astype("timedelta64[ns]")
"""How long a reply is kept."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is to be done once: digests (64 hex digits) of its key with who asks, and of it all."""

    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies of an organisation.

    A request is done once when :meth:`before`, its work and :meth:`keep` stand in one transaction
    (:meth:`Store.at_once`): that is done whole or not at all, and the same request beside it waits for it.
    """

    store: Store
    clock: Callable[[], np.datetime64] = now

    def before(self, asked: Asked) -> Reply | None:
        """The reply that was given; None: the request was not done.

        Raises
        ------
        UsageError
            The key came with another request before.
        """
        table = schema.reply
        with self.store.reading() as (connection, owner):
            here = and_(
                table.c.organisation_id == owner, table.c.key == asked.key, table.c.status.is_not(None)
            )
            fresh = table.c.made_at >= self.clock() - KEPT
            row = connection.execute(select(table).where(here, fresh)).mappings().first()
        if row is None:
            return None
        if row["request"] != asked.request:
            raise UsageError(
                "this Idempotency-Key came with another request before",
                "a new key",
                "make one for each request",
            )
        return Reply(row["status"], row["headers"], row["body"] or b"")

    def keep(self, asked: Asked, reply: Reply) -> None:
        """What is answered, in the place of what was answered before; what is old is dropped."""
        table, at = schema.reply, self.clock()
        with self.store.writing() as (connection, owner):
            gone = or_(table.c.made_at < at - KEPT, table.c.key == asked.key)
            connection.execute(delete(table).where(table.c.organisation_id == owner, gone))
            row = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body, "made_at": at}
            new = {"organisation_id": owner, "key": asked.key, "request": asked.request, **row}
            connection.execute(insert(table).values(new))
