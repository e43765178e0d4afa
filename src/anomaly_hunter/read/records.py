"""Records to series: how many, or how much, per interval and segment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import Column, FloatArray, IntArray, Series, Table, TimeArray, iso
from anomaly_hunter.read.options import ReadOptions
from anomaly_hunter.stats.facets import Facet, facets

Mask = npt.NDArray[np.bool_]

MAX_FACETS: Final = 6
MAX_VALUES: Final = 12  # of one facet
MAX_INTERVALS: Final = 200_000

_DAY: Final = 86_400
_STEPS_S: Final = (_DAY, 3_600, 300, 60)  # coarse to fine
_ENOUGH_INTERVALS: Final = 28  # four weeks of days, a good day of hours
_ENOUGH_RECORDS: Final = 3.0  # per interval
_STRAY: Final = 0.001  # share of records that may be cut off as stray


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Which interval each record falls in.

    ``start`` is ``(m,)``: UTC begin of each interval, a calendar day of ``tz`` where the step is
    one day; ``of`` is ``(n,)``: interval of each record, -1 for one that is not counted;
    ``notes`` says in words which records were left out and why.
    """

    start: TimeArray
    of: IntArray
    step_s: float
    tz: str
    notes: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """per day, per hour, per 300 s."""
        named = {_DAY: "per day", 3_600: "per hour", 60: "per minute", 7 * _DAY: "per week"}
        return named.get(int(self.step_s), f"per {self.step_s:g} s")


def count_series(table: Table, options: ReadOptions | None = None) -> tuple[Series, ...]:
    """Records per interval: the total first, then one series per segment.

    Segments are the 12 largest values of at most 6 facets (``options.by`` names them, otherwise
    those whose 12 largest values cover half of the table). An interval without a record counts
    0. Nothing is given for a table without a time: no rate question can be answered.

    >>> from anomaly_hunter.model import Column
    >>> day = np.array(["2026-03-01", "2026-03-01", "2026-03-03"], "datetime64[ns]")
    >>> queue = Column("queue", "dimension", np.array([0, 1, 0]), ("billing", "it"))
    >>> found = count_series(Table("t.csv", (Column("at", "time", day), queue)), ReadOptions(every_s=86400))
    >>> [(s.title, s.value.tolist()) for s in found]  # doctest: +NORMALIZE_WHITESPACE
    [('records', [2.0, 0.0, 1.0]), ('records{queue=billing}', [1.0, 0.0, 1.0]),
     ('records{queue=it}', [1.0, 0.0, 0.0])]
    """
    options = options or ReadOptions()
    intervals = count_intervals(table, options)
    if intervals is None:
        return ()
    name = "tickets" if table.by_role("text") else "records"
    found = [_series(table, intervals, name, _per_interval(intervals), {}, counts=True)]
    for facet in _segments(table, options):
        largest = facet.largest(MAX_VALUES)
        for code, value in zip(largest, _per_value(facet, largest, intervals), strict=True):
            labels = {facet.name: facet.values[code]}
            found.append(_series(table, intervals, name, value, labels, counts=True))
    return tuple(found)


def sum_series(
    table: Table, measure: str, by: str = "", options: ReadOptions | None = None
) -> tuple[Series, ...]:
    """Sum of a measure per interval (spending per day), in total and by the 12 largest values of ``by``.

    A missing amount adds nothing. Values of ``by`` are ranked by the sum of absolute amounts.

    Raises
    ------
    UsageError
        ``measure`` is no measure, or ``by`` no facet of the table.
    DataError
        A sum is too large for a float.
    """
    options = options or ReadOptions()
    column = next((c for c in table.by_role("measure") if c.name == measure), None)
    if column is None:
        raise UsageError(f"{measure!r} is no measure of {table.name!r}", _names(table.by_role("measure")))
    facet = _named(table, by) if by else None
    intervals = count_intervals(table, options)
    if intervals is None:
        return ()
    amount = np.where(np.isnan(column.values), 0.0, column.values)
    total = _finite(_per_interval(intervals, amount))
    found = [_series(table, intervals, measure, total, {}, counts=False)]
    if facet:
        size = facet.counts(np.abs(amount))
        largest = sorted(range(len(size)), key=lambda c: (-size[c], facet.values[c]))[:MAX_VALUES]
        sums = _finite(_per_value(facet, np.array(largest), intervals, amount))
        for code, value in zip(largest, sums, strict=True):
            found.append(_series(table, intervals, measure, value, {by: facet.values[code]}, counts=False))
    return tuple(found)


