"""Sampled neighbours: how far it is to the nearest of a few other rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.margins import NormalScores, RobustUnits
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.model import FloatArray

SAMPLE = 32  # rows per draw
DRAWS = 32
CELLS = 2**21  # distances held at a time


class Neighbours:
    """Mean over 32 draws of 32 rows of the distance to the nearest drawn row.

    A small sample has no room for rare rows, so a rare row has no near one even when others like
    it exist, and a row of a small but real group has. Distance is Euclidean in robust units
    (:class:`~anomaly_hunter.detect.margins.RobustUnits`); a row is no neighbour of itself. Takes
    ``(n, k)``; cost grows with ``n * k``, and over 100,000 rows fewer draws are made.

    Sugiyama, Borgwardt: "Rapid distance-based outlier detection via sampling", NIPS 2013, which
    draws once; Wu, Jermaine 2006 for the idea. The draws depend on what the rows hold, not on
    their order, so sorting a table does not change a score.

    >>> rows = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [9.0, 9.0]])
    >>> int(Neighbours().fit(rows).score(rows).argmax())
    4
    """

    name: ClassVar[str] = "neighbours"
    takes: ClassVar[Takes] = "table"
    units: ClassVar[type[RobustUnits] | type[NormalScores]] = RobustUnits

    def fit(self, data: FloatArray) -> Self:
        """Learn the units and draw the samples."""
        self._cleaning = Cleaning.of(data)
        rows = self._cleaning(data)
        self._drawn = np.empty((0, 0, rows.shape[1]))
        if len(rows) < 3 or not rows.shape[1]:
            return self
        self._units = self.units.of(rows)
        rows = self._units(rows)
        marks = _marks(rows)
        order = np.argsort(marks, kind="stable")
        draws = int(np.clip(DRAWS * 100_000 // len(rows), 4, DRAWS))
        generator = np.random.default_rng(0)
        size = min(SAMPLE, len(rows) - 1)
        picked = [generator.choice(len(rows), size, replace=False, shuffle=False) for _ in range(draws)]
        chosen = order[np.stack(picked)]
        self._drawn = rows[chosen]
        ordered = marks[order]
        place = np.searchsorted(ordered, marks[chosen], "left")
        alone = np.searchsorted(ordered, marks[chosen], "right") - place == 1
        self._marks = np.where(alone, marks[chosen], np.uint64(0))
        return self

    def _distances(self, rows: FloatArray) -> Iterator[tuple[slice, int, FloatArray]]:
        """Squared distances ``(rows of a chunk, sample)``, chunk by chunk and draw by draw."""
        marks = _marks(rows)
        known = np.isin(marks, self._marks)
        squares = (self._drawn**2).sum(axis=2)
        step = max(CELLS // max(self._drawn.shape[1], 1), 1)
        for start in range(0, len(rows), step):
            chunk = slice(start, min(start + step, len(rows)))
            part = rows[chunk]
            own = (part**2).sum(axis=1)[:, None]
            itself = np.flatnonzero(known[chunk])
            for draw, sample in enumerate(self._drawn):
                distance = own - 2.0 * (part @ sample.T) + squares[draw]
                same = marks[chunk][itself, None] == self._marks[draw]
                distance[itself] = np.where(same, np.inf, distance[itself])
                yield chunk, draw, np.maximum(distance, 0.0)

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` mean distances in robust units."""
        rows = self._cleaning(data)
        result = np.zeros(len(rows))
        if not self._drawn.size:
            return result
        for chunk, _, distance in self._distances(self._units(rows)):
            result[chunk] += np.sqrt(distance.min(axis=1))
        return result / len(self._drawn)

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` parts of the squared distance to the nearest row, mean over the draws."""
        rows = self._cleaning(data)
        result = np.zeros(rows.shape)
        if not self._drawn.size:
            return result
        rows = self._units(rows)
        for chunk, draw, distance in self._distances(rows):
            result[chunk] += (rows[chunk] - self._drawn[draw][distance.argmin(axis=1)]) ** 2
        return result / len(self._drawn)


def _marks(rows: FloatArray) -> npt.NDArray[np.uint64]:
    """A number for what each row holds, equal for equal rows and never 0."""
    bits = (np.ascontiguousarray(rows) + 0.0).view(np.uint64)  # + 0.0: there is one zero
    factors = np.random.default_rng(1).integers(0, 2**63, rows.shape[1], dtype=np.uint64) | np.uint64(1)
    mixed = ((bits ^ (bits >> np.uint64(29))) * factors).sum(axis=1, dtype=np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    marks: npt.NDArray[np.uint64] = (mixed ^ (mixed >> np.uint64(29))) | np.uint64(1)
    return marks
