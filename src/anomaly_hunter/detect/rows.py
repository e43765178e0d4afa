"""Rows as table detectors want them: checked, missing cells neutral, no number too large to square."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray

LARGE = 1e100  # squares and cubes of numbers below it stay finite


@dataclass(frozen=True, slots=True, eq=False)
class Cleaning:
    """What was learned about the columns: their medians, and a factor for those of huge numbers.

    A missing cell (NaN) becomes the median of its column: it says nothing about its row. A column
    with magnitudes over 1e100 is multiplied by a power of two, which loses no digits.

    >>> cleaning = Cleaning.of(np.array([[1.0, 5.0], [np.nan, 7.0], [3.0, 9.0]]))
    >>> cleaning(np.array([[np.nan, 1.0]])).tolist()
    [[2.0, 1.0]]
    """

    median: FloatArray
    factor: FloatArray

    @classmethod
    def of(cls, data: FloatArray) -> Self:
        """Learn from ``(n, k)`` rows; DataError for another shape or infinite cells."""
        rows = as_rows(data)
        missing = np.isnan(rows)
        filled = np.where(missing, 0.0, rows) if missing.any() else rows
        largest = np.abs(filled).max(axis=0, initial=0.0)
        factor = np.ones(rows.shape[1])
        huge = largest > LARGE
        factor[huge] = np.ldexp(1.0, -np.frexp(largest[huge])[1])
        return cls(_medians(rows, missing) * factor, factor)

    def __call__(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` a clean copy; DataError when the number of columns is another one."""
        rows = as_rows(data)
        if rows.shape[1] != len(self.median):
            raise DataError(
                f"rows of {rows.shape[1]} columns came",
                f"{len(self.median)} columns, as in the rows that were learned from",
                "pass the same columns to fit and score",
            )
        limit = 1e6 * LARGE  # new data may be larger than what was learned from
        return np.clip(np.where(np.isnan(rows), self.median, rows * self.factor), -limit, limit)


def _medians(rows: FloatArray, missing: npt.NDArray[np.bool_]) -> FloatArray:
    if not missing.any() and len(rows):
        return np.quantile(rows / 2.0, 0.5, axis=0) * 2.0  # halves: two huge middle values have a finite sum
    medians = np.zeros(rows.shape[1])
    for column in range(rows.shape[1]):
        known = rows[~missing[:, column], column]
        medians[column] = 2.0 * np.median(known / 2.0) if len(known) else 0.0
    return medians


def as_rows(data: FloatArray) -> FloatArray:
    """``data`` as ``(n, k)`` floats; DataError when it has another shape or infinite cells.

    >>> as_rows(np.array([1.0, 2.0]))
    Traceback (most recent call last):
    ...
    anomaly_hunter.errors.DataError: data of shape (2,) came; expected rows by columns, shape \
(n, k). Cure: pass a table, or reshape one column with data[:, None].
    """
    rows = np.asarray(data, dtype=np.float64)
    if rows.ndim != 2:
        raise DataError(
            f"data of shape {rows.shape} came",
            "rows by columns, shape (n, k)",
            "pass a table, or reshape one column with data[:, None]",
        )
    if np.isinf(rows).any():
        raise DataError("the rows hold infinite cells", "finite numbers, or NaN for missing", "use NaN")
    return rows
