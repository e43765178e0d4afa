"""One column at a time onto a scale on which columns can be compared: robust units, normal scores.

Both follow the deviation in a straight line as far as noise goes and by its logarithm beyond, so
that one absurd cell neither hides the other columns of its row nor overflows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Final, Self

import numpy as np

from anomaly_hunter.model import FloatArray

KNOTS: Final = 4096  # quantiles kept of a long column
TAIL: Final = 0.01  # share of a column on each side that is placed by distance, not by rank
_NORMAL: Final = NormalDist()


def compress(units: FloatArray, knee: float) -> FloatArray:
    """``u`` up to ``knee``, then ``knee * (1 + ln(u / knee))``, mirrored for negative ``u``.

    >>> compress(np.array([-1.0, 3.0, 3000.0]), 3.0).round(2).tolist()
    [-1.0, 3.0, 23.72]
    """
    size = np.abs(units)
    beyond = size > knee
    size[beyond] = knee * (1.0 + np.log(size[beyond] / knee))
    return np.copysign(size, units, out=size)


@dataclass(frozen=True, slots=True, eq=False)
class RobustUnits:
    """``(x - median) / (interquartile range / 1.349)``, compressed beyond 3.

    Where more than half of a column is one value, the mean absolute deviation takes the place of
    the interquartile range. A constant column gives zeros.

    >>> column = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> RobustUnits.of(column)(column).round(3).ravel().tolist()
    [-1.349, -0.674, 0.0, 0.674, 1.349]
    """

    center: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        """Learn from clean ``(n, k)`` rows."""
        low, center, high = np.quantile(rows, [0.25, 0.5, 0.75], axis=0)
        spread = (high - low) / 1.349
        for column in np.flatnonzero(~(spread > 0)):
            spread[column] = 1.2533 * np.abs(rows[:, column] - center[column]).mean()
        return cls(center, np.where(spread > 0, spread, np.inf))

    def __call__(self, rows: FloatArray) -> FloatArray:
        """``(n, k)`` in robust units."""
        with np.errstate(over="ignore"):
            units = (rows - self.center) / self.spread
        return compress(np.clip(units, -1e100, 1e100), 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class NormalScores:
    """Every column as if it were normal: ``z = Phi^-1(rank)``, whatever its shape and skew.

    Between the 1% and the 99% quantile a value is placed by its mid-rank (ties share one score).
    Ranks cannot say how far out the last rows are; there ``z`` goes on in a straight line with
    the column's own tail, ``z = z_q + (x - q) / t``, ``t`` the larger of the slopes from the 90%
    and the 50% quantile to ``q``, compressed beyond 6.

    >>> column = np.exp(np.linspace(-2.5, 2.5, 101))[:, None]
    >>> z = NormalScores.of(column)(column).ravel()
    >>> z[[0, 25, 50, 75]].round(2).tolist()
    [-2.34, -0.67, 0.0, 0.67]
    """

    knots: tuple[FloatArray, ...]
    scores: tuple[FloatArray, ...]
    edges: FloatArray  # (4, k): lower quantile and its tail, upper quantile and its tail

    @classmethod
    def of(cls, rows: FloatArray) -> Self:
        """Learn from clean ``(n, k)`` rows."""
        learned = [_column(column) for column in np.sort(rows, axis=0).T]
        edges = np.array([edge for _, _, edge in learned]).reshape(len(learned), 4).T
        return cls(tuple(k for k, _, _ in learned), tuple(s for _, s, _ in learned), edges)

    def ranked(self, rows: FloatArray) -> FloatArray:
        """``(n, k)`` scores by rank alone, bounded by the number of rows learned from."""
        result = np.empty(rows.shape)
        for column, (knots, scores) in enumerate(zip(self.knots, self.scores, strict=True)):
            result[:, column] = np.interp(rows[:, column], knots, scores)
        return result

    def __call__(self, rows: FloatArray) -> FloatArray:
        """``(n, k)`` scores by rank inside, by distance in the tails."""
        result = self.ranked(rows)
        edge = _NORMAL.inv_cdf(1 - TAIL)
        low, low_tail, high, high_tail = self.edges
        for column in range(rows.shape[1]):
            values, scores = rows[:, column], result[:, column]
            for limit, tail, side in ((low, low_tail, -1.0), (high, high_tail, 1.0)):
                far = np.flatnonzero(side * values > side * limit[column])
                if np.isfinite(tail[column]):
                    with np.errstate(over="ignore"):
                        steps = side * (values[far] - limit[column]) / tail[column]
                    scores[far] = side * (edge + np.minimum(steps, 1e100))
        return compress(result, 6.0)


def _column(ordered: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    count = np.diff(np.append(first, len(ordered)))
    rank = (first + count / 2) / len(ordered)
    keep = np.arange(len(first))
    if len(first) > KNOTS:
        inner = np.linspace(0, len(first) - 1, KNOTS).round().astype(int)
        keep = np.unique(np.concatenate([keep[:64], inner, keep[-64:]]))
    cuts, levels = _normal_table()
    low, tenth, middle, ninetieth, high = np.quantile(ordered, [TAIL, 0.1, 0.5, 0.9, 1 - TAIL])
    edge, inner_edge = _NORMAL.inv_cdf(1 - TAIL), _NORMAL.inv_cdf(0.9)
    down = max((tenth - low) / (edge - inner_edge), (middle - low) / edge)
    up = max((high - ninetieth) / (edge - inner_edge), (high - middle) / edge)
    edges = np.array([low, down or np.inf, high, up or np.inf])
    return ordered[first[keep]], np.interp(rank[keep], levels, cuts), edges


@lru_cache(maxsize=1)
def _normal_table() -> tuple[FloatArray, FloatArray]:
    cuts = np.linspace(-6.0, 6.0, 2401)
    return cuts, np.array([_NORMAL.cdf(cut) for cut in cuts])
