"""Many channels on one scale: standardised values, and how unusual their windows are."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import fill, median, tame

FARTHEST = 30.0
"""Standard deviations at which a value is clipped."""

REFERENCE = 0.5
"""The part of a series, from its begin, that later parts are compared with."""

AUDIBLE = 0.1
"""A distance below this share of a channel's standard deviation is never unusual."""

KNEE = 3.0
CELLS = 2**22


def scaled(data: FloatArray) -> FloatArray:
    """``(n, k)`` channels less their medians, over their standard deviations, clipped at ±30.

    The value in ten thousand that is farthest off (at least one in a hundred or more) has no part in
    the standard deviation, unless nothing else varies: one absurd value does not blind its channel.
    Missing values lie on the line between their neighbours. A constant channel is zero.

    >>> scaled(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]])).round(2).tolist()
    [[-1.22, 0.0], [0.0, 0.0], [1.22, 0.0]]
    """
    result = np.zeros(data.shape)
    for place in range(data.shape[1]):
        value = fill(tame(data[:, place])[0])
        if len(value) < 2:
            continue
        middle = median(value)
        off = value - middle
        unit = _deviation(np.abs(off))
        if unit > 1e-12 * abs(middle):
            with np.errstate(over="ignore"):
                result[:, place] = np.clip(off / unit, -FARTHEST, FARTHEST)
    return result


def _deviation(off: FloatArray) -> float:
    kept = len(off) - (-(-len(off) // 10_000) if len(off) >= 100 else 0)
    inner = np.partition(off, kept - 1)[:kept]
    largest = float(inner.max())
    if not largest > 0:
        inner, largest = off, float(off.max())
    if not largest > 0:
        return 0.0
    with np.errstate(under="ignore"):
        return largest * float(np.sqrt(np.mean((inner / largest) ** 2)))


def reference(count: int, share: float = REFERENCE) -> int:
    """How many of ``count`` positions belong to the part that is compared with.

    >>> reference(1_000, 0.5), reference(3)
    (500, 1)
    """
    return min(max(int(count * share), 1), count)


def unusual(distance: FloatArray, learned: int) -> FloatArray:
    """``(m, k)`` distances of windows as how unusual they are for their channel, squared.

    0 up to the median of the first ``learned`` windows, 1 at their 97% quantile (at least a tenth
    of a standard deviation from the median), growing by its logarithm beyond 3:

        u = max(d - median, 0) / max(q97 - median, 0.1);  (u if u <= 3 else 3 (1 + ln(u / 3)))^2

    >>> unusual(np.arange(101.0)[:, None], 101)[[50, 97]].tolist()
    [[0.0], [1.0]]
    """
    result = np.empty(distance.shape)
    step = max(CELLS // max(len(distance), 1), 1)
    for first in range(0, distance.shape[1], step):
        part = distance[:, first : first + step]
        middle, high = np.quantile(part[:learned], [0.5, 0.97], axis=0)
        above = np.maximum(part - middle, 0.0) / np.maximum(high - middle, AUDIBLE)
        far = above > KNEE
        above[far] = KNEE * (1.0 + np.log(above[far] / KNEE))
        result[:, first : first + step] = above * above
    return result


def loudness(strange: FloatArray) -> FloatArray:
    """What :func:`unusual` gave, before squares and logarithm (of a mean of it: about that).

    >>> loudness(unusual(np.array([0.0, 1.0, 2.0, 1.0, 40.0])[:, None], 4))[4].round(1).tolist()
    [42.9]
    """
    loud = np.sqrt(strange)
    far = loud > KNEE
    loud[far] = KNEE * np.exp(np.minimum(loud[far] / KNEE - 1.0, 50.0))
    return loud


def spread_each(score: FloatArray, width: int) -> FloatArray:
    """Each point's mean over the windows that cover it, channel by channel.

    ``score`` is ``(m, k)``, the result ``(m + width - 1, k)``.

    >>> spread_each(np.array([[0.0], [6.0], [0.0]]), 2).ravel().tolist()
    [0.0, 3.0, 3.0, 0.0]
    """
    m, k = score.shape
    point = np.arange(m + width - 1)
    first = np.maximum(point - width + 1, 0)
    last = np.minimum(point + 1, m)
    count = (last - first)[:, None]
    result = np.empty((len(point), k))
    step = max(CELLS // max(m, 1), 1)
    for begin in range(0, k, step):
        chosen = slice(begin, begin + step)
        total = np.zeros((m + 1, min(step, k - begin)))
        np.cumsum(score[:, chosen], axis=0, out=total[1:])
        result[:, chosen] = np.maximum(total[last] - total[first], 0.0) / count
    return result


def moving_mean(value: FloatArray, width: int) -> FloatArray:
    """``(n - width + 1, k)`` means of ``width`` points in a row.

    >>> moving_mean(np.array([[1.0], [3.0], [8.0]]), 2).ravel().tolist()
    [2.0, 5.5]
    """
    total = np.zeros((len(value) + 1, value.shape[1]))
    np.cumsum(value, axis=0, out=total[1:])
    means: FloatArray = (total[width:] - total[:-width]) / width
    return means
