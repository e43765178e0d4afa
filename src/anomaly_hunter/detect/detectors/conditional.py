"""Conditional residual: the one cell that the rest of its row does not lead one to expect."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.detectors.copula import Copula
from anomaly_hunter.model import FloatArray


class Conditional(Copula):
    """The largest ``|z_j - E(z_j | other columns)| / sd(z_j | other columns)`` of a row.

    With ``z`` and ``R`` of the detector `copula`, the residual of column j is
    ``(R^-1 z)_j / sqrt((R^-1)_jj)``. Where `copula` adds up what all columns say, this one looks
    for a single cell, which a sum over many columns would drown: a value far out, or one that
    breaks the way in which its column follows the others.

    >>> x = np.linspace(0.0, 1.0, 50)
    >>> rows = np.column_stack([x, x, x[::-1] % 0.3])
    >>> rows[10, 1] = 0.8
    >>> detector = Conditional().fit(rows)
    >>> int(detector.score(rows).argmax()), int(detector.contributions(rows)[10].argmax())
    (10, 1)
    """

    name: ClassVar[str] = "conditional"

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` in standard deviations of the residual."""
        largest: FloatArray = np.sqrt(self.contributions(data).max(axis=1, initial=0.0))
        return largest
