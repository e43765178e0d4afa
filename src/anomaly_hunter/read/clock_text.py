"""The written forms of a time: a regular expression each, and a fast twin for cells of equal width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from anomaly_hunter.model import AnyArray, IntArray

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9})\d*)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}))?"
# Go prints its own clocks as "2022-08-22 03:51:19.6 +0000 UTC m=+0.11".
_GO = r"(?:\s+UTC)?(?:\s+m=\S+)?"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a time. ``two_ways``: the first two numbers may be day and month or the reverse."""

    name: str
    pattern: re.Pattern[str]
    two_ways: bool = False


FORMS: Final = (
    Form(
        "ISO-8601",
        re.compile(
            rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}})(?:[Tt\s]\s*{_CLOCK}{_ZONE}{_GO})?)?",
            re.ASCII,
        ),
    ),
    Form(
        "year/month/day",
        re.compile(
            r"(?P<year>\d{4})([/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"
            rf"(?:[T\s]\s*{_CLOCK}{_ZONE})?",
            re.ASCII,
        ),
    ),
    Form(
        "compact ISO-8601",
        re.compile(
            r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[T\s]?(?P<hour>\d{2}):?(?P<minute>\d{2})"
            rf"(?::?(?P<second>\d{{2}})(?:[.,](?P<fraction>\d{{1,9}}))?)?{_ZONE}",
            re.ASCII,
        ),
    ),
    Form(
        "day.month.year",
        re.compile(
            r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})"
            rf"(?:,?[T\s]\s*{_CLOCK}{_ZONE})?",
            re.ASCII,
        ),
    ),
    Form(
        "day/month/year",
        re.compile(
            r"(?P<day>\d{1,2})([/-])(?P<month>\d{1,2})\2(?P<year>\d{4}|\d{2})"
            rf"(?:,?[T\s]\s*{_CLOCK}{_ZONE})?",
            re.ASCII,
        ),
        two_ways=True,
    ),
    Form(
        "day month-name year",
        re.compile(
            r"(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})[ /.-]\s?(?P<monthname>[A-Za-z]{3,9})\.?"
            r"[ /,-]\s?(?P<year>\d{4})"
            rf"(?:[:T,\s]\s*{_CLOCK}{_ZONE})?",
            re.ASCII,
        ),
    ),
    Form(
        "month-name day year",
        re.compile(
            r"(?:[A-Za-z]{3,9},?\s+)?(?P<monthname>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
            rf"(?:[T,\s]\s*(?:at\s+)?{_CLOCK}{_ZONE})?",
            re.ASCII,
        ),
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """Calendar fields of ``n`` cells as integers; ``year`` is -1 where a cell did not match."""

    year: IntArray
    month: IntArray
    day: IntArray
    second_of_day: IntArray
    nanosecond: IntArray
    offset_min: IntArray
    naive: AnyArray

    def swapped(self) -> Fields:
        """Day and month the other way round."""
        return replace(self, day=self.month, month=self.day)

    def to_ns(self) -> Instants:
        """Nanoseconds since 1970 (in UTC where an offset is known) and which of them are valid."""
        safe = (self.year >= 1678) & (self.year <= 2261) & (self.month >= 1) & (self.month <= 12)
        months = np.where(safe, (self.year - 1970) * 12 + self.month - 1, 0).view("datetime64[M]")
        days = months.astype("datetime64[D]") + (np.where(safe, self.day, 1) - 1)
        fits = (self.day >= 1) & (self.day <= 31) & (days.astype("datetime64[M]") == months)
        valid = safe & fits & (self.second_of_day >= 0) & (self.second_of_day < 86_400)
        seconds = days.view(np.int64) * 86_400 + self.second_of_day - self.offset_min * 60
        return Instants(np.where(valid, seconds * 1_000_000_000 + self.nanosecond, 0), valid)


@dataclass(frozen=True, slots=True, eq=False)
class Instants:
    """``ns`` since 1970 and a mask of those that are real dates."""

    ns: IntArray
    valid: AnyArray


def form_of(sample: Sequence[str] | AnyArray) -> Form | None:
    """The form that most cells of a sample have; None when not even half of them have one.

    >>> form_of(["2026-03-01 10:00", "2026-03-01 11:00"]).name
    'ISO-8601'
    """
    best, most = None, 0
    for form in FORMS:
        hits = sum(form.pattern.fullmatch(cell.strip()) is not None for cell in sample)
        if hits > most:
            best, most = form, hits
        if hits == len(sample):
            break
    return best if best is not None and 2 * most >= len(sample) else None


def parse(cells: AnyArray, form: Form) -> Fields:
    """Calendar fields of text cells written in ``form``."""
    fast = parse_equal_width(cells, form)
    return fast if fast is not None else parse_each(cells, form)


def parse_each(cells: AnyArray, form: Form) -> Fields:
    """The slow, obvious way: one match per cell."""
    rows = np.array([_one(form.pattern.fullmatch(cell.strip())) for cell in cells], dtype=np.int64).reshape(
        -1, 7
    )
    year, month, day, second, nanosecond, offset, naive = rows.T
    return Fields(year, month, day, second, nanosecond, offset, naive == 1)


def _one(match: re.Match[str] | None) -> tuple[int, int, int, int, int, int, int]:
    if match is None:
        return (-1, 1, 1, 0, 0, 0, 1)
    got = match.groupdict()
    month = got.get("month")
    number = int(month) if month else _month_number(got.get("monthname") or "")
    year = int(got["year"])
    if len(got["year"]) == 2:
        year += 2000
    zone = got.get("zone")
    fraction = (got.get("fraction") or "").ljust(9, "0")
    return (
        year, number, int(got.get("day") or 1), _second_of_day(got), int(fraction),
        _offset(zone) if zone else 0, 0 if zone else 1,
    )  # fmt: skip


def _second_of_day(got: dict[str, str | None]) -> int:
    hour, minute, second = (int(got.get(part) or 0) for part in ("hour", "minute", "second"))
    half = (got.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return -1
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else -1


def _month_number(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _offset(zone: str) -> int:
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def parse_equal_width(cells: AnyArray, form: Form) -> Fields | None:
    """The fast way: all cells have digits, and the same other characters, in the same places.

    None when that is not so; then :func:`parse_each` is the answer. Both agree.
    """
    first = str(cells[0])
    match = form.pattern.fullmatch(first)
    if match is None:
        return None
    joined = "".join(cells)
    if set(map(len, cells)) != {len(first)} or not joined.isascii():
        return None
    grid = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(len(cells), len(first))
    digit = np.array([char.isdigit() for char in first])
    if not bool((grid[:, ~digit] == grid[0, ~digit]).all()):
        return None
    digits = grid[:, digit] - np.uint8(48)  # other characters wrap to 10 and more
    if bool((digits > 9).any()):
        return None
    return _fields_at(grid, match)


def _fields_at(grid: AnyArray, match: re.Match[str]) -> Fields:
    groups = match.re.groupindex

    def number(name: str, otherwise: int = 0, width: int = 0) -> IntArray:
        begin, end = match.span(name) if name in groups else (-1, -1)
        if begin < 0:
            return np.full(len(grid), otherwise, np.int64)
        total: IntArray = np.zeros(len(grid), np.int64)
        for place in range(begin, end):
            total = total * 10 + (grid[:, place] - 48)
        return np.asarray(total * 10 ** max(0, width - (end - begin)), dtype=np.int64)

    fixed = _one(match)
    year, hour, minute, second = number("year"), number("hour"), number("minute"), number("second")
    if match.end("year") - match.start("year") == 2:
        year = year + 2000
    good = (hour < 24) & (minute < 60) & (second < 60)
    if "half" in groups and match["half"]:
        good &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    return Fields(
        year=year,
        month=number("month", fixed[1]),
        day=number("day", 1),
        second_of_day=np.where(good, hour * 3600 + minute * 60 + second, -1),
        nanosecond=number("fraction", 0, 9),
        offset_min=_zone_offsets(grid, match),
        naive=np.full(len(grid), fixed[6] == 1),
    )


def _zone_offsets(grid: AnyArray, match: re.Match[str]) -> IntArray:
    """Offsets may differ between rows (+01:00, +02:00) though the sign is the same."""
    begin, end = match.span("zone") if "zone" in match.re.groupindex else (-1, -1)
    if begin < 0 or match["zone"][0] not in "+-":
        return np.zeros(len(grid), np.int64)
    texts = [bytes(row).decode() for row in np.unique(grid[:, begin:end], axis=0)]
    packed = np.array([bytes(row) for row in grid[:, begin:end]]) if len(texts) > 1 else None
    if packed is None:
        return np.full(len(grid), _offset(texts[0]), np.int64)
    known = {text.encode(): _offset(text) for text in texts}
    return np.array([known[cell] for cell in packed.tolist()], dtype=np.int64)
