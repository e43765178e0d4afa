"""The contract of a streaming detector: one step on a regular grid, and its state as bytes."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Protocol, Self, runtime_checkable


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
    damaged one is our DataError; ``len(dump())`` never exceeds ``most_bytes``.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    most_bytes: ClassVar[int]
    lag: int

    def step(self, value: float, time_s: float) -> Step:
        """Score ``value`` at unix time ``time_s`` (NaN: no clock), then learn from it."""
        ...

    def dump(self) -> bytes:
        """The whole state."""
        ...

    @classmethod
    def load(cls, state: bytes) -> Self:
        """The kernel as it was when it was dumped. DataError for anything else than a dump."""
        ...
