"""The one scale of the full kernel: distances in units of their own tails, then of a week."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.online.full_views import COUNT, WIDTH, Float32Array
from anomaly_hunter.detect.online.sketch import LogHistograms
from anomaly_hunter.model import AnyArray, FloatArray

LAG = 128
"""A point is looked at again when so many have followed."""

SCORES = COUNT + 2
"""Distances per point: the last step, the time of day, then the views."""

NEAR = 9
"""Step and time of day are averaged over so many points when looking back."""

ENOUGH = 16
TRUST = 100.0
"""Points until units are half believed."""

MAXIMA = 2
"""Lessons of 32 points per block maximum."""

BLOCK = 32
"""Points between two lessons."""

EXACT = 0.1
"""The unit of a view that has seen no difference so far, in units of the series."""

RARE = 0.03
"""A view repeats itself where fewer points than this share differ from all before."""

FULL = 60_000.0
"""Points after which a histogram begins to forget."""

LEAST_BLOCKS = 16.0
EARLY = 4
UNTRIED = 12.0
"""The boundary before there are four block maxima, in root mean square units."""

#                     step, day, 8, 16, d16, 64, d64, 256, d128
RANKING = np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
ALARM = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
LOOKING_BACK = np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])

_SOON = 4.0 * np.array([16, np.inf, *WIDTH]) + 64.0
MATURE = np.concatenate([_SOON, _SOON + LAG, [np.inf]])
"""Points after which a distance should have been above zero; looking back begins ``LAG`` later."""


def _covering() -> Float32Array:
    """``(LAG + 1, SCORES)`` weights of the windows that cover the point where the rows begin."""
    weight = np.zeros((LAG + 1, SCORES), np.float32)
    for column, width in enumerate((NEAR, NEAR, *WIDTH)):
        count = min(int(width), LAG + 1)
        weight[:count, column] = 1.0 / count
    return weight


COVERING = _covering()


class Units:
    """Histograms of every distance as it comes and looked back at, of gaps and of block maxima."""

    def __init__(self) -> None:
        self.points = LogHistograms(2 * SCORES + 1, most=FULL)
        self.maxima = LogHistograms(2, most=4_000.0)
        self.band = math.nan
        self._low: FloatArray = np.zeros(2 * SCORES)
        self._unit: FloatArray = np.zeros(2 * SCORES)
        self._boundary = np.array([0.0, UNTRIED, UNTRIED])
        self.highest = (0.0, 0.0)
        self._lessons = 0
        self._rows: list[FloatArray] = []

    def immediate(self, distances: Float32Array, clocked: bool) -> tuple[float, float]:
        """The score of all views, and the height of the alarm (1.0 = boundary)."""
        r = self._above(distances, 0)
        squares = r * r
        every = math.sqrt(float(squares @ RANKING) / float(RANKING.sum()))
        short = math.sqrt(float(squares @ ALARM) / float(ALARM.sum() - (not clocked)))
        usual, over, _ = self._boundary.tolist()
        self.highest = (max(self.highest[0], short), self.highest[1])
        return every, max(short - usual, 0.0) / over

    def lagged(self, rows: Float32Array, known: npt.NDArray[np.bool_] | None = None) -> float:
        """The score of the first of ``(LAG + 1, SCORES)`` rows, 1.0 = boundary; only ``known`` rows count."""
        distances = np.einsum("ij,ij->j", rows, COVERING)
        if known is not None:
            distances /= np.maximum(known @ COVERING, COVERING[0])
        self._rows.append(distances)
        r = self._above(distances, SCORES)
        every = math.sqrt(float((r * r) @ LOOKING_BACK) / float(LOOKING_BACK.sum()))
        self.highest = (self.highest[0], max(self.highest[1], every))
        return every / float(self._boundary[2])

    def _above(self, distances: npt.NDArray[np.floating], first: int) -> FloatArray:
        r: FloatArray = distances - self._low[first : first + SCORES]
        np.maximum(r, 0.0, out=r)
        r *= self._unit[first : first + SCORES]
        return r

    def learn(
        self, distances: Float32Array, usual: npt.NDArray[np.bool_], gaps: list[float], week: float
    ) -> None:
        """A block of rows, ``usual`` ones only, and its highest scores."""
        block = np.zeros((len(distances), 2 * SCORES + 1))
        block[:, :SCORES] = distances
        block[~usual, :SCORES] = 0.0
        if self._rows:
            block[-len(self._rows) :, SCORES : 2 * SCORES] = self._rows
        block[-len(gaps) :, -1] = gaps
        self._rows = []
        self.points.add(block)
        self._lessons += 1
        if self._lessons % MAXIMA == 0:
            usual_top, over, back = self._boundary.tolist()
            limits = (usual_top + over, back)
            # What is over the boundary counts as if it were just there: it must not raise it.
            top = [min(high, limit) for high, limit in zip(self.highest, limits, strict=True)]
            self.maxima.add(np.array([top]))
            self.highest = (0.0, 0.0)
        self._measure(week)

    def _measure(self, week: float) -> None:
        """Units and boundaries from what was counted.

        Zeros are not counted. A view that has seen hardly anything else although it has long been
        able to belongs to a series that repeats itself exactly.
        """
        seen = self.points.seen()
        middle, high, wide = self.points.quantiles((0.5, 0.97, 0.95))
        size = np.maximum(np.maximum(high - middle, 0.05 * high), 1e-9)
        trust = np.where(seen >= ENOUGH, seen / (seen + TRUST), 0.0)
        rows = self._lessons * BLOCK
        repeats = (seen < max(ENOUGH, RARE * min(rows, FULL))) & (rows > MATURE)
        middle[repeats], size[repeats], trust[repeats] = 0.0, EXACT, 1.0
        self._low = middle[:-1]
        self._unit = (trust / size)[:-1]
        self.band = float(wide[-1])
        self._boundary = self._boundaries(week)

    def _boundaries(self, week: float) -> FloatArray:
        """What block maxima usually are, how far over it once a week, and that looking back.

        An exponential tail through the 80% and 95% quantiles of the maxima of 64 points,
        widened while there are few of them.
        """
        blocks = self.maxima.seen()
        if blocks.min() < EARLY:
            return np.array([0.0, UNTRIED, UNTRIED])
        usual, high = self.maxima.quantiles((0.8, 0.95))
        per_week = max(week / 64.0, LEAST_BLOCKS)
        steps = math.log(0.2 * per_week) / math.log(4.0)
        over = (np.maximum(high - usual, 0.05 * high) + 1.0 / np.sqrt(blocks)) * steps
        return np.array([usual[0], over[0], usual[1] + over[1]])

    def rebase(self, octaves: int) -> None:
        """All distances were multiplied by ``2 ** octaves``."""
        self.points.rescale(slice(None), octaves)
        self._rows = [row * 2.0**octaves for row in self._rows]
        self._low = self._low * 2.0**octaves
        self._unit = self._unit * 2.0**-octaves
        self.band *= 2.0**octaves

    def dump(self) -> dict[str, AnyArray]:
        """What is needed to go on."""
        return {
            "points": self.points.counts.astype(np.uint16),
            "maxima": self.maxima.counts.astype(np.uint16),
            "units": np.concatenate([self._low, self._unit, self._boundary, [self.band], self.highest]),
            "lessons": np.array(self._lessons),
            "rows": np.array(self._rows, np.float32).reshape(-1, SCORES),
        }

    def load(self, parts: dict[str, AnyArray]) -> None:
        """What :meth:`dump` gave."""
        self.points.counts = parts["points"].astype(np.float32)
        self.maxima.counts = parts["maxima"].astype(np.float32)
        self._low, self._unit, self._boundary, rest = np.split(
            parts["units"], [2 * SCORES, 4 * SCORES, 4 * SCORES + 3]
        )
        self.band, here, back = (float(number) for number in rest)
        self.highest = (here, back)
        self._lessons = int(parts["lessons"])
        self._rows = list(parts["rows"])
