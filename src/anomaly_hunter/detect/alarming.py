"""Alarms of a long series: a plain score of their own, and its boundary at a budget.

What ranks best is not what alarms best: a ranking score adds up many views and is raised for hours
by anything that lasts, so that its tail belongs to the incidents and not to the noise. Alarms rest
on two views that noise moves in the same way at all times: short windows and steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.spans import runs
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.limits import budgeted
from anomaly_hunter.stats.robust import fill, quantiles, standard, wide_scale
from anomaly_hunter.stats.views import straightened, window_distance

ALARM = "alarm"
"""The name under which the alarm score is shown, 1.0 = boundary."""

WINDOW = 16
"""Points of a window. Alarms that are no farther apart are one incident."""

QUIET = 0.99
"""The score of a stretch that one view alone would have alarmed on."""

BLOCK = 2 * WINDOW
"""Points of a block: a window that stands out raises one or two of them."""


def alarm_score(value: FloatArray, expected: float) -> FloatArray:
    """``(n,)`` strangeness over the boundary that noise passes ``expected`` times; 0 where missing.

    The root mean square of two views, each above its median in units of the distance from there to
    its 90% quantile: the distance of the 16-point window to the most similar other one (spread
    over the points that it covers), and the larger of the steps to and from a point, held for one
    point on both sides. The boundary is that of :func:`~anomaly_hunter.stats.limits.budgeted`.

    >>> x = np.random.default_rng(0).normal(size=4_000)
    >>> x[2_000:2_005] += 12.0
    >>> score = alarm_score(x, 1.0)
    >>> bool(score[2_000:2_005].min() > 1.0), int((score[:1_980] >= 1.0).sum())
    (True, 0)
    """
    missing = np.isnan(value)
    whole = standard(straightened(standard(fill(value))))
    views = (window_distance(whole, WINDOW, missing), steps(whole, missing))
    total = np.zeros(len(value))
    for view in views:
        total += _above(view) ** 2
    score = np.sqrt(total / len(views))
    score[missing] = 0.0
    top = budgeted(score, BLOCK, expected)
    # A score that hardly ever differs from nothing says nothing.
    return score / max(top, 1e-3 * float(score.max()), 1e-12)


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


def _above(view: FloatArray) -> FloatArray:
    middle, high = (float(q) for q in quantiles(view, (0.5, 0.9)))
    above: FloatArray = np.maximum(view - middle, 0.0)
    if high > middle:
        return above / (high - middle)
    known = above[above > 0]
    return above / float(known.mean()) if len(known) else above
