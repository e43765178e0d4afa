"""Series, table or tickets: decided from the roles and from how regular the clock runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import IntArray, Kind
from anomaly_hunter.read import words
from anomaly_hunter.read.columns import Columns
from anomaly_hunter.read.look import Look, codes_of
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.read.roles import Roles, listed
from anomaly_hunter.read.split import Rhythm, choose_split, full_grid, rhythm

_TICKET_WORDS: Final = 4.0
_MOST_KEY_VALUES: Final = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The kind, the columns that split the rows into series, and what was assumed.

    ``measures`` are those of the roles without the columns that turned out to be keys.
    """

    kind: Kind
    measures: tuple[Look, ...]
    by: tuple[Look, ...] = ()
    notes: tuple[str, ...] = ()


def decide(columns: Columns, roles: Roles, options: ReadOptions) -> Shape:
    """The kind of the data, and how rows become series.

    1. What the options say. 2. No measure: tickets when there is text, a table when there is a
    time and something to count. 3. With a clock: series when the rows come regularly (per
    combination of splitting columns), else tickets or a table; numbers alone are series even
    when they come irregularly. 4. Without a clock: one measure is a series, many are a table.

    Raises
    ------
    DataError
        There is nothing to look at.
    """
    if options.kind == "series":
        return _as_series(columns, roles, options)
    if options.kind is not None:
        _need_something(columns, roles, options.kind)
        return Shape(options.kind, roles.measures)
    if not roles.measures:
        return _without_measures(columns, roles)
    if _all_missing(roles.measures):
        raise DataError(
            f"all values in {columns.shown} are missing ({listed(roles.measures)})",
            "at least one number",
            "check the export, or name another column with --value",
        )
    if options.by:
        return _as_series(columns, roles, options)
    if roles.time is None:
        return _without_clock(roles)
    return _with_clock(columns, roles, options)


def clock_ns(clock: Look) -> tuple[IntArray, IntArray]:
    """Nanoseconds of the readable times, and the positions of their rows."""
    if clock.times is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    kept = np.flatnonzero(~np.isnat(clock.times.values))
    return clock.times.values[kept].astype("datetime64[ns]").view(np.int64), kept


def _all_missing(measures: Sequence[Look]) -> bool:
    return all(look.numbers is None or not np.isfinite(look.numbers.values).any() for look in measures)


def _need_something(columns: Columns, roles: Roles, kind: Kind) -> None:
    if kind == "tickets" and not roles.texts and not (roles.time and (roles.dimensions or roles.ids)):
        raise DataError(
            f"{columns.shown} has no column of text and no time with categories",
            "tickets with a text (subject, body) or with a time and categories",
            "name the text with --text",
        )
    if not (roles.measures or roles.dimensions or roles.texts or roles.time):
        raise _nothing(columns, roles)


def _nothing(columns: Columns, roles: Roles) -> DataError:
    """Say which columns there are, and what each nearly was."""
    looks = (*roles.left_out, *roles.dimensions, *roles.ids, *roles.texts)
    partly = [k for k in looks if k.numbers is not None and k.numbers.share > 0.2]
    shown = ", ".join(columns.names[:6]) + (", ..." if len(columns.names) > 6 else "")
    came = f"{columns.shown} has no column of numbers (columns: {shown})"
    cure = "name it with --value, or check the delimiter and the decimal sign"
    if partly:
        look = partly[0]
        share = look.numbers.share if look.numbers is not None else 0.0
        came += f"; {look.name} is {100 * share:.0f}% numbers"
        came += ", left out" if look in roles.left_out else ", and asked for as something else" * (share == 1)
        cure = f"take it in with --value {look.name}"
    else:
        nearly = (k for k in (*roles.dimensions, *roles.ids) if any(c.isdigit() for c in k.example()[:3]))
        came += "".join(f"; {look.name} holds {look.example()!r}" for look in list(nearly)[:2])
        came += f"; nothing is used of {listed(roles.left_out)}" if roles.left_out else ""
    return DataError(came, "at least one column in which four of five filled cells are numbers", cure)


