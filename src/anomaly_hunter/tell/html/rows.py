"""The outlying rows of an incident as a small table: which cells carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from anomaly_hunter.model import Anomaly, Column, Incident, Table
from anomaly_hunter.tell.html import limits

CARRIES: Final = 0.2  # of an anomaly's share: from here on a cell is highlighted


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says, and its share of the row's strangeness (0 where it carries nothing)."""

    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One outlying row."""

    number: int
    score: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class OutlyingRows:
    """Rows by score, strangest first, and what found no room."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    hidden_rows: int
    hidden_columns: int


def outlying_rows(table: Table, incident: Incident) -> OutlyingRows:
    """The rows that the incident's anomalies name, the carrying columns kept first."""
    found = sorted(_rows(table, incident), key=lambda pair: (-pair[1].score, pair[0]))
    columns = _columns(table, incident)
    shown = tuple(
        Row(number, anomaly.score, tuple(_cell(column, number, anomaly) for column in columns))
        for number, anomaly in found[: limits.ROWS]
    )
    return OutlyingRows(columns, shown, len(found) - len(shown), len(table.columns) - len(columns))


def _rows(table: Table, incident: Incident) -> Iterator[tuple[int, Anomaly]]:
    seen: set[int] = set()
    for anomaly in incident.anomalies:
        for number in anomaly.rows:
            if number not in seen and 0 <= number < len(table):
                seen.add(number)
                yield number, anomaly


def _columns(table: Table, incident: Incident) -> tuple[Column, ...]:
    """At most twelve columns in the order of the table; those that carry most are sure of a place."""
    carried: dict[str, float] = {}
    for anomaly in incident.anomalies:
        for share in anomaly.carriers:
            carried[share.name] = carried.get(share.name, 0.0) + share.share
    order = sorted(range(len(table.columns)), key=lambda i: -carried.get(table.columns[i].name, 0.0))
    return tuple(table.columns[i] for i in sorted(order[: limits.COLUMNS]))


def _cell(column: Column, number: int, anomaly: Anomaly) -> Cell:
    share = next((s.share for s in anomaly.carriers if s.name == column.name), 0.0)
    return Cell(column.text(number), share if share >= CARRIES else 0.0)
