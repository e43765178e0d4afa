"""What was to be expected of each point, and how far it is from that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from anomaly_hunter.detect.course import BoolArray, Course, usual_course
from anomaly_hunter.detect.drifting import coarse_drift, level_drift
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.counts import count_scores, dispersion, typical_ratio
from anomaly_hunter.stats.limits import farthest, independent
from anomaly_hunter.stats.normal_scores import normal_scores, skew_and_tail
from anomaly_hunter.stats.robust import median, scale
from anomaly_hunter.stats.segments import rolling_median

FEWEST = 8
"""With fewer normal points there is no second look."""

CLUSTERED = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """The expected course of ``value`` and how far each point is from it.

    Attributes
    ----------
    expected:
        ``(n,)`` in the unit of the data. What people see is the band of
        :mod:`~anomaly_hunter.detect.band`.
    unit:
        ``(n,)`` one robust standard deviation of normal values around ``expected``.
    z:
        ``(n,)`` signed normal score of each point.
    drift:
        ``(n,)`` how far the *level* is off, signed; beyond ±1 that is no accident.
    limit:
        The |z| that one value in a hundred such series reaches by chance.
    normal:
        ``(n,)`` True for the points that it was learnt from.
    level:
        ``(n,)`` what is expected without the season; of counts on the scale ``2 sqrt(x + 3/8)``.
    """

    value: FloatArray
    expected: FloatArray
    unit: FloatArray
    z: FloatArray
    drift: FloatArray
    limit: float
    normal: BoolArray
    level: FloatArray


def fit_baseline(value: FloatArray, period: int = 0, counts: bool = False) -> Baseline:
    """Learn the expected course of ``(n,)`` values without missing ones, and score each.

    The course is that of :func:`~anomaly_hunter.detect.course.usual_course`. Counts are handled on the
    scale ``2 sqrt(x + 3/8)`` (Anscombe 1948), where their noise does not depend on their
    level, and scored by the negative binomial distribution. What stands out at first takes no part
    in a second look at level and noise.

    >>> base = fit_baseline(np.r_[np.tile([9.0, 10.0, 11.0], 20), np.full(20, 40.0)])
    >>> float(base.expected[-1]), bool(base.z[-1] > base.limit)
    (10.0, True)
    """
    work = 2.0 * np.sqrt(np.maximum(value, 0.0) + 0.375) if counts else value
    course = usual_course(work, period)
    score = _counted if counts else _measured
    first = score(value, work, course)
    calm = course.normal & (np.abs(first.z) < first.limit) & (np.abs(first.drift) < 1.0)
    if int(calm.sum()) in (int(course.normal.sum()), *range(FEWEST)):
        return first
    # What stands out has no part in what is normal: once more, without it.
    off = median((work - course.season - course.level)[calm])
    return score(value, work, replace(course, level=course.level + off, normal=calm))


def _measured(value: FloatArray, work: FloatArray, course: Course) -> Baseline:
    """The baseline of quantities, their noise normal, skewed or heavy-tailed."""
    residual = work - course.season - course.level
    unit, effective = _noise(work, residual, course, 0.0)
    # Heavy tails are scattered; values far off side by side are an incident and no tail.
    scattered = course.normal & (np.abs(rolling_median(residual, 3)) <= CLUSTERED * unit)
    g, h = skew_and_tail(residual[scattered], unit)
    g = max(g, _skew_of_positive(value, course.normal, unit))
    z = normal_scores(residual, unit, g, h)
    return Baseline(
        value=value,
        expected=course.season + course.level,
        unit=np.full(len(value), unit),
        z=z,
        drift=_drift(course, residual / unit, z, unit, effective),
        limit=farthest(len(value), effective),
        normal=course.normal,
        level=course.level,
    )


def _counted(value: FloatArray, work: FloatArray, course: Course) -> Baseline:
    """The baseline of counts, back from the square root scale."""
    root = np.maximum(course.season + course.level, 1.2247)
    residual = work - root
    unit, effective = _noise(work, residual, course, 1.0)
    mean = np.maximum(0.25 * root**2 - 0.375 + 0.25 * min(unit, 2.0) ** 2, 1e-3)
    mean = mean * typical_ratio(value[course.normal], mean[course.normal])
    wide = dispersion(value[course.normal], mean[course.normal])
    plain = residual / unit
    return Baseline(
        value=value,
        expected=mean,
        unit=np.sqrt(mean + wide * mean**2),
        z=count_scores(value, mean, wide),
        drift=_drift(course, plain, plain, unit, effective),
        limit=farthest(len(value), effective),
        normal=course.normal,
        level=course.level,
    )


def _noise(work: FloatArray, residual: FloatArray, course: Course, least: float) -> tuple[float, float]:
    """One standard deviation of the normal points, and how many independent ones they are worth.

    Noise below a thousandth of the series' own spread is rounding.
    """
    inner = residual[course.normal]
    floor = max(least, 1e-3 * scale(work), 1e-9 * float(np.abs(work).max()), 1e-290)
    return max(scale(inner, 0.0), floor), independent(inner)


def _drift(course: Course, plain: FloatArray, z: FloatArray, unit: float, effective: float) -> FloatArray:
    if course.coarse is None:
        return level_drift(course, plain, z, effective)
    return coarse_drift(course.coarse, unit)


def _skew_of_positive(value: FloatArray, normal: BoolArray, unit: float) -> float:
    """The least skew that noise of this size must have on quantities that are never negative.

    A lognormal quantity with this spread has ``g = log(1 + unit / median)``; two thirds of that
    where the spread is more than a fifth of the median, else zero.
    """
    inner = value[normal]
    centre = median(inner)
    if not centre > 0 or unit < 0.2 * centre or float(inner.min()) < 0:
        return 0.0
    return 0.67 * float(np.log1p(min(unit / centre, 1.0)))
