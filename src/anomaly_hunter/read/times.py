"""Cells to UTC times: one format per column, found over the whole column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import AnyArray, FloatArray, IntArray, Issue, TimeArray
from anomaly_hunter.read import clock_text
from anomaly_hunter.read.columns import nanoseconds
from anomaly_hunter.read.numbers import is_missing
from anomaly_hunter.read.zones import to_utc

_NS: Final = 1_000_000_000
_SAMPLE: Final = 200
_NAT: Final = np.iinfo(np.int64).min
# Seconds since 1970 from 1990 to 2100: what an unnamed integer must be to pass for an epoch.
_EPOCH_S: Final = (631_152_000, 4_102_444_800)


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """A column read as times.

    Attributes
    ----------
    values:
        ``(n,)`` datetime64[ns] in UTC, NaT where a cell is missing or unreadable.
    bad:
        ``(n,)`` cells that are filled and hold no time.
    format:
        What was recognised ("ISO-8601", "day/month/year", "epoch seconds").
    doubtful:
        A cell whose day and month cannot be told apart, "" when there is none.
    issues, notes:
        Clock changes and mixed zones; what was assumed.
    """

    values: TimeArray
    bad: AnyArray
    missing: int
    format: str
    doubtful: str = ""
    issues: tuple[Issue, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of the filled cells that are times, 0 when none is filled."""
        filled = len(self.values) - self.missing
        return 1.0 - int(self.bad.sum()) / filled if filled else 0.0


