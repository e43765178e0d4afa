"""Why one point did or did not alarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from anomaly_hunter.config import Settings, override
from anomaly_hunter.detect.explain import Explanation
from anomaly_hunter.detect.explain import explain as explain_point
from anomaly_hunter.detect.explain_row import explain_row
from anomaly_hunter.errors import UsageError
from anomaly_hunter.hunt import examine
from anomaly_hunter.model import Detection, Series, iso

# What a time in nanoseconds since 1970 can be.
_EARLIEST: Final = datetime(1678, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2262, 1, 1, tzinfo=UTC)


def explain(
    data: object,
    at: str | int | datetime,
    *,
    series: str = "",
    settings: Settings | None = None,
    **options: Any,
) -> Explanation:
    """Why the point or row ``at`` did or did not alarm.

    Parameters
    ----------
    at:
        A time in ISO-8601 or a datetime (the point that covers it is taken), or ``"#17"`` or 17 for
        the 17th data row, counted from 0.
    series:
        Which series, when there are several; otherwise the one that is strangest there.

    Raises
    ------
    UsageError
        There is no such point or series; the message says what there is.

    >>> told = explain([10.0, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 60, 10, 11, 10, 9], "#12")
    >>> told.alarm, told.actual
    (True, 60.0)
    """
    settings = override(settings or Settings(), **options)
    _, detections = examine(data, settings)
    return explain_among(detections, at, series=series, settings=settings)


def explain_among(
    detections: Sequence[Detection],
    at: str | int | datetime,
    *,
    series: str = "",
    settings: Settings | None = None,
) -> Explanation:
    """:func:`explain` for what was detected already, as a hunt holds it."""
    at, settings = _said(at), settings or Settings()
    if len(detections) == 1 and detections[0].table is not None:
        return explain_row(detections[0], _row(at))
    asked = [found for found in detections if series in ("", found.subject, _name(found))]
    if not asked:
        known = ", ".join(found.subject for found in detections[:20]) or "none"
        raise UsageError(f"there is no series {series!r}", f"one of {known}", "choose one of these")
    places = [(found, _position(found.series, at, settings)) for found in asked if found.series is not None]
    there = [(found, place) for found, place in places if place is not None]
    if not there:
        raise UsageError(
            f"no series has a point at {at}", _range(asked, by_row=at.startswith("#")), "choose one inside"
        )
    found, place = max(there, key=lambda pair: float(pair[0].score[pair[1]]))
    return explain_point(found, place)


def _name(detection: Detection) -> str:
    return detection.series.name if detection.series is not None else ""


def _said(at: object) -> str:
    if isinstance(at, str):
        return at
    if isinstance(at, datetime):
        return at.isoformat()
    if hasattr(at, "__index__"):
        return f"#{at}"
    raise UsageError(f"at came as a {type(at).__name__}", "a time in ISO-8601 or #ROW", 'write "#17"')


def _row(at: str) -> int:
    try:
        return int(at.removeprefix("#"))
    except ValueError:
        raise UsageError(f"--at is {at!r}", "#17 for a row of a table", "count rows from 0") from None


def _position(series: Series, at: str, settings: Settings) -> int | None:
    """The point that covers ``at``; None when the series has none there."""
    if at.startswith("#"):
        found = np.flatnonzero(series.row == _row(at))
        return int(found[0]) if len(found) else None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        cure = "write it like 2026-03-02T14:05:00Z, or #17 for data row 17"
        raise UsageError(f"--at is {at!r}", "a time in ISO-8601 or #ROW", cure) from None
    if not series.clocked or not len(series):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(settings.read.tz) if settings.read.tz else UTC)
    if not _EARLIEST < moment < _LATEST:
        return None
    time = np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "ns")
    step = np.median(np.diff(series.time)) if len(series) > 1 else np.timedelta64(0, "ns")
    place = int(np.searchsorted(series.time, time, side="right")) - 1
    return place if place >= 0 and time <= series.time[-1] + step else None


def _range(detections: list[Detection], *, by_row: bool) -> str:
    longest = max((d.series for d in detections if d.series is not None), key=len)
    if not len(longest):
        return "a series with points"
    if by_row or not longest.clocked:
        why = "" if by_row else " (there is no clock)"
        return f"a row from #{int(longest.row.min())} to #{int(longest.row.max())}{why}"
    return f"a time from {iso(longest.time[0])} to {iso(longest.time[-1])}"
