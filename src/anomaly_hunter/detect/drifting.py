"""How far the level of a series is off, where single values may not be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anomaly_hunter.detect.course import BoolArray, Coarse, Course
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import farthest, independent
from anomaly_hunter.stats.robust import scale
from anomaly_hunter.stats.segments import Piece, rolling_median

LASTING = (5, 9)
VISIBLE = 1.5
EFFECT = 2.5
"""A level must be off by this many standard deviations, however sure it is."""


def piece_drift(cut: Sequence[Piece], z: FloatArray, normal: BoolArray, effective: float) -> FloatArray:
    """How far the level of each piece is off, over what could be an accident: ``(n,)``, signed.

    ``z`` is the residual in standard deviations of the ``normal`` points, which are worth
    ``effective`` independent ones.

    The level at a point is the line of its piece or the running median there, whichever is less far
    off: a line through a rise and a fall overshoots both.
    """
    drift = np.zeros(len(z))
    share = effective / max(int(normal.sum()), 1)
    around = rolling_median(z, LASTING[0])
    for piece in cut:
        part = slice(piece.start, piece.stop)
        if normal[piece.start]:
            continue
        line = _fitted(z[part])
        near = np.minimum(np.maximum(around[part], np.minimum(line, 0.0)), np.maximum(line, 0.0))
        worth = max(len(piece) * share, 1.0)
        sure = farthest(len(cut), effective) * np.sqrt(1.0 / worth + 1.0 / max(effective, 1.0))
        drift[part] = near / max(EFFECT, 1.5 * sure)
    return drift


def lasting_drift(z: FloatArray, normal: BoolArray, effective: float) -> FloatArray:
    """Running medians of the residual over 5 and 9 points, over the limit of chance for each."""
    drift = np.zeros(len(z))
    for width in LASTING:
        if len(z) < 6 * width:
            continue
        around = rolling_median(z, width)
        limit = scale(around[normal], 0.0) * farthest(len(z) / width, effective)
        drift = larger(drift, around / max(limit, EFFECT))
    return drift


def coarse_drift(coarse: Coarse, unit: float) -> FloatArray:
    """The drift of a long series: that of its block medians, ``(n,)``.

    What is less than 1.5 standard deviations of the points (``unit``) off is no more than
    its share of the boundary, however even the medians are.
    """
    course = coarse.course
    residual = coarse.medians - course.level
    inner = residual[course.normal]
    size = scale(inner, 0.0)
    if not size > 0:
        return np.zeros(int(coarse.edges[-1]))
    drift = level_drift(course, residual / size, residual / size, independent(inner))
    visible = np.minimum(np.abs(residual) / (VISIBLE * unit), 1.0)
    return np.asarray(coarse.spread(drift * visible))


def level_drift(course: Course, plain: FloatArray, z: FloatArray, effective: float) -> FloatArray:
    """The larger of the drift by lasting medians and by pieces."""
    lasting = lasting_drift(z, course.normal, effective)
    if course.normal.all():
        return lasting
    return larger(piece_drift(course.cut, plain, course.normal, effective), lasting)


def larger(a: FloatArray, b: FloatArray) -> FloatArray:
    """Of two numbers the one that is farther from zero."""
    chosen: FloatArray = np.where(np.abs(b) > np.abs(a), b, a)
    return chosen


def _fitted(value: FloatArray) -> FloatArray:
    """The least squares line through these values."""
    if len(value) < 3:
        return value
    turn = np.arange(len(value)) - (len(value) - 1) / 2.0
    line: FloatArray = value.mean() + turn * (float(turn @ value) / float(turn @ turn))
    return line
