"""Points in time that a sentence names: dates, clock times, or both; and whether one stands among others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH: Final = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_CLOCK: Final = (
    r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d|60)(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?(?:\s*(?P<zone>z\b|utc\b|gmt\b|(?:ce|ee|we|e|c|m|p|b|i|j)[sd]?t\b|[+-]\d\d:?\d\d\b))?"
)
_HOUR: Final = r"(?P<hour2>1[0-2]|0?[1-9])\s*(?P<half2>[ap])\.?m\b\.?|(?P<word>midnight|noon|midday)\b"
_DAY: Final = (
    r"(?:(?P<year>\d{4})[-/.](?P<mon>0?[1-9]|1[0-2])[-/.](?P<day>[0-2]?\d|3[01])(?!\d)"
    rf"|(?P<day2>[0-2]?\d|3[01])(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year2>\d{{4}}))?\b"
    rf"|{_MONTH.replace('month', 'month3')}\s+(?P<day3>[0-2]?\d|3[01])(?:st|nd|rd|th)?\b(?!:)"
    r"(?:,?\s+(?P<year3>\d{4}))?"
    r"|(?P<day4>[0-2]?\d|3[01])[./](?P<mon4>0?[1-9]|1[0-2])[./](?P<year4>\d{4})\b)"
)
_MOMENT: Final = re.compile(rf"(?<![\w.:-]){_DAY}(?:(?:\s*t\s*|,?\s+(?:at\s+)?){_CLOCK})?(?![\w:]|[.,-]\d)")
_ALONE: Final = re.compile(rf"(?<![\w.:])(?:{_CLOCK}|{_HOUR})(?![\w:])")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date (year 0 = not said), a time of day in seconds, or both; ``step`` is how finely it was said."""

    text: str
    start: int
    stop: int
    day: tuple[int, int, int] | None
    seconds: int | None
    step: int = 60
    zone: str = ""

    def stands_among(self, others: Iterable[Moment]) -> bool:
        """Whether one of the others is the same moment, as finely as this one was said."""
        return any(self._same(other) for other in others)

    def _same(self, other: Moment) -> bool:
        if self.zone != other.zone or (self.day is not None and not _same_day(self.day, other.day)):
            return False
        if self.seconds is None:
            return True
        return other.seconds is not None and abs(self.seconds - other.seconds) < self.step


def moments_in(text: str) -> list[Moment]:
    """Dates and times of day in a text (lower case), in UTC where an offset is said.

    >>> [(m.day, m.seconds) for m in moments_in("from 2026-02-02 05:58 utc to 6 feb; at 14:05")]
    [((2026, 2, 2), 21480), ((0, 2, 6), None), (None, 50700)]
    """
    found = [moment for match in _MOMENT.finditer(text) if (moment := _whole(match)) is not None]
    taken = [(moment.start, moment.stop) for moment in found]
    for match in _ALONE.finditer(text):
        if not any(start < match.end() and match.start() < stop for start, stop in taken):
            seconds, step, zone = _clock(match)
            found.append(Moment(match[0], match.start(), match.end(), None, seconds, step, zone))
    return sorted(found, key=lambda moment: moment.start)


def _whole(match: re.Match[str]) -> Moment | None:
    said = match.groupdict()
    year = int(said["year"] or said["year2"] or said["year3"] or said["year4"] or 0)
    name = said["month"] or said["month3"]
    month = _MONTHS[name[:3]] if name else int(said["mon"] or said["mon4"])
    day = int(said["day"] or said["day2"] or said["day3"] or said["day4"])
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    if said["hour"] is None:
        return Moment(match[0], match.start(), match.end(), (year, month, day), None)
    seconds, step, zone = _clock(match)
    if 1 < year < 9999 and zone[:1] in ("+", "-"):
        moment = datetime(year, month, day, tzinfo=_zone(zone)) + timedelta(seconds=seconds)
        moment = moment.astimezone(UTC)
        (year, month, day), zone = (moment.year, moment.month, moment.day), ""
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return Moment(match[0], match.start(), match.end(), (year, month, day), seconds, step, zone)


def _clock(match: re.Match[str]) -> tuple[int, int, str]:
    said = match.groupdict()
    if said.get("word"):
        return (0 if said["word"] == "midnight" else 43200), 60, ""
    hour = int(said["hour"] or said["hour2"])
    if half := said["half"] or said.get("half2"):
        hour = hour % 12 + 12 * (half == "p")
    zone = said["zone"] or ""
    seconds = hour % 24 * 3600 + 60 * int(said["minute"] or 0) + int(said["second"] or 0)
    return seconds, (1 if said["second"] else 60), ("" if zone in ("z", "utc", "gmt") else zone)


def _zone(offset: str) -> timezone:
    size = timedelta(hours=min(23, int(offset[1:3])), minutes=min(59, int(offset[-2:])))
    return timezone(-size if offset[0] == "-" else size)


def _same_day(said: tuple[int, int, int], other: tuple[int, int, int] | None) -> bool:
    return other is not None and said[1:] == other[1:] and said[0] in (0, other[0])
