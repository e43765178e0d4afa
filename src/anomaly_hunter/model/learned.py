"""What answers of people have taught: applied to the next run, always bounded, always undoable."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from anomaly_hunter.model.basics import Direction, Shape
from anomaly_hunter.model.strange import Anomaly

DAY_MINUTES: Final = 1440.0
_EDGE: Final = 1e-4


def minute_of(anomaly: Anomaly) -> float | None:
    """Minute of the day in UTC at which it begins; None without a clock."""
    if anomaly.begin is None:
        return None
    begin = anomaly.begin.astype("datetime64[s]")
    return float((begin - begin.astype("datetime64[D]")) / np.timedelta64(60, "s"))


def size_of(anomaly: Anomaly) -> float:
    """How many robust standard deviations it is off, without a sign; 0 where that means nothing (gaps)."""
    return abs(anomaly.sigmas) if math.isfinite(anomaly.sigmas) else 0.0


def column_of(anomaly: Anomaly) -> str:
    """The column that makes a row strange; "" for a span of a series."""
    return anomaly.carriers[0].name if anomaly.rows and anomaly.carriers else ""


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """ "Ignore like this": what is kept quiet, and shown as quiet.

    Attributes
    ----------
    id:
        The answer that made the rule, with the anomaly it was given on.
    most_score:
        Strangest score that is still like it, in units of the boundary before learning.
    most_sigmas:
        Largest deviation that is still like it, in robust standard deviations.
    minute:
        Minute of the day (UTC) around which it holds, ``reach`` minutes to each side; None: always.
    reason:
        What the person said.
    column:
        Of a row of a table the column that made it strange; "" for series.
    """

    id: str
    series_id: str
    shape: Shape
    direction: Direction
    most_score: float
    most_sigmas: float
    minute: float | None = None
    reach: float = 90.0
    reason: str = ""
    column: str = ""

    def is_like(self, anomaly: Anomaly, boundary: float = 1.0) -> bool:
        """Whether it keeps this anomaly quiet; ``boundary``: the factor that its score was divided by."""
        what = anomaly.subject_id, anomaly.shape, anomaly.direction
        score, sigmas = anomaly.score * boundary, size_of(anomaly)
        return self.covers(what, score, sigmas, column_of(anomaly), minute_of(anomaly))

    def covers(
        self,
        what: tuple[str, Shape, Direction],
        score: float,
        sigmas: float,
        column: str,
        minute: float | None,
    ) -> bool:
        """:meth:`is_like` for (series id, shape, direction), a score in units of the boundary before
        learning, a deviation without its sign, the column of a row and the minute of the day."""
        return (
            what == (self.series_id, self.shape, self.direction)
            and score <= self.most_score
            and sigmas <= self.most_sigmas
            and self.column in ("", column)
            and self.holds_at(minute)
        )

    def holds_at(self, minute: float | None) -> bool:
        """Whether a minute of the day lies within reach, around midnight too.

        >>> IgnoreRule("1", "s", "spike", "up", 2.0, 9.0, minute=10.0).holds_at(1400.0)
        True
        """
        if self.minute is None:
            return True
        if minute is None:
            return False
        apart = abs(minute - self.minute) % DAY_MINUTES
        return min(apart, DAY_MINUTES - apart) <= self.reach


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything that answers change in the next run; the empty one changes nothing.

    Attributes
    ----------
    boundaries:
        Per id of a series, what its alarm boundary is multiplied by (1.5: half as strange again).
    rules:
        What is kept quiet.
    weights:
        Per agent, what the judge multiplies its confidence by.
    offset, slope:
        Of the confidence: ``logit p' = offset + slope * logit p``.
    because:
        Who said what, in words: by ``series:ID``, ``agents``.

    >>> Learned(boundaries={"a": 1.5}).boundary("a"), Learned().boundary("a")
    (1.5, 1.0)
    """

    boundaries: Mapping[str, float] = field(default_factory=dict)
    rules: tuple[IgnoreRule, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    offset: float = 0.0
    slope: float = 1.0
    because: Mapping[str, str] = field(default_factory=dict, compare=False)

    def reason(self, scope: str) -> str:
        """ ", because ..." where it is known who said what; "" where it is not.

        >>> Learned(because={"agents": "you said so"}).reason("agents"), Learned().reason("agents")
        (', because you said so', '')
        """
        return f", because {self.because[scope]}" if self.because.get(scope) else ""

    def boundary(self, series_id: str) -> float:
        """Factor of the alarm boundary of a series; 1.0 where nothing was learned."""
        return self.boundaries.get(series_id, 1.0)

    def weight(self, agent: str) -> float:
        """What the confidence of an agent is multiplied by; 1.0 where nothing was learned."""
        return self.weights.get(agent, 1.0)

    def calibrated(self, confidence: float) -> float:
        """The confidence as it should have been stated, from how often the like were right.

        >>> round(Learned(offset=-1.0).calibrated(0.8), 3), Learned().calibrated(0.8)
        (0.595, 0.8)
        """
        if self.offset == 0.0 and self.slope == 1.0:
            return confidence
        return logistic(self.offset + self.slope * _logit(confidence))

    def before(self, confidence: float) -> float:
        """The inverse of :meth:`calibrated`, within [0.0001, 0.9999].

        >>> round(Learned(offset=-1.0).before(0.595), 3)
        0.8
        """
        if self.offset == 0.0 and self.slope == 1.0:
            return confidence
        return logistic((_logit(confidence) - self.offset) / self.slope)


def _logit(share: float) -> float:
    inside = min(max(share, _EDGE), 1.0 - _EDGE)
    return math.log(inside / (1.0 - inside))


def logistic(logit: float) -> float:
    """The probability of a log odds, kept within [-30, 30].

    >>> round(logistic(1.0), 3)
    0.731
    """
    return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))
