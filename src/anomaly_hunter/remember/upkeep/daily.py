"""Once a day what is old goes, of every organisation; one server of several does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from sqlalchemy import ColumnElement, or_, select, update

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.moments import now
from anomaly_hunter.remember.options import RememberOptions
from anomaly_hunter.remember.store import Store
from anomaly_hunter.remember.upkeep.retention import Pruned, Retention

DAY: Final = np.timedelta64(86_400, "s").astype("timedelta64[ns]")


def prune_due(
    store: Store, limits: RememberOptions, clock: Callable[[], np.datetime64] = now
) -> Mapping[str, Pruned]:
    """Prune the organisations that nobody pruned for a day; what went, by their names.

    The time is written down before, so that no other server begins the same. One that falls in the
    middle leaves the rest for the next day, which is no harm.
    """
    at, gone = clock(), {}
    for name in _waiting(store, at):
        theirs = replace(store, organisation=name)
        if _claimed(theirs, at):
            gone[name] = Retention(theirs, limits, clock).prune()
    return gone


def _waiting(store: Store, at: np.datetime64) -> tuple[str, ...]:
    table = schema.organisation
    with store.reading() as (connection, _):
        asked = select(table.c.name).where(_due(at)).order_by(table.c.id)
        return tuple(connection.execute(asked).scalars())


def _claimed(store: Store, at: np.datetime64) -> bool:
    table = schema.organisation
    with store.writing() as (connection, owner):
        mine = update(table).where(table.c.id == owner, _due(at)).values(pruned_at=at)
        return connection.execute(mine).rowcount == 1


def _due(at: np.datetime64) -> ColumnElement[bool]:
    pruned_at = schema.organisation.c.pruned_at
    return or_(pruned_at.is_(None), pruned_at <= at - DAY)
