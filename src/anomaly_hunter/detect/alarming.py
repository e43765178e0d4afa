"""Alarms of a long series: a plain score of their own, and its boundary at a budget.

What ranks best is not what alarms best: a ranking score adds up many views and is raised for hours
by anything that lasts, so that its tail belongs to the incidents and not to the noise. Alarms rest
on three views that noise moves in the same way at all times, short windows, steps and distances from
the median around, less what they are at this time of the day anyway.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.calendar import Calendar
from anomaly_hunter.detect.daily import daily_usual
from anomaly_hunter.detect.spans import runs
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import budgeted
from anomaly_hunter.stats.robust import fill, quantiles, standard, wide_scale
from anomaly_hunter.stats.segments import rolling_median
from anomaly_hunter.stats.views import straightened, window_distance

ALARM = "alarm"
"""The name under which the alarm score is shown, 1.0 = boundary."""

WINDOW = 16
"""Points of a window. Alarms that are no farther apart are one incident."""

NEAR = 9
"""Points of the median around a point."""

QUIET = 0.99
"""The score of a stretch that one view alone would have alarmed on."""

SURE = 3.0
"""Times its boundary that a lasting change must reach to be believed by itself,"""

FEW = 2
"""in so many stretches of a series at most: a level that is often elsewhere wanders."""

BLOCK = 2 * WINDOW
"""Points of a block: a window that stands out raises one or two of them."""


def alarm_score(value: FloatArray, expected: float, calendar: Calendar | None = None) -> FloatArray:
    """``(n,)`` strangeness over the boundary that noise passes ``expected`` times; 0 where missing.

    The root mean square of three views, each above its median in units of the distance from there
    to its 90% quantile: the distance of the 16-point window to the most similar other one (spread
    over the points that it covers), the larger of the steps to and from a point, and the distance
    from the median of 9 points, these two held for one point on both sides. What it is at this
    time of the day anyway (:func:`~anomaly_hunter.detect.daily.daily_usual`) is taken off. The boundary
    is that of :func:`~anomaly_hunter.stats.limits.budgeted`, and no lower than what a fifth of the
    blocks reach before that.

    >>> x = np.random.default_rng(0).normal(size=4_000)
    >>> x[2_000:2_005] += 12.0
    >>> score = alarm_score(x, 1.0)
    >>> bool(score[2_000:2_005].min() > 1.0), int((score[:1_980] >= 1.0).sum())
    (True, 0)
    """
    missing = np.isnan(value)
    whole = standard(straightened(standard(fill(value))))
    apart = np.abs(whole - rolling_median(whole, NEAR))
    apart[missing] = 0.0
    total = np.zeros(len(value))
    for view in (window_distance(whole, WINDOW, missing), steps(whole, missing), _held(apart)):
        total += _above(view) ** 2
    score = np.sqrt(total / 3.0)
    score[missing] = 0.0
    least = 0.0
    if calendar is not None and calendar.day:
        # What days that repeat exactly leave is no incident, however rare.
        count = len(score) // BLOCK
        least = float(quantiles(score[: count * BLOCK].reshape(count, -1).max(axis=1), (0.8,))[0])
        score = np.maximum(score - daily_usual(score, calendar.slot, calendar.day), 0.0)
    top = max(budgeted(score, BLOCK, expected), least, 1e-12)
    # A score that hardly ever differs from nothing says nothing.
    return score / max(top, 1e-3 * float(score.max()))


def _held(value: FloatArray) -> FloatArray:
    """The largest of a value and its neighbours."""
    wide = np.concatenate((value[:1], value, value[-1:]))
    largest: FloatArray = np.maximum(np.maximum(wide[:-2], wide[2:]), value)
    return largest


def steps(value: FloatArray, missing: npt.NDArray[np.bool_]) -> FloatArray:
    """``(n,)`` the largest step that begins or ends within one point, in robust standard deviations.

    Steps into and out of missing values (which were filled) are none.

    >>> steps(np.array([0.0, 0.0, 0.0, 0.0, 5.0]), np.zeros(5, bool)).astype(bool).tolist()
    [False, False, True, True, True]
    """
    step = np.abs(np.diff(value))
    step[missing[1:] | missing[:-1]] = 0.0
    unit = wide_scale(step, 0.0)
    if unit > 0:
        step /= unit
    reach = np.concatenate(([0.0, 0.0], step, [0.0, 0.0]))
    largest: FloatArray = np.maximum.reduce([reach[k : len(reach) - 3 + k] for k in range(4)])
    return largest


def composed(alarm: FloatArray, rank: FloatArray) -> FloatArray:
    """One score: 1.0 and more exactly where ``alarm`` is, and by ``rank`` elsewhere.

    ``1 + rank`` where it alarms; elsewhere ``rank``, bent above one half so that it stays
    below 1 without ever changing the order: ``1 - 1 / (4 rank)``.

    >>> composed(np.array([2.0, 0.3, 0.3]), np.array([0.1, 0.4, 5.0])).tolist()
    [1.1, 0.4, 0.95]
    """
    bent = np.where(rank <= 0.5, rank, 1.0 - 0.25 / np.maximum(rank, 0.5))
    return np.where(alarm >= 1.0, 1.0 + rank, np.minimum(bent, 1.0 - 1e-12))


def borne_out(alarm: FloatArray, rank: FloatArray, least: float) -> FloatArray:
    """``alarm`` with the stretches over 1.0 in which ``rank`` nowhere reaches ``least`` put below 1.

    >>> borne_out(np.array([2.0, 0.1, 3.0]), np.array([0.2, 0.9, 0.7]), 0.5).tolist()
    [0.99, 0.1, 3.0]
    """
    heard = alarm.copy()
    for start, stop in runs(alarm >= 1.0):
        if float(rank[start:stop].max()) < least:
            heard[start:stop] = QUIET
    return heard


def believed(part: FloatArray, rank: FloatArray) -> FloatArray:
    """What a detector of lasting changes says, with the stretches over 1.0 not to be believed put below 1.

    A stretch is believed where ``rank`` reaches 1.0 in it. A slow drift ranks low all the way and
    is far off all the same: a stretch that reaches three times its boundary needs no rank, if the
    series has at most two of that kind.

    >>> believed(np.array([1.5, 0.1, 4.0]), np.array([0.2, 0.2, 0.2])).tolist()
    [0.99, 0.1, 4.0]
    >>> believed(np.array([4.0, 0.1] * 3), np.full(6, 0.2)).tolist()
    [0.99, 0.1, 0.99, 0.1, 0.99, 0.1]
    """
    heard = borne_out(part, rank, 1.0)
    alone = [
        (start, stop)
        for start, stop in runs((part >= 1.0) & (heard < 1.0))
        if float(part[start:stop].max()) >= SURE
    ]
    if len(alone) <= FEW:
        for start, stop in alone:
            heard[start:stop] = part[start:stop]
    return heard


def _above(view: FloatArray) -> FloatArray:
    middle, high = (float(q) for q in quantiles(view, (0.5, 0.9)))
    above: FloatArray = np.maximum(view - middle, 0.0)
    if high > middle:
        return above / (high - middle)
    known = above[above > 0]
    return above / float(known.mean()) if len(known) else above
