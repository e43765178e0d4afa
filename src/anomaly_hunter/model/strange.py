"""What is found: scores, bands, anomalies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from anomaly_hunter.model.basics import Direction, FloatArray, Shape
from anomaly_hunter.model.data import Series, Table


@dataclass(frozen=True, slots=True)
class Profile:
    """What a series is like, which decides how it is scored.

    ``interval_s`` is the usual step in seconds (NaN without a clock or with one point);
    ``period`` the season in points (0 = none), ``season_strength`` in [0, 1]; ``noise`` a robust
    standard deviation of what season and trend leave; ``trend_per_point`` a robust slope.
    """

    n: int
    interval_s: float
    missing: int
    period: int
    season_strength: float
    trend_per_point: float
    noise: float
    level: float
    counts: bool
    constant: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of an anomaly a channel or column carries, in [0, 1]."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A span of a series, or rows of a table, that is not as expected.

    Attributes
    ----------
    subject:
        Title of the series, or name of the table.
    start, stop:
        Half-open span of positions (for rows: first row and last row + 1).
    rows:
        Rows of a table (0-based); empty for a span of a series.
    begin, end:
        Times of the first and last abnormal point; None where there is no clock.
    onset:
        Positions between which it began, both inclusive: ``onset[0] <= start``.
    peak:
        Position of the strangest point; ``actual``, ``expected`` and ``spread`` (one robust
        standard deviation of what is normal) are read there.
    score:
        Common scale of all detectors: 1.0 is the alarm boundary, higher is stranger.
    ongoing:
        It still lasts at the end of the data.
    """

    id: str
    subject: str
    subject_id: str
    shape: Shape
    direction: Direction
    start: int
    stop: int
    peak: int
    score: float
    actual: float
    expected: float
    spread: float
    onset: tuple[int, int]
    begin: np.datetime64 | None = None
    end: np.datetime64 | None = None
    rows: tuple[int, ...] = ()
    carriers: tuple[Share, ...] = ()
    ongoing: bool = False

    @property
    def sigmas(self) -> float:
        """Deviation at the peak in robust standard deviations (signed, clipped to ±999)."""
        deviation = self.actual - self.expected
        if not self.spread > 0:
            return math.copysign(999.0, deviation) if abs(deviation) > 0 else deviation
        return min(max(deviation / self.spread, -999.0), 999.0)

    @property
    def change_pct(self) -> float | None:
        """Deviation at the peak in percent of what was expected; None when that is zero."""
        if self.expected == 0 or not math.isfinite(self.expected):
            return None
        return float(100.0 * (self.actual - self.expected) / abs(self.expected))


@dataclass(frozen=True, slots=True)
class Quiet:
    """A span that scored over the boundary and still is no alarm, and the rule that says so."""

    start: int
    stop: int
    score: float
    rule: str
    statement: str


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """Everything detection knows about one series or table.

    ``score`` is ``(n,)`` on the common scale; the band ``expected, lower, upper`` is ``(n,)``
    (``(n, k)`` for many channels), None for tables. ``series`` is None for tables, ``table``
    None for series.
    """

    subject: str
    score: FloatArray
    anomalies: tuple[Anomaly, ...]
    detectors: tuple[str, ...]
    series: Series | None = None
    table: Table | None = None
    profile: Profile | None = None
    expected: FloatArray | None = None
    lower: FloatArray | None = None
    upper: FloatArray | None = None
    quiet: tuple[Quiet, ...] = ()
    note: str = ""
    parts: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def axis(self) -> FloatArray:
        """``(n,)`` seconds since 1970; without a clock rows, or positions where rows are not in order."""
        series = self.series
        if series is not None and series.clocked:
            return series.time.view(np.int64) / 1e9
        if series is not None and bool((np.diff(series.row) > 0).all()):
            return series.row.astype(np.float64)
        return np.arange(len(self.score), dtype=np.float64)

    def __repr__(self) -> str:
        return f"<Detection {self.subject}: {len(self.anomalies)} anomalies in {len(self.score):,} scores>"
