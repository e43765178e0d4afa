"""From the raw scores of detectors to the common scale, on which 1.0 is the alarm boundary.

A detector may say more about its scores by class attributes; none is needed:

- ``boundary: float``: where chance ends on its own scale, from the statistics of its noise;
- ``only_alarms: bool``: its score means something over its boundary only;
- ``weight: float``: it looks in several ways at once and counts for as many;
- ``pointwise: bool``: its score concerns the point itself, not a window around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.detect.ranking import ranked
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import farthest, independent, tail
from anomaly_hunter.stats.robust import mad, median, wide_scale

ENOUGH = 600
"""From this many points on the tail of scores can be seen, and they are never taken for normal."""

RISK = 0.01
"""How many false alarms a detector without a boundary may raise in a short series."""

TOGETHER = "together"
"""The name under which the sum of all detectors is shown."""

BLOCK = 32
BLOCKS = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """``score`` ``(n,)`` and what each detector says, 1.0 = boundary."""

    score: FloatArray
    parts: Mapping[str, FloatArray]


def calibrate(raws: Sequence[tuple[Detector, FloatArray]], expected: float) -> Calibrated:
    """Scores on the common scale, of which chance lets about ``expected`` reach 1.0 in a long series.

    Short series (under 2,000 points): each detector by :func:`by_noise`. Long ones: each by
    :func:`by_tail` with a quarter of the budget, and all together
    (:func:`~anomaly_hunter.detect.ranking.ranked`) over the tail of that, which is also the score;
    where one alone is over its boundary the score is, too.
    """
    if len(raws[0][1]) < LONG:
        parts = {detector.name: by_noise(raw, detector) for detector, raw in raws}
        return Calibrated(np.maximum.reduce(list(parts.values())), parts)
    parts = {d.name: by_tail(raw, d, 0.25 * expected / len(raws)) for d, raw in raws}
    if all(only_alarms(d) for d, _ in raws):
        return Calibrated(np.maximum.reduce(list(parts.values())), parts)
    whole = ranked(raws)
    score = whole / max(_tail(whole, expected), 1e-12)
    alone = np.maximum.reduce(list(parts.values()))
    # Over the boundary, but no farther: what one alone sees does not rank above what all see.
    alarmed = np.where(alone >= 1.0, np.maximum(score, 1.0 + 1e-3 * score), score)
    return Calibrated(alarmed, parts | {TOGETHER: score})


def by_noise(raw: FloatArray, detector: Detector) -> FloatArray:
    """Scores over the detector's own boundary, else over ``median + t MAD``.

    ``t`` allows for how few independent scores there are
    (:func:`~anomaly_hunter.stats.limits.farthest`).
    """
    if not raw.any():
        return np.zeros(len(raw))
    boundary: float | None = getattr(detector, "boundary", None)
    if boundary is not None:
        return np.maximum(raw, 0.0) / boundary
    middle = median(raw)
    effective = 2.0 * independent(raw - middle)
    top = wide_scale(raw, middle) * farthest(effective, effective)
    above = np.maximum(raw - middle, 0.0)
    if len(raw) >= ENOUGH:
        top = max(top, _tail(above, RISK))
    return above / _audible(top, raw)


def by_tail(raw: FloatArray, detector: Detector, expected: float) -> FloatArray:
    """Scores over the larger of the detector's own boundary and the tail of the scores.

    A detector that means something over its boundary only knows it better than the tail: what it
    looks for lasts, and may fill a third of the series.
    """
    if not raw.any():
        return np.zeros(len(raw))
    boundary: float | None = getattr(detector, "boundary", None)
    if boundary is not None and only_alarms(detector):
        return np.maximum(raw, 0.0) / boundary
    if boundary is not None:
        return np.maximum(raw, 0.0) / max(boundary, _tail(raw, expected))
    middle = median(raw)
    above = np.maximum(raw - middle, 0.0)
    return above / _audible(max(_tail(above, expected), 4.0 * mad(raw, middle)), raw)


def _audible(top: float, raw: FloatArray) -> float:
    """A boundary that is not zero: a score that hardly varies at all says nothing."""
    return max(top, 1e-3 * float(np.abs(raw).max()), 1e-12)


def only_alarms(detector: Detector) -> bool:
    """Does the score of this detector mean something over its boundary only?"""
    return bool(getattr(detector, "only_alarms", False))


def _tail(score: FloatArray, expected: float) -> float:
    return tail(score, max(BLOCK, len(score) // BLOCKS), expected)