def _per_interval(intervals: Intervals, weight: FloatArray | None = None) -> FloatArray:
    """``(m,)`` records, or sum of their weights, in each interval."""
    size = len(intervals.start) + 1
    return np.bincount(intervals.of + 1, weight, minlength=size)[1:].astype(np.float64)


def _per_value(
    facet: Facet, codes: IntArray, intervals: Intervals, weight: FloatArray | None = None
) -> FloatArray:
    """``(len(codes), m)`` the same for the records that have each value."""
    width = len(intervals.start) + 1
    rank = np.full(len(facet.values), -1, np.int64)
    rank[codes] = np.arange(len(codes))
    cell = (rank[facet.code] + 1) * width + intervals.of[facet.row] + 1
    part = None if weight is None else weight[facet.row]
    table = np.bincount(cell, part, minlength=(len(codes) + 1) * width)
    return table.reshape(len(codes) + 1, width)[1:, 1:].astype(np.float64)


def _finite(sums: FloatArray) -> FloatArray:
    if not np.isfinite(sums).all():
        raise DataError(
            "the sum of one interval is too large for a float", "sums below 1e308", "use a larger unit"
        )
    return sums


def _series(
    table: Table, at: Intervals, name: str, value: FloatArray, labels: dict[str, str], *, counts: bool
) -> Series:
    return Series(name, at.start, value, labels, at.unit, source=table.name, counts=counts, tz=at.tz)


# ---------------------------------------------------------------- segments


def _segments(table: Table, options: ReadOptions) -> Iterable[Facet]:
    if options.by:
        return [_named(table, name) for name in options.by[:MAX_FACETS]]
    main = {column.name for column in table.by_role("text")}
    usable = [f for f in facets(table) if f.name not in main or not f.single]
    return [f for f in usable if _covers(f)][:MAX_FACETS]


def _covers(facet: Facet) -> bool:
    count = np.sort(np.bincount(facet.code, minlength=1))[::-1]
    return bool(2 * count[:MAX_VALUES].sum() >= count.sum() > 0)


def _named(table: Table, name: str) -> Facet:
    found = {facet.name: facet for facet in facets(table)}
    if name not in found:
        raise UsageError(
            f"{name!r} is no dimension of {table.name!r}", f"one of {', '.join(found) or 'none'}"
        )
    return found[name]


def _names(columns: Iterable[Column]) -> str:
    return "one of " + (", ".join(c.name for c in columns) or "none")


# ---------------------------------------------------------------- intervals


def count_intervals(table: Table, options: ReadOptions | None = None) -> Intervals | None:
    """The intervals that records are counted in; None when no record has a time.

    The step is the coarsest of day, hour, 5 min and 1 min that gives 28 intervals; a finer one
    than a day only while it holds three records on average. ``options.every_s`` overrides it.
    A step of whole days follows the calendar of ``options.tz``, so a day of a clock change has
    23 or 25 hours.

    Left out, and said in ``notes``: records without a time; at most 0.1% of stray records, cut
    off by a gap longer than all the rest; and a first or last interval that is not whole (its
    records begin later, or end earlier, than in 95% of the others), unless it already holds as
    many records as the middle one of the others: then it cannot be mistaken for a dip.
    """
    options = options or ReadOptions()
    time = _time(table, options)
    if time is None:
        return None
    moment = time.view(np.int64)
    dated = ~np.isnat(time)
    if not dated.any():
        return None
    zone = _zone(options.tz)
    used, stray = _without_stray(moment, dated)
    first, last = int(moment[used].min()), int(moment[used].max())
    step = _step(options.every_s, last - first, int(used.sum()))
    edge = _edges(first, last, step, zone)
    of = np.where(used, np.searchsorted(edge, moment, side="right") - 1, -1)
    of, kept, partial = _whole(of, moment, edge)
    missing = int((~dated).sum())
    notes = ([f"{missing} records without a time are not counted"] if missing else []) + stray + partial
    start = edge[:-1][kept].view("datetime64[ns]")
    return Intervals(start, of, step, options.tz or "UTC", tuple(notes))