def _without_measures(columns: Columns, roles: Roles) -> Shape:
    if roles.texts:
        return Shape("tickets", ())
    countable = [look for look in roles.dimensions if not words.is_generic(look.name)]
    if roles.time is not None and countable:
        return Shape(
            "table", (), notes=("there are no numbers: only how many records come can be looked at",)
        )
    raise _nothing(columns, roles)


def _is_tickets(roles: Roles) -> bool:
    return any(look.words >= _TICKET_WORDS or words.plain(look.name) in words.BODY for look in roles.texts)


def _without_clock(roles: Roles) -> Shape:
    if _is_tickets(roles):
        return Shape("tickets", roles.measures)
    if len(roles.measures) == 1 and not (roles.dimensions or roles.ids or roles.texts):
        return Shape("series", roles.measures)
    return Shape("table", roles.measures)


def _with_clock(columns: Columns, roles: Roles, options: ReadOptions) -> Shape:
    if roles.time is None:
        return _without_clock(roles)
    time_ns, kept = clock_ns(roles.time)
    codes = [codes_of(look)[0][kept] for look in roles.dimensions]
    choice, found = choose_split(time_ns, codes)
    by = tuple(roles.dimensions[i] for i in choice)
    records = bool(roles.ids or roles.texts)
    if found.is_series and (not records or (found.is_strict and found.points >= 3)):
        return Shape("series", roles.measures, by)
    if _is_tickets(roles):
        return Shape("tickets", roles.measures)
    if records or roles.dimensions:
        return Shape("table", roles.measures)
    return _numbers_over_time(roles, options, found, time_ns, kept)


def _numbers_over_time(
    roles: Roles, options: ReadOptions, found: Rhythm, time_ns: IntArray, kept: IntArray
) -> Shape:
    """Nothing but numbers and a clock: series, unless times repeat without a reason."""
    keys = _numeric_keys(roles, time_ns, kept) if found.repeated > 0.05 and not options.value else ()
    if keys:
        rest = tuple(look for look in roles.measures if look not in keys)
        return Shape("series", rest, keys, (f"{listed(keys)} split the rows: each has every time",))
    some_repeat = found.repeated <= 0.5 and found.usual >= 0.8
    if found.repeated <= 0.05 or some_repeat:
        return Shape("series", roles.measures)
    note = f"{100 * found.repeated:.0f}% of the times repeat: every row is a record (--kind series: a point)"
    return Shape("table", roles.measures, notes=(note,))


def _numeric_keys(roles: Roles, time_ns: IntArray, kept: IntArray) -> tuple[Look, ...]:
    """Whole numbers with few different values that, with the time, number every row exactly once."""
    candidates: list[tuple[Look, IntArray]] = []
    for look in roles.measures[:6]:
        if look.numbers is None or not np.isfinite(look.numbers.values).all():
            continue
        values = look.numbers.values[kept]
        if bool((values % 1 == 0).all()) and 1 < len(np.unique(values)) <= min(
            _MOST_KEY_VALUES, len(values) // 3
        ):
            candidates.append((look, values.astype(np.int64)))
    for size in (1, 2):
        chosen = candidates[:size]
        if len(chosen) == size < len(roles.measures) and full_grid(time_ns, [values for _, values in chosen]):
            return tuple(look for look, _ in chosen)
    return ()


def _as_series(columns: Columns, roles: Roles, options: ReadOptions) -> Shape:
    if not roles.measures:
        raise _nothing(columns, roles)
    if _all_missing(roles.measures):
        raise DataError(
            f"all values in {columns.shown} are missing", "at least one number", "check the export"
        )
    if options.by:
        return Shape(
            "series", roles.measures, tuple(look for look in roles.dimensions if look.name in options.by)
        )
    if roles.time is None or not roles.dimensions:
        return Shape("series", roles.measures)
    time_ns, kept = clock_ns(roles.time)
    codes = [codes_of(look)[0][kept] for look in roles.dimensions]
    choice, found = choose_split(time_ns, codes)
    if (
        not choice
        and rhythm(time_ns, np.zeros(len(time_ns), np.int64)).repeated > 0.05
        and not found.is_series
    ):
        # Asked for series: every category splits, since without it times repeat.
        choice = tuple(range(len(codes)))
    return Shape("series", roles.measures, tuple(roles.dimensions[i] for i in choice))
