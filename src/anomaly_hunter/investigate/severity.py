"""How bad it is, 0 to 10, from the data.

``severity = 2 + 8 * effect^0.7 * (0.50 + 0.20 duration + 0.15 breadth + 0.15 persistence)``

- 2 is what an alarm is worth that just passes the boundary: information.
- The effect multiplies the rest, because a wiggle that is sure but tiny stays tiny however long it
  lasts; the power 0.7 keeps middling effects from vanishing.
- Half of the weight is the effect alone (an outage of one point is bad at once), duration comes
  second, breadth and persistence share the rest. All four at 1 give 10.

Anchors: a one-point blip of 4 sigma and 10% is 3.6, a doubled latency that has lasted for half an hour
of one-minute points 7.4, a complete outage of many services that lasts 9 to 10, a sure wiggle of 1%
under 4. An improvement (latency down) is never more than 3.4.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.semantics import is_improvement, kind_of, whole_of
from anomaly_hunter.investigate.windows import normal_points, values_of
from anomaly_hunter.model import Anomaly, Detection, Series, Shape

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

FLOOR: Final = 2.0
POWER: Final = 0.7
WEIGHTS: Final[Mapping[str, float]] = {"alone": 0.50, "duration": 0.20, "breadth": 0.15, "persistence": 0.15}
IMPROVEMENT_AT_MOST: Final = 3.4
SHARE_UNIT: Final = 60.0

_SIGMAS_UNIT: Final = 6.0
_SCORE_UNIT: Final = 1.5
_RATIO_UNIT: Final = 0.6
_SHAPE_EFFECT: Final[Mapping[Shape, float]] = {
    "gap": 0.6, "flat line": 0.45, "odd shape": 0.3, "season break": 0.3, "variance": 0.3,
}  # fmt: skip
"""Smallest relative effect of shapes whose badness is not the height of a value."""

_RANGE_POINTS: Final = 4096


def severity(factors: Mapping[str, float]) -> float:
    """Severity from the four factors, each in [0, 1]; never decreasing in any of them.

    >>> severity({"effect": 1, "duration": 1, "breadth": 1, "persistence": 1})
    10.0
    >>> severity({"effect": 0, "duration": 1, "breadth": 1, "persistence": 1})
    2.0
    """
    unit: dict[str, float] = {
        name: min(1.0, max(0.0, factors.get(name, 0.0))) for name in ("effect", *WEIGHTS)
    }
    rest = WEIGHTS["alone"] + sum(
        WEIGHTS[name] * unit[name] for name in ("duration", "breadth", "persistence")
    )
    return float(min(10.0, FLOOR + (10.0 - FLOOR) * unit["effect"] ** POWER * rest))


def effect(sigmas: float, relative: float, score: float = 0.0, shape: Shape = "spike") -> float:
    """How large a deviation is: the geometric mean of how sure and how big.

    ``sure = max(1 - exp(-|sigmas| / 6), 1 - exp(-score / 1.5))`` and ``big = 1 - exp(-relative / 0.6)``
    where ``relative`` is ``|ln(actual / expected)|`` (0.69 for doubled or halved, infinite for an outage).

    >>> [round(effect(sigmas, math.log(ratio)), 2) for sigmas, ratio in ((4, 1.1), (50, 2), (50, 1.01))]
    [0.27, 0.83, 0.13]
    """
    size = abs(sigmas) if not math.isnan(sigmas) else 0.0
    sure = max(
        1.0 - math.exp(-size / _SIGMAS_UNIT),
        1.0 - math.exp(-max(score, 0.0) / _SCORE_UNIT) if shape in _SHAPE_EFFECT else 0.0,
    )
    big = max(1.0 - math.exp(-max(relative, 0.0) / _RATIO_UNIT), _SHAPE_EFFECT.get(shape, 0.0))
    return math.sqrt(sure * big)


def duration(points: int, seconds: float) -> float:
    """How long: ``sqrt((p - 1) / (p + 3) * s / (s + 1800))``; without a clock the first part alone.

    Points say how much was seen, seconds how long people felt it; one point is no duration.

    >>> duration(1, 60.0), round(duration(30, 1800.0), 2), round(duration(5, math.nan), 2)
    (0.0, 0.66, 0.5)
    """
    seen = max(0, points - 1) / (max(1, points) + 3)
    if math.isnan(seconds):
        return seen
    return math.sqrt(seen * max(seconds, 0.0) / (max(seconds, 0.0) + 1800.0))


def breadth(moved: int) -> float:
    """How many services (or series, or rows beyond the first) it touches: ``1 - 3 / (m + 2)``.

    >>> breadth(1), breadth(4), breadth(28)
    (0.0, 0.5, 0.9)
    """
    return 1.0 - 3.0 / (max(1, moved) + 2)


def persistence(points: int, ongoing: bool, returns: int = 1) -> float:
    """Whether it lasts or comes back: ``p / (p + 2)`` while it goes on, ``1 - 1 / returns`` when over.

    >>> persistence(1, False), round(persistence(10, True), 2), persistence(3, False, returns=4)
    (0.0, 0.83, 0.75)
    """
    lasting = points / (points + 2) if ongoing and points > 0 else 0.0
    return max(lasting, 1.0 - 1.0 / max(1, returns))


def factors_of(case: Case) -> dict[str, float]:
    """The four factors of a case: the worst effect, the longest span, all that moved."""
    worse = [a for a in case.anomalies if not improves(case, a)] or list(case.anomalies)
    measured = [(anomaly, case.detection_of(anomaly)) for anomaly in worse[:500]]
    series = case.series
    if series is None:
        return {
            "effect": max(_effect_of(a, d) for a, d in measured),
            "duration": 0.0,
            "breadth": breadth(len(case.anomalies)),
            "persistence": 0.0,
        }
    lengths = [(a.stop - a.start, say.span_seconds(d.series, a)) for a, d in measured]
    spans = sum(a.subject == case.subject for a in case.anomalies)
    moved = {case.service_of(d.series) or d.series.title for _, d in measured if d.series is not None}
    titles = {d.subject for _, d in measured}
    return {
        "effect": max(_effect_of(a, d) for a, d in measured),
        "duration": max(duration(points, seconds) for points, seconds in lengths),
        "breadth": max(breadth(len(moved)), breadth(1 + (len(titles) - 1) // 2)),
        "persistence": max(persistence(a.stop - a.start, a.ongoing, spans) for a in worse[:500]),
    }


def severity_of(case: Case) -> tuple[float, dict[str, float]]:
    """Severity of a case and its factors; good news only is capped at 3.4."""
    factors = factors_of(case)
    value = severity(factors)
    if all(improves(case, anomaly) for anomaly in case.anomalies):
        value = min(value, IMPROVEMENT_AT_MOST)
    return round(value, 2), {name: round(part, 4) for name, part in factors.items()}


def severity_alone(anomaly: Anomaly, detection: Detection) -> float:
    """Severity of one anomaly as if nothing else had happened."""
    series = detection.series
    if series is None:
        return anomaly.score
    points = anomaly.stop - anomaly.start
    value = severity({
        "effect": _effect_of(anomaly, detection),
        "duration": duration(points, say.span_seconds(series, anomaly)),
        "persistence": persistence(points, anomaly.ongoing),
    })  # fmt: skip
    return min(value, IMPROVEMENT_AT_MOST) if _is_better(series, anomaly) else value


def improves(case: Case, anomaly: Anomaly) -> bool:
    """Whether the anomaly is good news, as far as the name of the metric tells."""
    series = case.detection_of(anomaly).series
    return series is not None and _is_better(series, anomaly)


def _is_better(series: Series, anomaly: Anomaly) -> bool:
    if anomaly.shape in ("gap", "flat line") or anomaly.rows:
        return False
    return is_improvement(series.name, anomaly.direction)


def _effect_of(anomaly: Anomaly, detection: Detection) -> float:
    return effect(anomaly.sigmas, relative_size(anomaly, detection), anomaly.score, anomaly.shape)


def relative_size(anomaly: Anomaly, detection: Detection) -> float:
    """``|ln(actual / expected)|``; where values change sign or the level is small beside their
    normal range, ``ln(1 + |deviation| / range)`` with the range from the 5% to the 95% quantile (all
    of the range where those two are equal). Of a share of requests that fail or succeed,
    60 times the part of all requests that it changed by: 0.6 for one in a hundred.
    """
    actual, expected = anomaly.actual, anomaly.expected
    deviation = abs(float(actual) - float(expected))
    if not math.isfinite(deviation):
        return 0.0
    whole = _all_requests(detection.series)
    if whole > 0:
        return min(20.0, SHARE_UNIT * deviation / whole)
    usual = _usual_range(anomaly, detection)
    if expected > 0 and actual >= 0 and expected >= 0.5 * usual:
        return 20.0 if actual == 0 else min(20.0, abs(math.log(actual / expected)))
    if not usual > 0:
        usual = max(abs(expected), abs(anomaly.spread), 1e-300)
    return min(20.0, math.log1p(min(deviation / usual, 1e300)))


def _all_requests(series: Series | None) -> float:
    """What stands for all requests in a share of them that fail or succeed; 0 where it is none."""
    if series is None or series.value.ndim > 1:
        return 0.0
    kind = kind_of(series)
    if kind == "success":
        return 100.0 if bool((series.value > 1.5).any()) else 1.0
    return whole_of(series) if kind == "errors" else 0.0


def _usual_range(anomaly: Anomaly, detection: Detection) -> float:
    series = detection.series
    if series is None:
        return 4.0 * max(anomaly.spread, 0.0)
    value = values_of(series, anomaly)
    value = value[normal_points(detection)]
    value = value[~np.isnan(value)][-_RANGE_POINTS:].copy()
    if len(value) < 5:
        return 4.0 * max(anomaly.spread, 0.0)
    value.sort()
    low, high = float(value[len(value) // 20]), float(value[len(value) - 1 - len(value) // 20])
    if high > low:
        return high - low
    return float(value[-1]) - float(value[0])
