"""A column among many values, given as one parameter: ten thousand are asked for like ten."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Text, cast, func, literal, select


def among(
    connection: Connection, column: ColumnElement[Any], values: Iterable[str | int]
) -> ColumnElement[bool]:
    """``column IN values``, whatever their number; the database unpacks them."""
    packed = literal(json.dumps(list(values)), Text)
    if connection.dialect.name == "sqlite":
        each = func.json_each(packed).table_valued("value").c.value
        return column.in_(select(each))
    each = func.json_array_elements_text(cast(packed, JSON)).table_valued("value").c.value
    return column.in_(select(cast(each, column.type)))
