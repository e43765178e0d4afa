"""Where things stand in small pictures that the server draws: shares of the width, for any screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.serve.web.templating import level_of

HOUR: Final = 3600
DAY: Final = 86_400
STEPS: Final = (
    900, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 365 * DAY,
)  # fmt: skip
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_TICKS: Final = 8
LEAST_SHARE: Final = 0.35
"""Percent of the width that the shortest span still takes, so that it can be seen and hit."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: where it begins and how wide it is, in percent of the picture."""

    left: float
    width: float
    level: str
    severity: float
    title: str
    href: str

    @property
    def height(self) -> float:
        """Thicker is worse: the colour does not have to say it alone (percent of the lane)."""
        return 30 + 5 * min(max(self.severity, 0.0), 10.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis with its words."""

    left: float
    text: str
    at: np.datetime64


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a picture shows: from ``since`` to before ``until``."""

    since: np.datetime64
    until: np.datetime64

    def __post_init__(self) -> None:
        assert self.since < self.until  # noqa: S101 - callers make windows of a positive length

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float((self.until - self.since) / np.timedelta64(1, "s"))

    def left(self, at: np.datetime64) -> float:
        """Where a moment stands, 0 to 100.

        >>> Window(np.datetime64("2026-01-01"), np.datetime64("2026-01-05")).left(np.datetime64("2026-01-02"))
        25.0
        """
        share = float((at - self.since) / np.timedelta64(1, "s")) / self.seconds
        return round(100 * min(max(share, 0.0), 1.0), 3)

    def span(self, begin: np.datetime64, end: np.datetime64, severity: float, title: str, href: str) -> Span:
        """Where something that lasted stands; what is too short to see is made just wide enough."""
        left = self.left(begin)
        width = max(self.left(end) - left, LEAST_SHARE)
        return Span(min(left, 100 - width), round(width, 3), level_of(severity), severity, title, href)

    def ticks(self) -> tuple[Tick, ...]:
        """Round moments (UTC) within it, at most eight.

        >>> night = Window(np.datetime64("2026-01-01T22:30"), np.datetime64("2026-01-02T03"))
        >>> [tick.text for tick in night.ticks()]
        ['23:00', '2 Jan', '01:00', '02:00', '03:00']
        """
        step = next((step for step in STEPS if self.seconds / step <= MOST_TICKS), STEPS[-1])
        begin = int(self.since.astype("datetime64[s]").astype(int))
        first = -(-begin // step) * step
        moments = [np.datetime64(at, "s") for at in range(first, int(begin + self.seconds) + 1, step)]
        return tuple(Tick(self.left(at), _tick(at), at) for at in moments)


def _tick(at: np.datetime64) -> str:
    day = at.astype("datetime64[D]")
    if at != day:
        return str(at)[11:16]
    month = int(at.astype("datetime64[M]").astype(int)) % 12
    return f"{int(str(day)[8:])} {MONTHS[month]}"


@dataclass(frozen=True, slots=True)
class Column:
    """One bar of severity over time."""

    left: float
    width: float
    height: float
    level: str
    worst: float
    count: int
    begin: np.datetime64
    end: np.datetime64


def columns(
    window: Window, buckets: Sequence[tuple[np.datetime64, float, int]], step: np.timedelta64
) -> tuple[Column, ...]:
    """Bars of the worst severity of each bucket (begin, worst, count); empty ones have none."""
    width = 100 * float(step / np.timedelta64(1, "s")) / window.seconds
    return tuple(
        Column(window.left(begin), round(width * 0.82, 3), round(10 * worst, 2), level_of(worst), worst,
               count, begin, begin + step)
        for begin, worst, count in buckets
        if count
    )  # fmt: skip


def line(points: Iterable[tuple[float, float]]) -> str:
    """The `points` of an SVG polyline.

    >>> line([(0, 1), (2.5, 3.25)])
    '0,1 2.5,3.25'
    """
    return " ".join(f"{x:g},{y:g}" for x, y in points)
