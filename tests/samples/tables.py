"""Sample records as a table, without going through a file."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import Column, Table

TEXTS = ("subject", "body")
DIMENSIONS = ("type", "queue", "priority", "language", "tags")


def dimension(name, cells) -> Column:
    values = sorted({cell for cell in cells if cell})
    place = {value: i for i, value in enumerate(values)}
    codes = np.array([place.get(cell, -1) for cell in cells], dtype=np.int32)
    return Column(name, "dimension", codes, tuple(values))


def times(name, cells) -> Column:
    return Column(name, "time", np.array([cell.rstrip("Z") for cell in cells], dtype="datetime64[ns]"))


def ticket_table(rows, name="tickets.csv") -> Table:
    cells = {key: [row[key] for row in rows] for key in rows[0]}
    return Table(
        name,
        (
            Column("id", "id", np.array(cells["id"], dtype=object)),
            times("created_at", cells["created_at"]),
            *(Column(key, "text", np.array(cells[key], dtype=object)) for key in TEXTS),
            *(dimension(key, cells[key]) for key in DIMENSIONS),
        ),
    )


def permuted(table: Table, seed=3) -> Table:
    order = np.random.default_rng(seed).permutation(len(table))
    columns = tuple(Column(c.name, c.role, c.values[order], c.categories) for c in table.columns)
    return Table(table.name, columns)
