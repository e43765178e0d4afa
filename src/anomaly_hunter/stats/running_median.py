"""Medians of windows that slide over a series, the narrow ones without sorting."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray


def running_median(value: FloatArray, width: int) -> FloatArray:
    """``(n - width + 1,)`` medians of all windows of an odd ``width`` of finite values.

    Of 3, 5 and 9 points by exchanges of whole arrays (Devillard, "Fast median search", 1998; of
    nine: the median of the largest low, the middle middle and the smallest high of three threes,
    each of which is sorted once for all windows it is in); wider ones by partition.

    >>> running_median(np.array([1.0, 9.0, 2.0, 3.0]), 3).tolist()
    [2.0, 3.0]
    """
    if width == 3:
        return _of_three(value[:-2], value[1:-1], value[2:])
    if width == 5:
        return _of_five(value)
    if width == 9:
        return _of_nine(value)
    half = width // 2
    value = np.ascontiguousarray(value)
    windows = np.ndarray((len(value) - width + 1, width), value.dtype, value, 0, 2 * value.strides)
    return np.asarray(np.partition(windows, half, axis=1)[:, half])


def _of_three(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))


def _of_five(value: FloatArray) -> FloatArray:
    low, high = np.minimum(value[:-1], value[1:]), np.maximum(value[:-1], value[1:])
    # Neither the lowest nor the highest of four is the median of five.
    second = np.maximum(low[:-3], low[2:-1])
    third = np.minimum(high[:-3], high[2:-1])
    return _of_three(second, third, value[4:])


def _of_nine(value: FloatArray) -> FloatArray:
    n = len(value) - 8
    a, b, c = value[:-2], value[1:-1], value[2:]
    low, high = np.minimum(a, b), np.maximum(a, b)
    rest = np.maximum(low, c)
    lowest, highest, middle = np.minimum(low, c), np.maximum(high, c), np.minimum(high, rest)
    first, second, third = slice(0, n), slice(3, n + 3), slice(6, n + 6)
    return _of_three(
        np.maximum(np.maximum(lowest[first], lowest[second]), lowest[third]),
        _of_three(middle[first], middle[second], middle[third]),
        np.minimum(np.minimum(highest[first], highest[second]), highest[third]),
    )
