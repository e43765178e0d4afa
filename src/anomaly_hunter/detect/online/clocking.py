"""From points as they arrive to steps of a regular grid: order, duplicates, holes."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from anomaly_hunter.errors import DataError

Duplicates: TypeAlias = Literal["first", "last"]
When: TypeAlias = float | int | str | datetime | np.datetime64
Arrival: TypeAlias = tuple[float, float]
"""Unix seconds and value."""

FARTHEST_S = 9.2e9
"""Seconds from 1970 that nanoseconds in 64 bits can hold."""

FARTHEST_YEARS = 291

LEARNED_FROM = 5
"""Points from which the interval is learned."""


class Tick(NamedTuple):
    """One step of the grid; ``hole`` steps before it were missing and too many to be filled in."""

    time_s: float
    value: float
    hole: int = 0


class Clocking:
    """Puts points on a grid of ``interval_s`` seconds (NaN: the median of the first steps).

    A point is put in order as long as it is no more than ``lateness_s`` older than the newest; a
    later one is dropped and counted in ``late``. Of points on the same place of the grid the
    first or the last is taken, the others are counted in ``repeated``; to know the last one, a point
    is held until a newer one arrives. Places are counted from the point before, so that a clock
    that runs a little slow or fast does not add up. A hole of up to ``most_missing`` steps becomes
    NaN steps; a longer one as many, and its length stands in ``hole`` of the point behind it.

    >>> clocking = Clocking(60.0)
    >>> [tick.value for t, v in [(0, 1.0), (60, 2.0), (180, 3.0)] for tick in clocking.put(t, v)]
    [1.0, 2.0, nan, 3.0]
    """

    def __init__(
        self,
        interval_s: float = math.nan,
        duplicates: Duplicates = "first",
        lateness_s: float = 0.0,
        most_missing: int = 60,
    ) -> None:
        self.interval_s = interval_s
        self.duplicates = duplicates
        self.lateness_s = lateness_s
        self.most_missing = most_missing
        self.late = self.repeated = 0
        self.held: list[Arrival] = []
        self.newest_s = -math.inf
        self.last_s = -math.inf

    def put(self, time_s: float, value: float) -> list[Tick]:
        """Take a point in; the steps that are complete now, in order."""
        if time_s < self.last_s or time_s < self.newest_s - self.lateness_s:
            self.late += 1
            return []
        self.newest_s = max(self.newest_s, time_s)
        if self.lateness_s == 0.0 and self.duplicates == "first" and not math.isnan(self.interval_s):
            return self._taken(time_s, value)
        place = len(self.held)
        while place and self.held[place - 1][0] > time_s:
            place -= 1
        self.held.insert(place, (time_s, value))
        if math.isnan(self.interval_s) and not self._learn_interval():
            return []
        return self._released(self.newest_s - self.lateness_s)

    def rest(self) -> list[Tick]:
        """What is still held, when nothing more will come."""
        if math.isnan(self.interval_s):
            self.interval_s = self._usual() or 1.0
        return self._released(math.inf)

    def _learn_interval(self) -> bool:
        times = {time_s for time_s, _ in self.held}
        if len(times) < LEARNED_FROM:
            return False
        self.interval_s = self._usual()
        return True

    def _usual(self) -> float:
        steps = np.diff(sorted({time_s for time_s, _ in self.held}))
        return float(np.median(steps)) if len(steps) else 0.0

    def _released(self, until_s: float) -> list[Tick]:
        ticks: list[Tick] = []
        while self.held and self.held[0][0] <= until_s:
            if self.duplicates == "last" and until_s != math.inf:
                newer = next((t for t, _ in self.held[1:] if self._steps(self.held[0][0], t) > 0), math.inf)
                if newer > until_s:
                    break
            time_s, value = self.held.pop(0)
            if self._steps(self.last_s, time_s) == 0:
                self.repeated += 1
                continue
            while self.duplicates == "last" and self.held and self._steps(time_s, self.held[0][0]) == 0:
                self.repeated += 1
                value = self.held.pop(0)[1]
            ticks += self._taken(time_s, value)
        return ticks

    def _steps(self, before_s: float, after_s: float) -> int:
        if before_s == -math.inf:
            return 1
        return round(min((after_s - before_s) / self.interval_s, 1e15))

    def _taken(self, time_s: float, value: float) -> list[Tick]:
        missing = self._steps(self.last_s, time_s) - 1
        if missing < 0:
            self.repeated += 1
            return []
        if missing == 0:
            self.last_s = time_s
            return [Tick(time_s, value)]
        filled = min(missing, self.most_missing)
        before, self.last_s = self.last_s, time_s
        ticks = [Tick(before + (k + 1) * self.interval_s, math.nan) for k in range(filled)]
        return [*ticks, Tick(time_s, value, missing if missing > self.most_missing else 0)]


def seconds(time: When) -> float:
    """Unix seconds of a number, an ISO text, a datetime (without a zone: UTC) or a datetime64.

    >>> seconds("2026-01-01T00:00:00Z"), seconds(np.datetime64("1970-01-02")), seconds(7)
    (1767225600.0, 86400.0, 7.0)
    """
    if isinstance(time, float) and abs(time) < FARTHEST_S:
        return float(time)
    try:
        found = _since_1970(time)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not abs(found) < FARTHEST_S:
        number_given = math.isfinite(found) and isinstance(time, int | float)
        raise DataError(
            f"{time!r} is no time of a point",
            "unix seconds, an ISO-8601 text, a datetime or a datetime64 between the years 1678 and 2261",
            "give milliseconds divided by 1e3" if number_given else "leave the point out or repair its time",
        )
    return found


def _since_1970(time: When) -> float:
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    if isinstance(time, datetime):
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    if isinstance(time, np.datetime64):
        year = time.astype("datetime64[Y]").astype(np.int64)  # nanoseconds of a far year would wrap
        if np.isnat(time) or abs(year) > FARTHEST_YEARS:
            return math.nan
        return float(time.astype("datetime64[ns]").astype(np.int64)) / 1e9
    return float(time)


def number(value: object) -> float:
    """A value as a float: None and infinities are missing (NaN).

    >>> number(2**63), number(None), number(float("inf"))
    (9.223372036854776e+18, nan, nan)
    """
    if value is None:
        return math.nan
    try:
        found = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return math.nan
    except (TypeError, ValueError):
        raise DataError(
            f"{value!r} is no value of a point", "a number, or None for missing", "convert it"
        ) from None
    return found if math.isfinite(found) else math.nan
