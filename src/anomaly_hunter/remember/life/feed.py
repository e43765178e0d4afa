"""What just happened: written with the change itself, read by everybody who listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, insert

from anomaly_hunter.remember import schema
from anomaly_hunter.remember.plain import plain, text


def tell(  # noqa: PLR0917 - one row
    connection: Connection, owner: int, at: np.datetime64, kind: str, about: str, data: Mapping[str, Any]
) -> None:
    """Say it in the transaction that does it: what is told has happened, what happened is told.

    ``kind`` is a noun and what became of it (``incident.acknowledged``), ``about`` the noun's id.
    """
    row = {"organisation_id": owner, "at": at, "kind": kind, "about": text(about), "data": plain(data)}
    connection.execute(insert(schema.happening).values(row))
