"""The categories of a table: one value per record (queue), or several (tags)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.model import AnyArray, Column, FloatArray, IntArray, Table

_NUMBERED: Final = re.compile(r"(.*?)[\s_.\-]*\d+")
_SEPARATORS: Final = ",;|"
_LONGEST_TAG: Final = 60
_LONGEST_LIST: Final = 600
_MAX_CELLS: Final = 100_000_000
_MAX_VALUES: Final = 2_000  # more different values than this is an id or a text


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """Which record has which value: pairs ``(row[i], values[code[i]])``, no pair twice.

    ``single`` says that a record has at most one value, so that counts of values add up.
    """

    name: str
    values: tuple[str, ...]
    row: IntArray
    code: IntArray
    single: bool = True

    def counts(self, weight: FloatArray) -> FloatArray:
        """``(k,)`` sum of ``weight`` ``(n,)`` over the records that have each value."""
        return np.bincount(self.code, weight[self.row], minlength=len(self.values)).astype(np.float64)

    def largest(self, limit: int) -> IntArray:
        """Codes of the most frequent values, ties by name; values that never occur are left out."""
        count = np.bincount(self.code, minlength=len(self.values))
        order = sorted(np.flatnonzero(count).tolist(), key=lambda c: (-int(count[c]), self.values[c]))
        return np.array(order[:limit], dtype=np.int64)


def facets(table: Table, leave_out: Iterable[str] = ()) -> tuple[Facet, ...]:
    """The facets of a table: its dimensions, lists of tags ("a, b") and numbered siblings (tag_1, tag_2).

    Siblings are taken together when their names differ by a number only, they share values and a
    record does not repeat one.
    Columns named in ``leave_out``, and those with one value or over 2,000, are left out.

    >>> c = Column("tags", "dimension", np.array([0, 1, 2]), ("vpn", "vpn, login", "login"))
    >>> f = facets(Table("t", (c,)))[0]
    >>> f.values, f.row.tolist(), f.code.tolist(), f.single
    (('login', 'vpn'), [0, 1, 1, 2], [1, 0, 1, 0], False)
    """
    skip = set(leave_out)
    usable = [c for c in table.columns if c.role in ("dimension", "text", "id") and c.name not in skip]
    found: dict[str, Facet | None] = {}
    for stem, group in _siblings(usable).items():
        facet = _joined(stem, group)
        if facet:
            found |= {column.name: None for column in group} | {group[0].name: facet}
    for column in usable:
        if column.name not in found:
            found[column.name] = _listed(column) or _plain(column)
    ordered = (found[column.name] for column in usable)
    return tuple(f for f in ordered if f and 1 < len(f.values) <= _MAX_VALUES)


def _plain(column: Column) -> Facet | None:
    if column.role != "dimension":
        return None
    row = np.flatnonzero(column.values >= 0)
    return Facet(column.name, column.categories, row, column.values[row].astype(np.int64))


def _coded(column: Column) -> tuple[AnyArray, AnyArray]:
    """Distinct cells and the code of each row; missing cells are -1."""
    if column.role == "dimension":
        return np.array(column.categories, dtype=object), column.values
    index: dict[str, int] = {"": -1}
    codes = np.fromiter((index.setdefault(str(v), len(index) - 1) for v in column.values), np.int64)
    return np.array(list(index)[1:], dtype=object), codes


def _siblings(columns: list[Column]) -> dict[str, list[Column]]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        match = _NUMBERED.fullmatch(column.name)
        if match and match[1] and not _too_long(column):
            groups.setdefault(match[1], []).append(column)
    return {stem: group for stem, group in groups.items() if len(group) > 1}


def _too_long(column: Column) -> bool:
    return column.role != "dimension" and any(len(cell) > _LONGEST_TAG for cell in column.values)


def _joined(name: str, group: list[Column]) -> Facet | None:
    """Tags over several columns: the columns share values, and a record rarely has one twice."""
    coded = [_coded(column) for column in group]
    values = sorted(set().union(*(cells.tolist() for cells, _ in coded)))
    if len(values) > 0.8 * sum(len(cells) for cells, _ in coded):
        return None
    place = {value: position for position, value in enumerate(values)}
    rows = [np.flatnonzero(codes >= 0) for _, codes in coded]
    parts = [
        np.array([place[cell] for cell in cells], dtype=np.int64)[codes[row]]
        for (cells, codes), row in zip(coded, rows, strict=True)
        if len(cells)
    ]
    row, code = np.concatenate(rows), np.concatenate(parts)
    facet = _paired(name, values, row, code)
    repeated = len(row) - len(facet.row)
    return facet if repeated <= 0.05 * len(group[0].values) else None


def _paired(name: str, values: list[str], row: IntArray, code: IntArray) -> Facet:
    width = max(1, len(values))
    key = row * width + code
    top = int(key.max(initial=-1)) + 1
    if top <= _MAX_CELLS:  # marking cells is ten times faster than sorting pairs
        seen = np.zeros(top, bool)
        seen[key] = True
        key = np.flatnonzero(seen)
    else:
        key = np.unique(key)
    return Facet(name, tuple(values), key // width, key % width, single=False)


def _listed(column: Column) -> Facet | None:
    if _too_long_for_tags(column):
        return None
    cells, codes = _coded(column)
    separator = _separator([str(cell) for cell in cells])
    if not separator:
        return None
    lists = [_split(str(cell), separator) for cell in cells]
    values = sorted({tag for tags in lists for tag in tags})
    place = {value: position for position, value in enumerate(values)}
    flat = np.array([place[tag] for tags in lists for tag in tags], dtype=np.int64)
    length = np.array([len(tags) for tags in lists], dtype=np.int64)
    row = np.flatnonzero(codes >= 0)
    size = length[codes[row]]
    first = np.concatenate(([0], np.cumsum(length)))[codes[row]]
    step = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return _paired(column.name, values, np.repeat(row, size), flat[np.repeat(first, size) + step])


def _too_long_for_tags(column: Column) -> bool:
    cells = column.categories if column.role == "dimension" else column.values
    return any(len(cell) > _LONGEST_LIST for cell in cells)


def _split(cell: str, separator: str) -> list[str]:
    tags = (tag.strip(" \t[]\"'") for tag in cell.split(separator))
    return list(dict.fromkeys(tag for tag in tags if tag))


def _separator(cells: list[str]) -> str:
    """The sign that turns the cells into lists of few, short, repeated tags; "" when none does."""
    for sign in _SEPARATORS:
        if sum(sign in cell for cell in cells) < max(1, 0.3 * len(cells)):
            continue
        lists = [_split(cell, sign) for cell in cells]
        tags = [tag for part in lists for tag in part]
        if (
            len({len(part) for part in lists}) > 1
            and max(map(len, tags), default=0) <= _LONGEST_TAG
            and len(set(tags)) <= 0.7 * len(set(cells))
        ):
            return sign
    return ""
