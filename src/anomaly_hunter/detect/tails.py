"""Empirical tail probabilities, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from anomaly_hunter.model import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """The sorted columns ``(k, n)`` that were learned from, and the sign of each one's skew.

    >>> left, right = Tails.of(np.array([[1.0], [2.0], [2.0], [8.0]]))(np.array([[2.0], [9.0]]))
    >>> np.exp(-left).ravel().tolist(), np.exp(-right).round(3).ravel().tolist()
    ([0.75, 1.0], [0.75, 0.2])
    """

    ordered: FloatArray
    skew: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        """Learn from clean ``(n, k)`` rows."""
        return cls(np.sort(np.ascontiguousarray(rows.T), axis=1), _skew_sign(rows))

    def __call__(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """``-ln P(X <= x)`` and ``-ln P(X >= x)``, both ``(n, k)`` in nats.

        A value beyond all that were learned from has probability ``1 / (n + 1)``.
        """
        n = max(self.ordered.shape[1], 1)
        left, right = np.empty(rows.shape), np.empty(rows.shape)
        for column, ordered in enumerate(self.ordered):
            # Looking the values up in their own order is ten times faster in long columns.
            order = np.argsort(rows[:, column])
            values = rows[order, column]
            left[order, column] = np.searchsorted(ordered, values, "right") / n
            right[order, column] = 1.0 - np.searchsorted(ordered, values, "left") / n
        floor = 1.0 / (n + 1)
        # + 0.0 turns the -0.0 of -ln 1 into 0.0
        return -np.log(np.maximum(left, floor)) + 0.0, -np.log(np.maximum(right, floor)) + 0.0


def _skew_sign(rows: FloatArray) -> FloatArray:
    if not len(rows):
        return np.zeros(rows.shape[1])
    deviation = rows - rows.mean(axis=0)
    largest = np.abs(deviation).max(axis=0)
    deviation /= np.where(largest > 0, largest, 1.0)
    third = (deviation**3).mean(axis=0)
    # Sums of a symmetric column miss zero by rounding only.
    return np.where(np.abs(third) > 1e-12, np.sign(third), 0.0)
