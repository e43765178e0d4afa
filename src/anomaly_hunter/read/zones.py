"""Local times to UTC, and which of them a clock change makes exist twice or never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import AnyArray, IntArray, TimeArray

_DAY_S = 86_400
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """Local times in UTC: ``twice`` marks those that exist twice, ``never`` those that do not exist."""

    utc: TimeArray
    twice: AnyArray
    never: AnyArray


def zone_of(name: str) -> ZoneInfo:
    """The zone of this IANA name; UsageError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"time zone {name!r} is not known here",
            "an IANA name such as Europe/Berlin or UTC",
            "correct the name, or install the package tzdata",
        ) from error


def to_utc(local: TimeArray, name: str) -> Local:
    """``(n,)`` local wall-clock times of zone ``name`` in UTC; NaT stays NaT.

    A time that exists twice is the earlier instant, except that where each such stamp occurs
    exactly two times the second one is the later instant. A time that never existed is read
    with the offset before the change, so 02:30 becomes 03:30.

    >>> hit = to_utc(np.array(["2025-10-26T01:30", "2025-10-26T02:30"], "datetime64[ns]"), "Europe/Berlin")
    >>> hit.utc.astype("datetime64[m]").astype(str).tolist(), hit.twice.tolist()
    (['2025-10-25T23:30', '2025-10-26T00:30'], [False, True])
    """
    none = np.zeros(len(local), dtype=bool)
    if name in ("", "UTC"):
        return Local(local, none, none)
    zone = zone_of(name)
    valid = ~np.isnat(local)
    first, second = np.zeros(len(local), np.int64), np.zeros(len(local), np.int64)
    seconds = local[valid].astype("datetime64[s]").view(np.int64)
    first[valid], second[valid] = _offsets(seconds, zone)
    twice = valid & (first > second)
    never = valid & (first < second)
    later = twice & _second_of_two(local, twice)
    offset = np.where(later, second, first)
    utc = local - (offset * _SECOND_NS).view("timedelta64[ns]")
    return Local(utc, twice, never)


def _second_of_two(local: TimeArray, twice: AnyArray) -> AnyArray:
    """True at the second occurrence, where every doubled stamp occurs exactly two times."""
    later = np.zeros(len(local), dtype=bool)
    where = np.flatnonzero(twice)
    if not len(where):
        return later
    _, first, count = np.unique(local[where], return_index=True, return_counts=True)
    if bool((count == 2).all()):
        later[where] = True
        later[where[first]] = False
    return later


def _offsets(seconds: IntArray, zone: ZoneInfo) -> tuple[IntArray, IntArray]:
    """UTC offsets in seconds of local times, before and after a change that concerns them.

    The zone is asked once per day; only days on which the offset changes are asked by minute.
    """
    days, day_of = np.unique(seconds // _DAY_S, return_inverse=True)
    begin = np.array([_offset(day * _DAY_S, zone, 0) for day in days.tolist()], dtype=np.int64)
    end = np.array([_offset((day + 1) * _DAY_S, zone, 1) for day in days.tolist()], dtype=np.int64)
    first = begin[day_of]
    second = first.copy()
    changing = (begin != end)[day_of]
    if changing.any():
        minutes, minute_of = np.unique(seconds[changing] // 60, return_inverse=True)
        for fold, offsets in ((0, first), (1, second)):
            asked = np.array(
                [_offset(minute * 60, zone, fold) for minute in minutes.tolist()], dtype=np.int64
            )
            offsets[changing] = asked[minute_of]
    return first, second


def _offset(second: int, zone: ZoneInfo, fold: int) -> int:
    wall = datetime(1970, 1, 1) + timedelta(seconds=second)
    offset = wall.replace(tzinfo=zone, fold=fold).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
