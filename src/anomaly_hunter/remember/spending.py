"""What language models answered, to be used again, and what a day cost; the key of their pseudonyms."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from anomaly_hunter.model import Spent
from anomaly_hunter.remember import schema
from anomaly_hunter.remember.plain import text

MOST_ANSWERS: Final = 1000
"""Of one organisation; the oldest are dropped."""


def answer(connection: Connection, owner: int, key: str) -> str | None:
    """The answer under this key; None where there is none."""
    table = schema.answer
    query = select(table.c.answer).where(table.c.organisation_id == owner, table.c.key == key)
    return connection.execute(query).scalar()


def keep_answer(connection: Connection, owner: int, key: str, said: str) -> None:
    """Keep an answer in place of the one before; what is older than the newest thousand goes."""
    table = schema.answer
    mine = table.c.organisation_id == owner
    connection.execute(delete(table).where(mine, table.c.key == key))
    connection.execute(insert(table).values(organisation_id=owner, key=key, answer=text(said)))
    kept = select(table.c.id).where(mine).order_by(table.c.id.desc()).offset(MOST_ANSWERS).limit(1)
    last = connection.execute(kept).scalar()
    if last is not None:
        connection.execute(delete(table).where(mine, table.c.id <= last))


def spent(connection: Connection, owner: int, day: str) -> Spent:
    """What was spent on a day so far."""
    table = schema.spending
    query = select(table).where(table.c.organisation_id == owner, table.c.day == day)
    row = connection.execute(query).mappings().first()
    return Spent() if row is None else Spent(**{name: row[name] for name in asdict(Spent())})


def spend(connection: Connection, owner: int, day: str, amount: Spent) -> None:
    """Add to a day."""
    table, given = schema.spending, asdict(amount)
    here = (table.c.organisation_id == owner, table.c.day == day)
    more = {name: table.c[name] + value for name, value in given.items()}
    if connection.execute(update(table).where(*here).values(more)).rowcount == 0:
        connection.execute(insert(table).values(organisation_id=owner, day=day, **given))


def pseudonym_key(connection: Connection, owner: int) -> bytes | None:
    """The key of the organisation; None where none was made yet."""
    table = schema.organisation
    found = connection.execute(select(table.c.pseudonym_key).where(table.c.id == owner)).scalar()
    return bytes.fromhex(found) if found else None


def made_pseudonym_key(connection: Connection, owner: int) -> bytes:
    """The key of the organisation, made where there is none; only for who may write."""
    known = pseudonym_key(connection, owner)
    if known is not None:
        return known
    made = secrets.token_bytes(32)
    table = schema.organisation
    connection.execute(update(table).where(table.c.id == owner).values(pseudonym_key=made.hex()))
    return made
