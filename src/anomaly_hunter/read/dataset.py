"""Columns to a Dataset: the one path that all sources share, and the line that says what was guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Dataset, Issue, Series, Table
from anomaly_hunter.read import quality
from anomaly_hunter.read.build import Built, build_series, build_table
from anomaly_hunter.read.columns import EXACT_INTEGER, Columns
from anomaly_hunter.read.look import Look
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.roles import Roles, assign, listed
from anomaly_hunter.read.same_names import told_apart
from anomaly_hunter.read.shape import Shape, decide


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One file, understood."""

    columns: Columns
    roles: Roles
    shape: Shape
    built: Built


def to_dataset(
    parts: Sequence[Columns], options: ReadOptions, name: str = "", paths: Sequence[str] = ()
) -> Dataset:
    """Understand one or several sets of columns and put them together.

    ``paths`` name where each part is from, where that is known better than by the part itself.

    Raises
    ------
    DataError
        Nothing can be looked at, or the parts are of different kinds.
    UsageError
        An option names what is not there, or there are too many series.
    """
    understood = [_understand(columns, options) for columns in parts]
    _check_one_kind(understood)
    first = understood[0]
    called = paths or [part.columns.source or part.columns.name for part in understood]
    series = told_apart([(path, part.built.series) for path, part in zip(called, understood, strict=True)])
    if len(series) > options.max_series:
        raise UsageError(
            f"the files hold {len(series):,} series together", f"at most {options.max_series:,}",
            "raise max_series, or read fewer files",
        )  # fmt: skip
    issues = [issue for part in understood for issue in _located(part, len(understood) > 1)]
    cells = [(len(part.columns), max(1, _looked_at(part))) for part in understood]
    rows, width = sum(n for n, _ in cells), max(w for _, w in cells)
    notes = dict.fromkeys(note for part in understood for note in _notes(part))
    roles: dict[str, str] = {}
    for part in understood:
        roles |= part.roles.names()
    if first.shape.measures != first.roles.measures:
        roles |= {look.name: "dimension" for look in first.shape.by}
    return Dataset(
        name=name or first.columns.source or first.columns.name,
        kind=first.shape.kind,
        quality=quality.report(issues, rows, width, len(series) or width),
        reading=_reading(understood, series),
        series=series,
        table=first.built.table,
        roles=roles,
        notes=tuple(notes),
    )


def _looked_at(part: _Part) -> int:
    return len(part.shape.measures) or len(part.roles.names())


def _understand(columns: Columns, options: ReadOptions) -> _Part:
    if not len(columns):
        shown = f" (columns: {', '.join(columns.names[:6])})" if columns.names else ""
        raise DataError(
            f"{columns.shown} has no rows{shown}",
            "at least one row of data",
            "check the export, or pass another file",
        )
    roles = assign(columns, options)
    shape = decide(columns, roles, options)
    if shape.kind != "series":
        return _Part(columns, roles, shape, build_table(columns, roles, shape))
    built = build_series(columns, roles, shape, options)
    if not built.series:
        raise DataError(
            f"no row of {columns.shown} has both a time and a number",
            "at least one",
            "check the time column (--time)",
        )
    return _Part(columns, roles, shape, built)


def _check_one_kind(parts: Sequence[_Part]) -> None:
    kinds = {part.shape.kind: part.columns.shown for part in parts}
    if len(kinds) > 1:
        shown = ", ".join(f"{name} is read as {kind}" for kind, name in kinds.items())
        raise UsageError(
            f"the files are of different kinds ({shown})",
            "files of one kind",
            "hunt them apart, or say --kind",
        )
    if len(parts) > 1 and parts[0].shape.kind != "series":
        raise UsageError(
            f"{len(parts)} files are read as {parts[0].shape.kind}",
            "one table at a time, or files of series",
            "pass one file, or put the rows into one file",
        )  # fmt: skip


def _located(part: _Part, several: bool) -> Iterable[Issue]:
    """Issues of several files name their file."""
    for issue in part.built.issues:
        where = f"{part.columns.shown}: {issue.where}" if several else issue.where
        yield Issue(issue.kind, where, issue.count, issue.statement)


def _notes(part: _Part) -> Iterable[str]:
    yield from part.columns.notes
    yield from part.roles.notes
    if part.roles.time is not None and part.roles.time.times is not None:
        yield from part.roles.time.times.notes
    yield from part.built.notes
    for look in part.shape.measures:
        if look.numbers is not None and look.numbers.doubtful:
            cell = look.numbers.doubtful
            thousands, decimal = cell.replace(",", ""), cell.replace(",", ".")
            yield f"{look.name}: {cell} is read as {thousands} (decimal_comma=True reads {decimal})"
        elif look.numbers is not None and look.numbers.comma:
            yield f"{look.name}: the comma is the decimal sign"
        if _rounds(look):
            yield f"{look.name}: whole numbers beyond 2^53 are rounded to 16 digits"


def _rounds(look: Look) -> bool:
    """Whether cells are whole numbers that a float cannot hold exactly."""
    if look.numbers is None or not np.nanmax(np.abs(look.numbers.values), initial=0.0) > EXACT_INTEGER:
        return False
    first = look.raw.values[:100]
    return first.dtype == np.int64 or (look.raw.is_text and any(c.strip("+-").isdigit() for c in first))


def _reading(parts: Sequence[_Part], series: Sequence[Series]) -> str:
    first = parts[0]
    if first.shape.kind != "series":
        return table_reading(first.built.table, first.shape.kind)
    line = series_reading(series)
    clock = first.roles.time
    line += (
        ", no time column: rows are the clock" if clock is None else f", time={clock.name} ({_format(first)})"
    )
    line += f", value={listed(first.shape.measures)}"
    if first.shape.by:
        line += f", by={listed(first.shape.by)}"
    return line + (f", {len(parts)} files" if len(parts) > 1 else "")


def _format(part: _Part) -> str:
    clock = part.roles.time
    return clock.times.format if clock is not None and clock.times is not None else ""


def series_reading(series: Sequence[Series]) -> str:
    """How many series of how many points at which interval.

    >>> series_reading([Series.of([1.0, 2.0, 3.0])])
    '3 points'
    """
    lengths = sorted(len(one) for one in series)
    points = f"{lengths[0]:,}" if lengths[0] == lengths[-1] else f"{lengths[0]:,} to {lengths[-1]:,}"
    noun = "point" if lengths[-1] == 1 else "points"
    text = f"{points} {noun}" if len(series) == 1 else f"{len(series):,} series of {points} {noun}"
    longest = max(series, key=len)
    steps = np.diff(longest.time.view(np.int64))
    moving = steps[steps > 0]
    if longest.clocked and len(moving):
        text += f" every {quality.duration(float(np.median(moving)) / 1e9)}"
    return text


def table_reading(table: Table | None, kind: str) -> str:
    """How many rows, and which columns have which role."""
    if table is None:
        return ""
    noun = "tickets" if kind == "tickets" else "rows"
    parts = [f"{len(table):,} {noun}"]
    time = table.by_role("time")
    parts.append(f"time={time[0].name}" if time else "no time column")
    for role, plural in (
        ("text", "text"),
        ("measure", "measures"),
        ("dimension", "dimensions"),
        ("id", "id"),
    ):
        names = [column.name for column in table.columns if column.role == role]
        if names:
            shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
            parts.append(
                f"{plural}={shown}" if role in ("text", "id") else f"{_many(len(names), plural)} ({shown})"
            )
    return ", ".join(parts)


def _many(count: int, plural: str) -> str:
    return f"{count} {plural if count > 1 else plural[:-1]}"
