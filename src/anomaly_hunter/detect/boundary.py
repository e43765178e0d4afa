"""From the scores of rows to the boundary over which a row is an alarm."""

from __future__ import annotations

from typing import Final

import numpy as np

from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray

EXPECTED: Final = 1.0  # rows over the boundary in a table without outliers
MOST: Final = 0.05  # share of the rows that may alarm
FEW: Final = 0.01  # the same where most rows score alike
STEP: Final = 2.5
LIGHTEST: Final = 0.05
HEAVIEST: Final = 0.5  # a heavier tail has no variance


def boundary(score: FloatArray, contamination: float | None = None, *, looks: int = 1) -> float:
    """The score from which on a row is an alarm, always over the median.

    With a ``contamination`` c it is the score of row ``ceil(c n)`` from the top. Without, the tail
    that the body promises is followed to the height that one row of the table would pass: a
    generalised Pareto tail through ``q0..q3``, the quantiles 50, 80, 92 and 96.8%,

        shape = mean over i = 1, 2 of ln((q[i+1] - q[i]) / (q[i] - q[i-1])) / ln 2.5,
                each term kept in [0.05, 0.5]
        boundary = q0 + (q1 - q0) (2.5^(shape s) - 1) / (2.5^shape - 1),  s = ln(n / 2) / ln 2.5

    (2.5 because 50, 20, 8 and 3.2% are steps of it). Outliers in a twelfth of the rows move it
    little. At most 5% of the rows (or three) pass it; where four in five rows score alike, 1%,
    and no more than nine that are strange in the same way.

    ``looks``: how many boundaries are drawn for the same rows; each gets that part of what may pass.

    Quantile fit of a tail: Pickands, "Statistical inference using extreme order statistics",
    Annals of Statistics 1975; the levels lie in the body instead of the extremes, as outliers
    sit in the extremes.

    >>> score = np.append(np.linspace(0.0, 1.0, 99), 12.0)
    >>> 1.0 < boundary(score) < 12.0, boundary(score, contamination=0.01)
    (True, 12.0)
    """
    known = np.sort(score[np.isfinite(score)])
    if contamination is not None:
        return _share(known, contamination)
    n = len(known)
    if n == 0:
        return np.inf
    levels = [float(q) for q in np.quantile(known, [0.5, 0.8, 0.92, 0.968])]
    first, second, third = (float(step) for step in np.diff(levels))
    if not first > 1e-9 * max(abs(levels[1]), 1e-9):
        return _few(known, levels[1])
    shape = (_growth(second, first) + _growth(third, second)) / 2.0
    steps = float(np.log(n * looks / 2.0 / EXPECTED) / np.log(STEP))
    tail = levels[0] + first * (STEP ** (shape * steps) - 1.0) / (STEP**shape - 1.0)
    return max(float(tail), _over(_from_top(known, max(int(MOST * n / looks), 3))), _over(levels[0]))


def _few(ordered: FloatArray, usual: float) -> float:
    """Most rows score alike: over ``usual`` by a third of what one single row would be.

    One row in n that differs is ``sqrt(n)`` root mean squares away; nine alike are a third of it.
    """
    above = np.maximum(ordered - usual, 0.0)
    largest = float(above[-1])
    spread = largest * float(np.sqrt(((above / largest) ** 2).mean())) if largest > 0 else 0.0
    limit = usual + spread * np.sqrt(len(ordered)) / 3.0
    return max(float(limit), _over(_from_top(ordered, max(int(FEW * len(ordered)), 1))), _over(usual))


def _growth(outer: float, inner: float) -> float:
    ratio = outer / inner if inner > 0 else 1.0
    return float(np.clip(np.log(max(ratio, 1e-9)) / np.log(STEP), LIGHTEST, HEAVIEST))


def _from_top(ordered: FloatArray, place: int) -> float:
    return float(ordered[max(len(ordered) - 1 - place, 0)])


def _share(known: FloatArray, contamination: float) -> float:
    if not 0.0 <= contamination <= 0.5:
        raise UsageError(
            f"contamination = {contamination:g}",
            "a share of the rows from 0 to 0.5",
            "pass 0.01 for one in 100",
        )
    count = int(np.ceil(contamination * len(known) - 1e-9))
    return float(known[-count]) if count else np.inf


def _over(value: float) -> float:
    """A little over ``value``: rounding must not lift equal scores over the boundary."""
    return value + 1e-9 * max(abs(value), 1e-9)
