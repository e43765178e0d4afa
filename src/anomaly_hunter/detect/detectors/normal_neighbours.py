"""Sampled neighbours on normal scores: the same look, after every column was made normal."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.detect.detectors.neighbours import Neighbours
from anomaly_hunter.detect.margins import NormalScores, RobustUnits


class NormalNeighbours(Neighbours):
    """The detector `neighbours` with distances between normal scores.

    Robust units keep the gaps of a column and let its long side reach far; normal scores
    (:class:`~anomaly_hunter.detect.margins.NormalScores`) take shape and skew away, so that a long
    tail is not strange by itself. The two disagree where it matters, so both look by default.

    >>> import numpy as np
    >>> rows = np.exp(np.linspace(0.0, 5.0, 40))[:, None]
    >>> rows[20] = 1e5
    >>> int(NormalNeighbours().fit(rows).score(rows).argmax())
    20
    """

    name: ClassVar[str] = "normal-neighbours"
    units: ClassVar[type[RobustUnits] | type[NormalScores]] = NormalScores
