"""The contract of a detector: two methods. Deciding what is an alarm is somebody else's job."""

from __future__ import annotations

from typing import ClassVar, Literal, Protocol, Self, TypeAlias, runtime_checkable

from anomaly_hunter.model import FloatArray, Profile

Takes: TypeAlias = Literal["series", "channels", "table"]


@runtime_checkable
class Detector(Protocol):
    """Gives every point of a series, or every row of a table, a number: higher is stranger.

    ``takes = "series"``: data is ``(n,)`` regular or nearly so, NaN = missing, order matters.
    ``takes = "channels"``: data is ``(n, k)`` points by channels of one series, NaN = missing.
    ``takes = "table"``: data is ``(n, k)`` rows by measures, order does not matter.

    Laws (checked on every detector, ours and other people's): the input is not changed; the
    same input gives the same scores; ``score`` gives ``(n,)`` floats, finite except where the
    input is missing; fewer points than it needs give zeros, not an error; wrong shapes raise
    our :class:`~anomaly_hunter.errors.DataError`.
    """

    name: ClassVar[str]
    takes: ClassVar[Takes]

    def fit(self, data: FloatArray) -> Self:
        """Learn what is normal. Returns itself."""
        ...

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` raw scores in the detector's own unit, higher is stranger."""
        ...


@runtime_checkable
class Explains(Protocol):
    """A detector that can say which channel or column carries a score."""

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` parts of the score, each >= 0; larger carries more."""
        ...


@runtime_checkable
class Profiled(Protocol):
    """A series detector that wants to know the season, the noise, the kind of numbers."""

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """A detector set up for a series with this profile."""
        ...
