"""Columns with roles to series or a table, with everything that was found wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import AnyArray, Column, FloatArray, IntArray, Issue, Role, Series, Table, TimeArray
from anomaly_hunter.model.saying import counted
from anomaly_hunter.read import quality, words
from anomaly_hunter.read.columns import Columns
from anomaly_hunter.read.look import Look, codes_of
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.roles import Roles, listed
from anomaly_hunter.read.shape import Shape, clock_ns
from anomaly_hunter.read.split import group_numbers


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """What became of one file: its series or its table."""

    series: tuple[Series, ...] = ()
    table: Table | None = None
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows of one combination of splitting cells, sorted by time."""

    position: IntArray
    time: TimeArray
    labels: Mapping[str, str]
    clocked: bool


def build_series(columns: Columns, roles: Roles, shape: Shape, options: ReadOptions) -> Built:
    """One series per measure and combination of the splitting columns.

    Rows whose time cannot be read have no place and are left out and counted. Rows are sorted by
    time (stable) within each series; that they were not is an issue.

    Raises
    ------
    UsageError
        More series than ``options.max_series``.
    """
    groups, issues, notes = _groups(columns, roles, shape)
    if len(groups) * len(shape.measures) > options.max_series:
        raise UsageError(
            f"{columns.shown} holds {len(groups) * len(shape.measures):,} series",
            f"at most {options.max_series:,}",
            "raise max_series, or name fewer columns with --value or --by",
        )
    result: list[Series] = []
    for look in shape.measures:
        issues += quality.of_numbers(look)
    alone = sum(words.is_generic(look.name) for look in shape.measures) == 1
    for group in groups:
        made = (_one_series(columns, look, group, alone, options.tz) for look in shape.measures)
        found = [one for one in made if one is not None]
        if found and found[0].clocked:
            issues += quality.of_times(found[0].time, found[0].row, found[0].title)
        issues += [issue for one in found for issue in quality.of_values(one)]
        result.extend(found)
    silent = len(groups) * len(shape.measures) - len(result)
    if silent:
        notes.append(f"{silent:,} series without a single number are left out")
    return Built(tuple(result), None, tuple(issues), tuple(notes))


def _groups(columns: Columns, roles: Roles, shape: Shape) -> tuple[list[_Group], list[Issue], list[str]]:
    n, issues, notes = len(columns), list(columns.issues), list(shape.notes)
    if roles.time is None or roles.time.times is None:
        time, kept = (np.arange(n) * 1_000_000_000).astype(np.int64), np.arange(n)
    else:
        time, kept = clock_ns(roles.time)
        issues += [*roles.time.times.issues, *_lost_rows(roles.time, n - len(kept))]
    coded = [codes_of(look) for look in shape.by]
    group = group_numbers([codes[kept] for codes, _ in coded], len(kept))
    constant, unused = _constant_labels(roles, shape, kept, group)
    if unused:
        notes.append(f"not used: {listed(unused)}")
    order = (
        np.lexsort((time, group))
        if len(shape.by) or bool((np.diff(time) < 0).any())
        else np.arange(len(kept))
    )
    bounds = np.flatnonzero(np.diff(group[order])) + 1
    found = []
    for part in np.split(order, bounds) if len(order) else []:
        position = kept[part]
        labels = {
            look.name: categories[codes[position[0]]] if codes[position[0]] >= 0 else ""
            for look, (codes, categories) in zip(shape.by, coded, strict=True)
        }
        labels |= {
            name: texts[codes[position[0]]] for name, codes, texts in constant if codes[position[0]] >= 0
        }
        found.append(_Group(position, time[part].view("datetime64[ns]"), labels, roles.time is not None))
    return found, issues, notes


def _lost_rows(clock: Look, lost: int) -> Iterator[Issue]:
    if not lost or clock.times is None:
        return
    shown = [str(cell)[:30] for cell in clock.raw.values[clock.times.bad][:3]]
    quoted = f" (for example {', '.join(map(repr, shown))})" if shown else ""
    yield Issue(
        "unreadable row",
        clock.name,
        lost,
        f"{counted(lost, 'row')} without a readable time left out{quoted}",
    )


