"""Saved views: a list as somebody wants to see it again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from sqlalchemy import delete, func, insert, select

from anomaly_hunter.errors import UnknownError, UsageError
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.plain import text
from anomaly_hunter.remember.records import View
from anomaly_hunter.remember.store import Store, now

MOST_VIEWS: Final = 200
MOST_NAME: Final = 80
MOST_QUERY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Views:
    """The saved views of an organisation, seen by all its people."""

    store: Store
    clock: Callable[[], np.datetime64] = now

    def add(self, view: View) -> View:
        """Keep it in place of one of the same page and name; the same with its id."""
        name, page, query = (text(one).strip() for one in (view.name, view.page, view.query))
        if not 0 < len(name) <= MOST_NAME or not 0 < len(page) <= 40 or len(query) > MOST_QUERY:
            raise UsageError(
                f"a view {name[:40]!r} of {page[:40]!r} with {len(query)} characters",
                f"a name of 1 to {MOST_NAME} characters, a page, and at most {MOST_QUERY:,} characters",
                "shorten it",
            )
        table = schema.view
        made = replace(
            view, name=name, page=page, query=query, by=text(view.by), id=secrets.token_hex(6),
            made_at=self.clock(),
        )  # fmt: skip
        with self.store.writing() as (connection, owner):
            mine = table.c.organisation_id == owner
            connection.execute(delete(table).where(mine, table.c.page == page, table.c.name == name))
            count = connection.execute(select(func.count()).select_from(table).where(mine)).scalar() or 0
            if count >= MOST_VIEWS:
                raise UsageError(f"there are {count} views", f"at most {MOST_VIEWS}", "remove one first")
            row = {one: getattr(made, one) for one in View.__dataclass_fields__}
            connection.execute(insert(table).values(row | {"organisation_id": owner}))
        return made

    def all(self, page: str | None = None) -> tuple[View, ...]:
        """Every view, of one page or of all, by name."""
        table = schema.view
        with self.store.reading() as (connection, owner):
            if owner is None:
                return ()
            query = select(*(table.c[name] for name in View.__dataclass_fields__))
            query = query.where(table.c.organisation_id == owner)
            if page is not None:
                query = query.where(table.c.page == text(page))
            rows = connection.execute(query.order_by(table.c.page, table.c.name, table.c.id)).mappings()
            return tuple(View(**row) for row in rows)

    def remove(self, name: str) -> View:
        """Take one away, by its id; UnknownError where there is none."""
        found = next((one for one in self.all() if one.id == name), None)
        table = schema.view
        if found is not None:
            with self.store.writing() as (connection, owner):
                here = (table.c.organisation_id == owner, table.c.id == found.id)
                if connection.execute(delete(table).where(*here)).rowcount == 1:
                    return found
        raise UnknownError(f"there is no view {name!r}", "an id of the list of views", "check it")
