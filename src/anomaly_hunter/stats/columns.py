"""Order statistics of many columns at once, NaN left out, without numpy's slow nan-functions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray


def column_quantiles(matrix: FloatArray, q: Sequence[float]) -> FloatArray:
    """``(len(q), k)`` linearly interpolated quantiles of the columns of an ``(n, k)`` matrix.

    One sort for all (NaN sorts last). A column without a number gives NaN.

    >>> column_quantiles(np.array([[1.0, np.nan], [3.0, np.nan], [2.0, 7.0]]), (0.5, 1.0)).tolist()
    [[2.0, 7.0], [3.0, 7.0]]
    """
    n, k = matrix.shape
    if not n:
        return np.full((len(q), k), math.nan)
    ordered = np.sort(matrix, axis=0)
    count = column_counts(matrix)
    last = np.maximum(count - 1, 0)
    position = np.asarray(q, dtype=np.float64)[:, None] * last
    low = np.floor(position).astype(np.int64)
    high = np.minimum(low + 1, last)
    part = position - low
    columns = np.arange(k)
    return np.asarray(ordered[low, columns] * (1.0 - part) + ordered[high, columns] * part)


def column_counts(matrix: FloatArray) -> IntArray:
    """``(k,)`` how many numbers each column holds.

    >>> column_counts(np.array([[1.0, np.nan], [2.0, 3.0]])).tolist()
    [2, 1]
    """
    return np.asarray((~np.isnan(matrix)).sum(axis=0), dtype=np.int64)


def column_means(matrix: FloatArray) -> FloatArray:
    """``(k,)`` means of the columns; NaN where a column holds no number.

    >>> column_means(np.array([[1.0, np.nan], [3.0, np.nan]])).tolist()
    [2.0, nan]
    """
    count = column_counts(matrix)
    total = np.where(np.isnan(matrix), 0.0, matrix / max(len(matrix), 1)).sum(axis=0) * max(len(matrix), 1)
    mean: FloatArray = np.divide(total, count, out=np.full(matrix.shape[1], math.nan), where=count > 0)
    return mean
