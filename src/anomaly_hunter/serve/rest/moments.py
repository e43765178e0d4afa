"""Times of requests: ISO-8601 or seconds since 1970 from outside, `datetime64[ns]` in UTC inside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final, TypeAlias

import numpy as np
from fastapi import Query

from anomaly_hunter.errors import UsageError
from anomaly_hunter.serve.rest.problem import Problem

FIRST: Final = datetime(1678, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2261, 12, 31, tzinfo=UTC)

Since: TypeAlias = Annotated[
    datetime | None, Query(description="At this time or later (ISO-8601; UTC where no zone is given).")
]
Until: TypeAlias = Annotated[datetime | None, Query(description="Before this time.")]


def moment(given: datetime) -> np.datetime64:
    """The same moment as inside.

    Raises
    ------
    Problem
        422: beyond what whole nanoseconds since 1970 can say.

    >>> moment(datetime(2026, 3, 1, 12))
    np.datetime64('2026-03-01T12:00:00.000000000')
    """
    zoned = given.replace(tzinfo=UTC) if given.tzinfo is None else given
    if not FIRST <= zoned <= LAST:
        raise Problem(
            422, "Not as described", f"the time {given}", "a year from 1678 to 2261", "mend the time"
        )
    return np.datetime64(zoned.astimezone(UTC).replace(tzinfo=None), "ns")


def typed(text: str, expected: str = "2026-11-21T22:00 (UTC)") -> np.datetime64:
    """A moment as people type it; UTC where no zone is given.

    Raises
    ------
    UsageError
        It is none, or of a year beyond 1678 to 2261.

    >>> typed("2026-03-01T12:00"), typed("2026-03-01T12:00+02:00")
    (np.datetime64('2026-03-01T12:00:00.000000000'), np.datetime64('2026-03-01T10:00:00.000000000'))
    """
    try:
        return moment(datetime.fromisoformat(text))
    except (ValueError, OverflowError, Problem):
        raise UsageError(f"the time is {text[:40]!r}", expected, "change it") from None


def moment_or_none(given: datetime | None) -> np.datetime64 | None:
    """The same, where there may be none."""
    return None if given is None else moment(given)