def _constant_labels(
    roles: Roles, shape: Shape, kept: IntArray, group: IntArray
) -> tuple[list[tuple[str, IntArray, tuple[str, ...]]], list[Look]]:
    """Dimensions that do not split but say one thing per series become labels; the others go unused."""
    labels: list[tuple[str, IntArray, tuple[str, ...]]] = []
    unused: list[Look] = []
    for look in roles.dimensions:
        if look in shape.by:
            continue
        codes, categories = codes_of(look)
        together = group_numbers([group, codes[kept]], len(kept))
        if len(np.unique(together)) == len(np.unique(group)):
            labels.append((look.name, codes, categories))
        else:
            unused.append(look)
    return labels, [*unused, *roles.texts, *roles.ids]


def _one_series(columns: Columns, look: Look, group: _Group, alone: bool, tz: str) -> Series | None:
    """One measure of one group; None without a number. ``alone``: the only name like "value"."""
    if look.numbers is None:
        return None
    value: FloatArray = look.numbers.values[group.position]
    if np.isnan(value).all():
        return None
    name, labels = _name(columns, look, {**look.raw.labels, **group.labels}, alone)
    row = group.position if columns.row is None else columns.row[group.position]
    counts = words.plain(look.name) in ("count", "counts") and bool(_are_counts(value))
    return Series(
        name,
        group.time,
        value,
        labels,
        unit=look.numbers.unit,
        source=columns.source,
        clocked=group.clocked,
        row=row,
        counts=counts,
        tz=tz or "UTC",
    )


def _name(columns: Columns, look: Look, labels: dict[str, str], alone: bool) -> tuple[str, dict[str, str]]:
    """The column's name; for one like "value" the cell of a metric column, else the file's name."""
    if not look.raw.labels and not words.is_generic(look.name):
        return look.name, labels
    metric = _metric_label(labels) if alone or look.raw.labels else ""
    if metric:
        return metric, {key: cell for key, cell in labels.items() if words.plain(key) not in words.METRIC}
    return (columns.name if alone and columns.source else look.name), labels


def _metric_label(labels: Mapping[str, str]) -> str:
    return next((cell for key, cell in labels.items() if words.plain(key) in words.METRIC), "")


def _are_counts(value: FloatArray) -> bool:
    there = value[~np.isnan(value)]
    return bool((there >= 0).all() and (there % 1 == 0).all())


def build_table(columns: Columns, roles: Roles, shape: Shape) -> Built:
    """All columns with their roles; the clock first, then the main text, then the order of the file."""
    parts = [_column(look, role) for look, role in _in_order(roles, shape)]
    issues = list(columns.issues)
    for look in shape.measures:
        issues += quality.of_numbers(look)
        if look.numbers is not None and len(columns) >= 3 and quality.constant(look.numbers.values):
            issues.append(Issue("constant", look.name, 1, "all values are the same"))
    if roles.time is not None and roles.time.times is not None:
        issues += roles.time.times.issues
        lost = roles.time.missing + int(roles.time.times.bad.sum())
        if lost:
            text = f"{counted(lost, 'row')} without a readable time"
            issues.append(Issue("missing", roles.time.name, lost, text))
    if len(columns) < quality.SHORT:
        rows = counted(len(columns), "row")
        issues.append(Issue("short", columns.name, 1, f"only {rows}"))
    return Built((), Table(columns.name, tuple(parts)), tuple(issues), shape.notes)


def _in_order(roles: Roles, shape: Shape) -> Iterator[tuple[Look, Role]]:
    for look in (*((roles.time,) if roles.time else ()), *roles.other_times):
        yield look, "time"
    for look in roles.texts:
        yield look, "text"
    for look in roles.ids:
        yield look, "id"
    for look in shape.measures:
        yield look, "measure"
    for look in roles.dimensions:
        yield look, "dimension"


def _column(look: Look, role: Role) -> Column:
    if role == "time" and look.times is not None:
        return Column(look.name, role, look.times.values)
    if role == "measure" and look.numbers is not None:
        return Column(look.name, role, look.numbers.values)
    if role == "dimension":
        codes, categories = codes_of(look)
        return Column(look.name, role, codes.astype(np.int32), categories)
    return Column(look.name, role, _texts(look))


def _texts(look: Look) -> AnyArray:
    if look.raw.is_text:
        return look.raw.values
    codes, categories = codes_of(look)
    texts = np.empty(len(codes), dtype=object)
    texts[:] = [categories[code] if code >= 0 else "" for code in codes]
    return texts
