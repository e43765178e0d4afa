"""Location and scale that half of the data cannot move."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray

NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""

FEW = 64
"""So few values are sorted sooner than parted."""

TAME = 1e100
LIMIT = 1e8
"""Standardised values are clipped here: squares and sums of a million of them stay exact enough."""


def tame(value: FloatArray) -> tuple[FloatArray, float]:
    """Values scaled by a power of two so that squares and sums neither overflow nor vanish.

    Returns the values and the factor they were multiplied by. The factor is 1.0 unless the
    largest magnitude lies outside ``[1e-100, 1e100]``. Values that far apart that the small ones
    vanish beside the large ones become zero.

    >>> tame(np.array([1.0, -3.0]))[1]
    1.0
    >>> bool(np.abs(tame(np.array([1e308, -1e308]))[0]).max() <= 1e100)
    True
    """
    finite = value[np.isfinite(value)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    if largest == 0.0 or 1.0 / TAME <= largest <= TAME:
        return value, 1.0
    exponent = int(np.frexp(largest)[1])
    power = int(np.clip(-exponent, -1000, 1000))
    with np.errstate(under="ignore"):
        return np.ldexp(value, power), float(np.ldexp(1.0, power))


def quantiles(value: FloatArray, probabilities: tuple[float, ...]) -> FloatArray:
    """Order statistics at ``round(p (n - 1))`` of finite values: quantiles, cheaply.

    >>> quantiles(np.array([5.0, 1.0, 3.0, 2.0, 4.0]), (0.0, 0.5, 1.0)).tolist()
    [1.0, 3.0, 5.0]
    """
    ranks = [round(p * (len(value) - 1)) for p in probabilities]
    if len(value) > 4_096:
        return np.partition(value, sorted(set(ranks)))[ranks]
    return np.sort(value)[ranks]


def median(value: FloatArray) -> float:
    """Median of finite values without NumPy's checks; 0.0 of nothing.

    >>> median(np.array([3.0, 1.0, 2.0, 10.0]))
    2.5
    """
    n = len(value)
    if n == 0:
        return 0.0
    half, part = n // 2, value.copy()
    if n <= FEW:
        part.sort()
    else:
        part.partition((half - 1, half))
    return float(part[half]) if n % 2 else 0.5 * float(part[half - 1]) + 0.5 * float(part[half])


def row_medians(rows: FloatArray) -> FloatArray:
    """``(k,)`` median of each row of finite ``(k, m)`` values.

    >>> row_medians(np.array([[3.0, 1.0, 2.0], [5.0, 5.0, 9.0]])).tolist()
    [2.0, 5.0]
    """
    half = rows.shape[1] // 2
    part = np.partition(rows, (half - 1, half) if half else 0, axis=1)
    middle: FloatArray = part[:, half]
    return middle if rows.shape[1] % 2 else 0.5 * part[:, half - 1] + 0.5 * middle


def column_medians(rows: FloatArray) -> FloatArray:
    """``(m,)`` median of each column of ``(k, m)`` values without its NaN (NaN where all are).

    >>> column_medians(np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]])).tolist()
    [2.0, nan]
    """
    ordered = np.sort(rows.T, axis=1)
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    place = np.arange(len(ordered))
    low = ordered[place, np.maximum(known - 1, 0) // 2]
    high = ordered[place, np.minimum(known // 2, ordered.shape[1] - 1)]
    middle: FloatArray = 0.5 * low + 0.5 * high
    return middle


def mad(value: FloatArray, centre: float | None = None) -> float:
    """Median absolute deviation times 1.4826: the standard deviation where data are normal.

    >>> round(mad(np.array([1.0, 2.0, 3.0, 4.0, 100.0])), 4)
    1.4826
    """
    middle = median(value) if centre is None else centre
    return NORMAL_MAD * median(np.abs(value - middle))


def scale(value: FloatArray, centre: float | None = None) -> float:
    """A robust standard deviation that is zero only for constant data.

    The MAD; where more than half of the values are equal, the mean absolute deviation times
    1.2533 (which is the standard deviation where data are normal).

    >>> scale(np.array([0.0, 0.0, 0.0, 0.0, 8.0])) > 0
    True
    """
    if len(value) == 0:
        return 0.0
    middle = median(value) if centre is None else centre
    deviation = np.abs(value - middle)
    by_median = NORMAL_MAD * median(deviation)
    if by_median > 0:
        return by_median
    return 1.2533 * float(deviation.mean())


def wide_scale(value: FloatArray, centre: float) -> float:
    """The larger of :func:`scale` and what the 80% quantile of the deviations says.

    A MAD alone takes the noisy part of a series for strange where more than half of it is exact.

    >>> wide_scale(np.r_[np.zeros(7), 3.0, 3.0, 3.0], 0.0) > 2
    True
    """
    if len(value) == 0:
        return 0.0
    return max(scale(value, centre), float(quantiles(np.abs(value - centre), (0.8,))[0]) / 1.2816)


def standard(value: FloatArray) -> FloatArray:
    """``(value - median) / scale``, clipped to ±1e8, missing ones zero; zeros where it is constant.

    >>> standard(np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [-0.67, 0.0, 0.67]
    """
    calm, _ = tame(value)
    present = np.isfinite(calm)
    known = calm if present.all() else calm[present]
    centre = median(known)
    unit = scale(known, centre)
    if not unit > 0:
        return np.zeros(len(value))
    with np.errstate(over="ignore", under="ignore"):
        result = np.minimum(np.maximum((calm - centre) / unit, -LIMIT), LIMIT)
    if len(known) < len(value):
        result = np.where(present, result, 0.0)
    return result


def fill(value: FloatArray) -> FloatArray:
    """Missing values replaced by the line between their neighbours; zeros where all are missing.

    >>> fill(np.array([1.0, np.nan, 3.0, np.nan])).tolist()
    [1.0, 2.0, 3.0, 3.0]
    """
    missing = np.isnan(value)
    if not missing.any():
        return value
    if missing.all():
        return np.zeros(len(value))
    place = np.arange(len(value))
    with np.errstate(over="ignore", invalid="ignore"):
        return np.interp(place, place[~missing], value[~missing])


def carried(value: FloatArray) -> FloatArray:
    """Missing values replaced by the last known one before them (the first known one at the start).

    >>> carried(np.array([np.nan, 2.0, np.nan, 5.0])).tolist()
    [2.0, 2.0, 2.0, 5.0]
    """
    known = ~np.isnan(value)
    if not known.any():
        return np.zeros(len(value))
    last = np.maximum.accumulate(np.where(known, np.arange(len(value)), 0))
    last = np.where(known[last], last, int(np.argmax(known)))
    return value[last]