def read_times(
    cells: AnyArray, tz: str = "", day_first: bool | None = None, where: str = "time"
) -> Times | None:
    """Read ``(n,)`` text cells as times; None when they are none.

    The format that most of an even sample has is used for the whole column. ISO-8601 with or
    without an offset, day/month/year, month/day/year, dates with the month's name and compact
    ISO are known. Which of 01/02 is the day is taken from cells above 12, then from the order of
    the rows; where neither tells, ``doubtful`` is set. Cells without an offset are local times
    of ``tz`` (UTC when empty).

    >>> t = read_times(np.array(["31/01/2026 10:00", "01/02/2026 10:00"], object))
    >>> t.format, t.values.astype("datetime64[m]").astype(str).tolist()
    ('day/month/year', ['2026-01-31T10:00', '2026-02-01T10:00'])
    """
    missing = missing_mask(cells)
    filled = cells[~missing]
    if not len(filled):
        return None
    form = clock_text.form_of(filled[:: max(1, len(filled) // _SAMPLE)])
    if form is None:
        return None
    fields = clock_text.parse(filled, form)
    first_is_day, doubtful = _day_first(fields, form, filled, day_first)
    if first_is_day is False:
        fields = fields.swapped()
    found = fields.to_ns()
    local = np.full(len(cells), _NAT, np.int64)
    local[~missing] = np.where(found.valid, found.ns, _NAT)
    naive = np.zeros(len(cells), bool)
    naive[~missing] = found.valid & fields.naive
    values, issues, notes = _apply_zone(local.view("datetime64[ns]"), naive, tz, where)
    bad = np.isnat(values) & ~missing
    zone_issues, zone_notes = _mixed_zones(fields, found.valid, tz, where)
    name = form.name if first_is_day is not False else "month/day/year"
    return Times(values, bad, int(missing.sum()), name, doubtful, issues + zone_issues, notes + zone_notes)


def missing_mask(cells: AnyArray) -> AnyArray:
    """``(n,)`` True where a text cell says "no value"."""
    longest_word = 7  # "missing"
    if len(cells) and min(len(cell.strip()) for cell in cells) > longest_word:
        return np.zeros(len(cells), dtype=bool)
    return np.array([is_missing(cell) for cell in cells], dtype=bool)


def from_datetimes(values: TimeArray, zoned: bool, tz: str = "", where: str = "time") -> Times:
    """Times that came as times: UTC already when ``zoned``, else local times of ``tz``."""
    given = nanoseconds(values)
    missing = np.isnat(given)
    utc, issues, notes = _apply_zone(given, ~missing & (not zoned), tz, where)
    return Times(utc, np.zeros(len(values), bool), int(missing.sum()), "datetime", "", issues, notes)


def read_epoch(
    values: FloatArray | IntArray, exact: IntArray | None = None, anyhow: bool = False
) -> Times | None:
    """Numbers as time since 1970 in s, ms, us or ns; None when they cannot be.

    The unit is the one in which the whole column lies between 1990 and 2100. With ``anyhow``
    the middle value decides and any range is taken. ``exact`` are the same numbers as int64,
    where a float would round nanoseconds.

    >>> read_epoch(np.array([1.7e12, 1.7e12 + 60_000])).format
    'epoch milliseconds'
    """
    floats = np.asarray(values, dtype=np.float64)
    present = np.isfinite(floats)
    if not present.any():
        return None
    names = ("seconds", "milliseconds", "microseconds", "nanoseconds")
    low, high = float(floats[present].min()), float(floats[present].max())
    middle = float(np.median(floats[present]))
    for power, name in enumerate(names):
        factor = 1000.0**power
        inside = _EPOCH_S[0] * factor <= low and high <= _EPOCH_S[1] * factor
        if inside or (anyhow and abs(middle) < 1e11 * factor):
            per_unit = _NS // 1000**power
            ns = np.full(len(floats), _NAT, np.int64)
            readable = present & (np.abs(floats) * per_unit < 9e18)
            ns[readable] = _scaled(floats[readable], None if exact is None else exact[readable], per_unit)
            bad = present & ~readable
            return Times(ns.view("datetime64[ns]"), bad, int((~present).sum()), f"epoch {name}")
    return None


def _scaled(floats: FloatArray, exact: IntArray | None, per_unit: int) -> IntArray:
    if exact is not None:
        return exact * per_unit
    whole = np.floor(floats)
    # 1.7e9 s as a float carries microseconds; what lies below is noise of the notation.
    fraction = np.round((floats - whole) * per_unit / 1000.0) * 1000.0 if per_unit >= 1000 else 0 * whole
    return whole.astype(np.int64) * per_unit + np.asarray(fraction).astype(np.int64)


def forced(times: Times | None, name: str, example: str) -> Times:
    """The times of a column that must hold some; DataError when it does not or is doubtful."""
    if times is None or times.share < 0.5:
        raise DataError(
            f"column {name!r} holds no times that can be read (for example {example!r})",
            "ISO-8601 (2026-03-01T12:00:00Z), dd/mm/yyyy HH:MM, mm/dd/yyyy or seconds since 1970, "
            "in the years 1678 to 2261",
            "name another column with --time, or rewrite the times as ISO-8601",
        )
    if times.doubtful:
        raise DataError(
            f"the dates in column {name!r} can be read in two ways (for example {times.doubtful!r})",
            "one cell with a day above 12, or ISO-8601 dates",
            "say which comes first: --day-first or --no-day-first (day_first=True or False)",
        )
    return times


def _day_first(
    fields: clock_text.Fields, form: clock_text.Form, cells: AnyArray, given: bool | None
) -> tuple[bool | None, str]:
    """Whether the first number is the day (None: not a question), and a cell that leaves it open."""
    if not form.two_ways:
        return None, ""
    if given is not None:
        return given, ""
    first_above = int((fields.day > 12).sum())
    second_above = int((fields.month > 12).sum())
    if first_above != second_above:
        return first_above > second_above, ""
    backward = [_backward(fields), _backward(fields.swapped())]
    if backward[0] != backward[1]:
        return backward[0] < backward[1], ""
    if bool((fields.day == fields.month).all()):
        return True, ""
    return True, str(next(c for c, d, m in zip(cells, fields.day, fields.month, strict=True) if d != m))


def _backward(fields: clock_text.Fields) -> tuple[int, int]:
    """How often the rows run backwards, then how many different steps they take."""
    found = fields.to_ns()
    steps = np.diff(found.ns[found.valid])
    return int((steps < 0).sum()), len(np.unique(steps))


def _apply_zone(
    local: TimeArray, naive: AnyArray, tz: str, where: str
) -> tuple[TimeArray, tuple[Issue, ...], tuple[str, ...]]:
    """Naive cells from local time of ``tz`` to UTC, with what a clock change did to them."""
    if tz in ("", "UTC") or not naive.any():
        return local, (), ()
    values = local.copy()
    moved = to_utc(local[naive], tz)
    values[naive] = moved.utc
    issues = []
    twice, never = int(moved.twice.sum()), int(moved.never.sum())
    if twice:
        day = str(local[naive][moved.twice][0])[:16]
        issues.append(
            Issue("clock change", where, twice, f"{_local(twice, 'exist')} twice in {tz}, first {day}")
        )
    if never:
        day = str(local[naive][moved.never][0])[:16]
        issues.append(
            Issue("clock change", where, never, f"{_local(never, 'do')} not exist in {tz}, first {day}")
        )
    return values, tuple(issues), (f"times without a zone are {tz}",)


def _local(count: int, verb: str) -> str:
    if count == 1:
        return "1 local time " + {"exist": "exists", "do": "does"}[verb]
    return f"{count:,} local times {verb}"


def _mixed_zones(
    fields: clock_text.Fields, valid: AnyArray, tz: str, where: str
) -> tuple[tuple[Issue, ...], tuple[str, ...]]:
    naive = int((valid & fields.naive).sum())
    zoned = int(valid.sum()) - naive
    offsets, counts = np.unique(fields.offset_min[valid & ~fields.naive], return_counts=True)
    issues = []
    if naive and zoned:
        text = f"{naive} times without a zone (read as {tz or 'UTC'}) among {zoned} with one"
        issues.append(Issue("mixed time zones", where, min(naive, zoned), text))
    spread = int(offsets.max() - offsets.min()) if len(offsets) else 0
    if len(offsets) > 2 or spread > 60:
        text = f"{len(offsets)} different offsets from UTC ({', '.join(map(offset_text, offsets[:4]))})"
        issues.append(Issue("mixed time zones", where, int(counts.sum() - counts.max()), text))
    notes = (
        (f"offsets {' and '.join(map(offset_text, offsets))}, all turned into UTC",)
        if len(offsets) == 2
        else ()
    )
    return tuple(issues), notes


def offset_text(minutes: int) -> str:
    """Minutes east of Greenwich as people write them.

    >>> offset_text(-330)
    '-05:30'
    """
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(int(minutes)) // 60:02d}:{abs(int(minutes)) % 60:02d}"


def only(times: Times, keep: AnyArray) -> Times:
    """The same column with only the kept rows."""
    return replace(times, values=times.values[keep], bad=times.bad[keep])
