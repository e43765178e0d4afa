"""What just happened, for those who listen; every program that writes to the store tells it there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.records import Happening
from anomaly_hunter.remember.store import Store


@dataclass(frozen=True, slots=True)
class Happenings:
    """The feed of an organisation. Ids grow with time: who comes back goes on after the last one seen."""

    store: Store

    def since(self, after: int, most: int = 500) -> tuple[Happening, ...]:
        """What happened after this id, oldest first."""
        table = schema.happening
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            query = select(table).where(table.c.organisation_id == owner, table.c.id > after)
            rows = connection.execute(query.order_by(table.c.id).limit(most)).mappings()
            return tuple(Happening(r["id"], r["at"], r["kind"], r["about"], r["data"]) for r in rows)

    def last_id(self) -> int:
        """The id of the last one; 0 where nothing happened yet."""
        table = schema.happening
        with self.store.reading() as (connection, owner):
            if owner is None:
                return 0
            query = select(func.max(table.c.id)).where(table.c.organisation_id == owner)
            return connection.execute(query).scalar() or 0