def _time(table: Table, options: ReadOptions) -> TimeArray | None:
    columns = [c for c in table.by_role("time") if not options.time or c.name == options.time]
    if options.time and not columns:
        raise UsageError(f"{options.time!r} is no time of {table.name!r}", _names(table.by_role("time")))
    return columns[0].values.astype("datetime64[ns]") if columns and len(table) else None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"{name!r} is no time zone of this machine",
            "a name such as Europe/Berlin",
            "check the spelling, or install the tzdata package",
        ) from error


def _without_stray(moment: IntArray, dated: Mask) -> tuple[Mask, list[str]]:
    """Cut off a few records at either end that a gap longer than all the rest keeps apart."""
    order = np.sort(moment[dated])
    most = int(_STRAY * len(order))
    if most < 1:
        return dated, []
    low, high = 0, len(order)
    for position in range(most, 0, -1):
        if order[position] - order[position - 1] > order[-most - 1] - order[position]:
            low = position
            break
    for position in range(most, 0, -1):
        if order[-position] - order[-position - 1] > order[-position - 1] - order[low]:
            high = len(order) - position
            break
    left_out = low + len(order) - high
    if not left_out:
        return dated, []
    begin, end = order[low], order[high - 1]
    text = f"{left_out} records far outside {_when(begin)} to {_when(end)} are not counted"
    return dated & (moment >= begin) & (moment <= end), [text]


def _when(moment: int) -> str:
    return iso(np.int64(moment).view("datetime64[ns]"))


def _step(every_s: float | None, span_ns: int, records: int) -> float:
    if every_s is not None:
        return float(every_s)
    chosen = _STEPS_S[0]
    for step in _STEPS_S:
        intervals = span_ns / 1e9 / step
        if step != _STEPS_S[0] and records < _ENOUGH_RECORDS * intervals:
            break
        chosen = step
        if intervals >= _ENOUGH_INTERVALS:
            break
    return float(chosen)


def _edges(first: int, last: int, step_s: float, zone: ZoneInfo) -> IntArray:
    """``(m + 1,)`` UTC nanoseconds; begins at or before ``first``, ends after ``last``."""
    if (last - first) / 1e9 / step_s > MAX_INTERVALS:
        raise UsageError(
            f"an interval of {step_s:g} s cuts {_when(first)} to {_when(last)} into over {MAX_INTERVALS:,}",
            f"at most {MAX_INTERVALS:,} intervals",
            "choose a longer one, or check the times",
        )
    midnight = _local(first, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    if step_s % _DAY == 0:
        days = int((last - first) / 1e9 / step_s) + 3
        dates = (midnight + timedelta(seconds=step_s) * i for i in range(days))
        edge = np.array([_utc(date, zone) for date in dates], dtype=np.int64)
    else:
        origin, step = _utc(midnight, zone), round(step_s * 1e9)
        begin, count = (first - origin) // step, (last - origin) // step + 2
        edge = origin + np.arange(begin, count, dtype=np.int64) * step
    return edge[: int(np.searchsorted(edge, last, side="right")) + 1]


def _local(moment: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(moment // 1_000_000_000, zone)


def _utc(local: datetime, zone: ZoneInfo) -> int:
    return round(local.replace(tzinfo=zone).timestamp()) * 1_000_000_000


def _whole(of: IntArray, moment: IntArray, edge: IntArray) -> tuple[IntArray, slice, list[str]]:
    """Leave out a first or last interval that the data do not cover whole."""
    m = len(edge) - 1
    if m < 4:
        return of, slice(0, m), []
    ordered = np.sort(moment[of >= 0])
    bound = np.searchsorted(ordered, edge)
    count, length = np.diff(bound), np.diff(edge)
    filled = np.flatnonzero(count)
    middle = np.median(count[1:-1])
    begins = (ordered[bound[filled]] - edge[filled]) / length[filled]
    ends = (edge[filled + 1] - ordered[bound[filled + 1] - 1]) / length[filled]
    low, high = 0, m
    notes: list[str] = []
    if count[0] < middle and begins[0] > np.quantile(begins[1:], 0.95):
        low = 1
        notes.append(f"the first interval is not whole: its {count[0]} records are not counted")
    if count[-1] < middle and ends[-1] > np.quantile(ends[:-1], 0.95):
        high = m - 1
        notes.append(f"the last interval is not whole: its {count[-1]} records are not counted")
    return np.where((of >= low) & (of < high), of - low, -1), slice(low, high), notes
