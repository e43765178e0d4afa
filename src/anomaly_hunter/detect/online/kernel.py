"""The contract of a streaming detector: one step on a regular grid, and its state as bytes."""

from __future__ import annotations

import math
from typing import ClassVar, Final, NamedTuple, Protocol, Self, runtime_checkable

from anomaly_hunter.errors import UsageError

USUAL_INTERVAL_S: Final = 120.0
"""Seconds between two values where nobody says."""

WEEK_S: Final = 604_800.0


class Step(NamedTuple):
    """What is said about one point.

    Attributes
    ----------
    score:
        The immediate score, from this point and those before it; 1.0 is the alarm boundary.
    expected, lower, upper:
        The band that was expected before the value was seen, in the unit of the data; NaN while unknown.
    final:
        The score of the point ``lag`` steps ago, now that all windows that cover it are known;
        NaN while there is none.
    shifted:
        With this point a lasting change was confirmed, and the new regime is being learned.
    """

    score: float
    expected: float
    lower: float
    upper: float
    final: float
    shifted: bool = False


@runtime_checkable
class Kernel(Protocol):
    """Scores one series value by value, in bounded memory.

    Laws: a step is scored before it is learned; open anomalies are not learned from, until a
    lasting shift is confirmed; NaN is a missing value (scores 0, moves the clock on);
    ``load(dump())`` goes on bit for bit as if nothing had happened; a state of another version or a
    damaged one is our DataError; ``len(dump())`` never exceeds ``most_bytes``; ``score`` changes nothing.

    Parameters
    ----------
    interval_s:
        Usual seconds between two values: the boundary is for about one false alarm a week.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    most_bytes: ClassVar[int]
    lag: ClassVar[int]

    def __init__(self, interval_s: float = USUAL_INTERVAL_S) -> None: ...

    def step(self, value: float, time_s: float) -> Step:
        """Score ``value`` at unix time ``time_s`` (NaN: no clock), then learn from it."""
        ...

    def score(self, value: float, time_s: float) -> float:
        """The score that :meth:`step` would give now."""
        ...

    def dump(self) -> bytes:
        """The whole state."""
        ...

    @classmethod
    def load(cls, state: bytes) -> Self:
        """The kernel as it was when it was dumped. DataError for anything else than a dump."""
        ...


def points_per_week(interval_s: float) -> float:
    """How many values a week has.

    >>> points_per_week(60.0)
    10080.0

    Raises
    ------
    UsageError
        ``interval_s`` is not above zero, or not finite.
    """
    if not (math.isfinite(interval_s) and interval_s > 0.0):
        raise UsageError(
            f"interval_s = {interval_s:g}", "seconds between two values, above 0", "pass 60 for one a minute"
        )
    return min(WEEK_S / interval_s, 1e15)
