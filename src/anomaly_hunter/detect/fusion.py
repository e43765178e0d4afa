"""Many detectors, one score: each in units of its own body, then the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from anomaly_hunter.detect.contract import Detector, Explains
from anomaly_hunter.detect.margins import RobustUnits
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.model import FloatArray


@dataclass(frozen=True, slots=True)
class Unit:
    """``(s - median) / (90% quantile - median)``: 0 is usual, 1 is the strangest tenth.

    Quantiles, so that a few outliers do not set the unit in which they are measured. Where nine
    in ten rows score alike, the root mean square above the median takes the place of the
    quantile. Magnitudes are kept: one detector that is very sure outweighs two that see nothing
    (a mean of ranks would not let it).

    >>> unit = Unit.of(np.arange(11.0))
    >>> unit(np.array([5.0, 9.0, 25.0])).tolist()
    [0.0, 1.0, 5.0]
    """

    center: float
    size: float

    @classmethod
    def of(cls, raw: FloatArray) -> Self:
        """Learn from raw scores ``(n,)``; NaN are left out."""
        known = raw[~np.isnan(raw)]
        if not len(known):
            return cls(0.0, np.inf)
        center, high = np.quantile(known, [0.5, 0.9])
        size = high - center
        if not size > 1e-9 * max(abs(high), abs(center)):
            above = np.maximum(known - center, 0.0)
            largest = above.max()
            size = largest * np.sqrt(((above / largest) ** 2).mean()) if largest > 0 else np.inf
        return cls(float(center), float(size))

    def __call__(self, raw: FloatArray) -> FloatArray:
        """``(n,)``; NaN stays NaN."""
        units: FloatArray = (raw - self.center) / self.size
        return units


class Fusion:
    """Table detectors fitted side by side, scored as the mean of their units.

    >>> from anomaly_hunter.detect.detectors.hbos import Hbos
    >>> rows = np.append(np.arange(40.0) % 7, 90.0)[:, None]
    >>> fusion = Fusion([Hbos()]).fit(rows)
    >>> int(fusion.score(rows).argmax()), fusion.contributions(rows[-1:]).round(2).tolist()
    (40, [[1.0]])
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self.detectors = tuple(detectors)

    def fit(self, data: FloatArray) -> Self:
        """Fit every detector on ``(n, k)`` rows; their scores of these rows set the units."""
        self._cleaning = Cleaning.of(data)
        self._margins = RobustUnits.of(self._cleaning(data)) if len(data) else None
        self.each: FloatArray = np.zeros((len(data), len(self.detectors)))
        units = []
        for place, detector in enumerate(self.detectors):
            raw = detector.fit(data).score(data)
            units.append(Unit.of(raw))
            self.each[:, place] = np.nan_to_num(units[-1](raw))
        self.fitted: FloatArray = self.each.mean(axis=1)
        self._units = tuple(units)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` the mean of the detectors' units; ``fitted`` holds it for the rows of `fit`,
        ``each`` ``(n, detectors)`` its terms."""
        total = np.zeros(len(data))
        for detector, unit in zip(self.detectors, self._units, strict=True):
            total += np.nan_to_num(unit(detector.score(data)))
        return total / len(self.detectors)

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` shares of the columns, weighted by how strange each detector finds the row.

        A detector that cannot explain itself leaves it to the distance of each cell from the
        median of its column, in robust units. Rows sum to 1, or to 0 where nothing stands out.
        """
        total = np.zeros(data.shape)
        for detector, unit in zip(self.detectors, self._units, strict=True):
            parts = (
                detector.contributions(data) if isinstance(detector, Explains) else self._distance(data) ** 2
            )
            weight = np.maximum(np.nan_to_num(unit(detector.score(data))), 0.0)
            total += weight[:, None] * shares(parts)
        return shares(total)

    def _distance(self, data: FloatArray) -> FloatArray:
        rows = self._cleaning(data)
        return rows if self._margins is None else self._margins(rows)


def shares(parts: FloatArray) -> FloatArray:
    """Every row divided by its sum; zeros stay zeros.

    >>> shares(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist()
    [[0.25, 0.75], [0.0, 0.0]]
    """
    total = parts.sum(axis=1, keepdims=True)
    result: FloatArray = np.divide(parts, total, out=np.zeros(parts.shape), where=total > 0)
    return result
