"""Gaussian copula: far out in the columns together, whatever the shape of each one."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.margins import NormalScores
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.model import FloatArray

BLOCK = 256  # columns whose correlations are looked at together; cost grows with its square
ENOUGH = 100_000  # rows that correlations are taken from
RIDGE = 0.001  # pulled at least so far towards independence, so that copies of a column do no harm


class Copula:
    """Mahalanobis distance of the normal scores of a row, ``sqrt(z' R^-1 z)``.

    ``z`` are normal scores with straight tails (:class:`~anomaly_hunter.detect.margins.NormalScores`),
    ``R`` the correlation of the scores by rank alone, so no outlier can bend it, shrunk towards
    the identity by what the number of rows asks for. Sees extreme cells and, unlike ECOD,
    combinations that break the way in which columns move together. Takes ``(n, k)``; more than
    256 columns are taken in blocks.

    Rank-based correlation of a Gaussian copula: Liu, Lafferty, Wasserman, "The nonparanormal",
    JMLR 2009, section 4. Shrinkage: Schaefer, Strimmer, "A shrinkage approach to large-scale
    covariance matrix estimation", SAGMB 2005, target D, with the variance of r of normal data;
    at least 0.1%. The straight tails are ours.

    >>> x = np.linspace(0.0, 1.0, 50)
    >>> rows = np.column_stack([x, x])
    >>> rows[10] = (0.2, 0.8)
    >>> int(Copula().fit(rows).score(rows).argmax())
    10
    """

    name: ClassVar[str] = "copula"
    takes: ClassVar[Takes] = "table"

    def fit(self, data: FloatArray) -> Self:
        """Learn the margins and their correlation."""
        self._cleaning = Cleaning.of(data)
        rows = self._cleaning(data)
        self._inverse: list[FloatArray] = []
        if len(rows) < 2:
            return self
        self._margins = NormalScores.of(rows)
        # A hundred thousand rows, evenly spaced, are plenty for a correlation.
        ranked = self._margins.ranked(rows[:: max(len(rows) // ENOUGH, 1)])
        for start in range(0, rows.shape[1], BLOCK):
            block = ranked[:, start : start + BLOCK]
            covariance = block.T @ block / len(block)
            deviation = np.sqrt(np.diag(covariance))
            deviation[~(deviation > 0)] = 1.0
            # A normal margin has deviation 1; one of few distinct values has less.
            correlation = _shrunk(covariance / np.outer(deviation, deviation), len(block))
            self._inverse.append(np.linalg.inv(correlation) / np.outer(deviation, deviation))
        return self

    def _weighted(self, data: FloatArray) -> tuple[FloatArray, FloatArray]:
        rows = self._cleaning(data)
        if not self._inverse:
            return np.zeros(rows.shape), np.zeros(rows.shape)
        scores = self._margins(rows)
        weighted = np.empty(scores.shape)
        for index, inverse in enumerate(self._inverse):
            here = slice(index * BLOCK, (index + 1) * BLOCK)
            weighted[:, here] = scores[:, here] @ inverse
        return scores, weighted

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distances; the median of k independent columns is about ``sqrt(k)``."""
        scores, weighted = self._weighted(data)
        distance: FloatArray = np.sqrt(np.maximum((scores * weighted).sum(axis=1), 0.0))
        return distance

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` what the squared distance would lose if that cell took its best value."""
        _, weighted = self._weighted(data)
        if not self._inverse:
            return weighted
        parts: FloatArray = weighted**2 / np.concatenate([np.diag(inverse) for inverse in self._inverse])
        return parts


def _shrunk(correlation: FloatArray, n: int) -> FloatArray:
    """``(1 - a) R + a I`` with ``a = sum (1 - r^2)^2 / n / sum r^2`` over the pairs, 0.001 to 1."""
    pairs = correlation**2
    np.fill_diagonal(pairs, 0.0)
    noise = ((1.0 - pairs) ** 2).sum() - len(pairs)
    amount = float(np.clip(noise / n / max(float(pairs.sum()), 1e-12), RIDGE, 1.0))
    shrunk: FloatArray = (1.0 - amount) * correlation
    np.fill_diagonal(shrunk, 1.0)
    return shrunk
