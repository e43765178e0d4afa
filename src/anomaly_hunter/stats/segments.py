"""Cutting a series into straight pieces."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.robust import median, quantiles, row_medians, scale, wide_scale
from anomaly_hunter.stats.running_median import running_median

BLOCKS = 48
"""The series is cut between this many blocks: enough to see levels and ramps, and quick."""

MOST = 7
"""No more pieces than this."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece ``[start, stop)``: the line's values at ``start`` and at ``stop``."""

    start: int
    stop: int
    first: float
    last: float

    def line(self) -> FloatArray:
        """``(stop - start,)`` the values on the piece."""
        return self.at(np.arange(self.start, self.stop))

    def at(self, place: IntArray) -> FloatArray:
        """The line, continued to any positions."""
        return self.first + (self.last - self.first) * (place - self.start) / (self.stop - self.start)

    def __len__(self) -> int:
        return self.stop - self.start


def rolling_median(value: FloatArray, width: int) -> FloatArray:
    """Centred median over an odd ``width``; at the ends of the first and last full window.

    >>> rolling_median(np.array([1.0, 9.0, 2.0, 3.0]), 3).tolist()
    [2.0, 2.0, 3.0, 3.0]
    """
    width = min(width, len(value) - 1 + len(value) % 2) | 1
    if width < 3 or width > len(value):
        return value
    half = width // 2
    inner = running_median(value, width)
    return np.concatenate([np.full(half, inner[0]), inner, np.full(half, inner[-1])])


def block_edges(n: int, blocks: int = BLOCKS) -> IntArray:
    """Cut points of ``n`` points into about so many blocks, all of one length but the last.

    >>> block_edges(10, 3).tolist(), block_edges(3, 8).tolist()
    ([0, 4, 10], [0, 1, 2, 3])
    """
    if n <= 3 * blocks:
        return np.round(np.linspace(0, n, min(blocks, n) + 1)).astype(np.int64)
    width = -(-n // blocks)
    starts = np.arange(0, n - width // 2, width)
    return np.append(starts, n)


def block_medians(value: FloatArray, edges: IntArray) -> FloatArray:
    """The median of each block; of narrow blocks (two points) a running median over five.

    >>> block_medians(np.array([1.0, 2.0, 9.0, 4.0, 4.0, 5.0]), np.array([0, 3, 6])).tolist()
    [2.0, 4.0]
    """
    width = int(edges[1] - edges[0])
    if width <= 2:
        return np.asarray(rolling_median(value, 5)[(edges[:-1] + edges[1:] - 1) // 2])
    even = np.diff(edges) == width
    if even[:-1].all():
        whole = len(even) if even[-1] else len(even) - 1
        inner = row_medians(value[: whole * width].reshape(-1, width))
        return inner if even[-1] else np.append(inner, median(value[whole * width :]))
    return np.array([median(value[a:b]) for a, b in pairwise(edges)])


def pieces(value: FloatArray) -> list[Piece]:
    """The straight pieces of a series; a single one where it only wanders.

    The number with the least ``sum of squares + 6 log(blocks) s² pieces``, with ``s`` from the second
    differences of neighbouring block medians; where so many are not believable
    (:func:`better_in_pieces`), two.

    >>> noise = np.random.default_rng(0).normal(size=100)
    >>> [(p.start, p.stop) for p in pieces(noise + np.repeat([0.0, 8.0], [60, 40]))]
    [(0, 60), (60, 100)]
    """
    n = len(value)
    edges = block_edges(n)
    level = block_medians(value, edges)
    if len(level) >= 6:
        best, origin = _best_cuts(level)
        fine = _fine(level, int(edges[1]) <= 2)
        most = int(np.argmin(best + fine * np.arange(1, MOST + 1)))
        for count in dict.fromkeys((most, 1) if most else ()):
            rough = _traced(level, edges, origin, count)
            found = _to_the_point(value, rough, int(edges[1]))
            if better_in_pieces(value, found):
                return found
    return [Piece(0, n, *_line_through(value))]


def _best_cuts(level: FloatArray) -> tuple[FloatArray, list[IntArray]]:
    """Squared error of the best 1, 2, ... pieces, and for each cut where the one before it is.

    By dynamic programming over blocks (Bai & Perron 2003, section 3, for pieces with a slope):
    ``O(blocks²)`` for each piece more.
    """
    blocks = len(level)
    cost = _line_costs(level)
    best = [cost[0]]
    origin: list[IntArray] = []
    for _ in range(MOST - 1):
        total = best[-1][:, None] + cost
        back = total.argmin(axis=0)
        origin.append(back)
        best.append(total[back, np.arange(blocks + 1)])
    return np.array([course[blocks] for course in best]), origin


def _traced(level: FloatArray, edges: IntArray, origin: list[IntArray], cuts: int) -> list[Piece]:
    """The pieces that the best so many cuts make."""
    places = [len(level)]
    for step in range(cuts - 1, -1, -1):
        places.append(int(origin[step][places[-1]]))
    places.append(0)
    places.reverse()
    return [_piece(level, edges, a, b) for a, b in pairwise(places)]


def _fine(level: FloatArray, smoothed: bool) -> float:
    """What one more piece must save. Narrow blocks are smoothed, so their noise shows half."""
    bend = np.abs(level[2:] - 2.0 * level[1:-1] + level[:-2])
    # Not the median: one noiseless piece of half the series would make all the rest look exact.
    noise = (float(quantiles(bend, (0.8,))[0]) / 1.2816) ** 2 / 6.0
    return 6.0 * float(np.log(len(level))) * max(noise, 1e-12) * (2.0 if smoothed else 1.0)


def _to_the_point(value: FloatArray, rough: list[Piece], width: int) -> list[Piece]:
    """The same lines, each cut moved within a block or two to where they fit best."""
    cuts = [0]
    for left, right in pairwise(rough):
        low = max(right.start - 2 * width, cuts[-1] + 1)
        high = min(right.start + 2 * width, right.stop - 1)
        place = np.arange(low, high)
        gain = (value[low:high] - right.at(place)) ** 2 - (value[low:high] - left.at(place)) ** 2
        cuts.append(low + int(np.argmax(np.concatenate(([0.0], np.cumsum(gain))))))
    cuts.append(len(value))
    return [
        Piece(a, b, *(float(end) for end in piece.at(np.array([a, b]))))
        for piece, a, b in zip(rough, cuts[:-1], cuts[1:], strict=True)
    ]


def _line_costs(level: FloatArray) -> FloatArray:
    """``(m + 1, m + 1)`` squared error of the best line through blocks ``[i, j)``; inf if under 2."""
    m = len(level)
    place = np.arange(m) - m / 2.0
    sums = np.zeros((4, m + 1))
    np.cumsum([level, place * level, level * level, np.ones(m)], axis=1, out=sums[:, 1:])
    y, ty, yy, count = sums[:, None, :] - sums[:, :, None]
    safe = np.where(count >= 2, count, 2.0)
    start = np.arange(m + 1)[:, None] - m / 2.0
    middle = start + (safe - 1.0) / 2.0
    spread = safe * (safe * safe - 1.0) / 12.0
    slope_part = ty - middle * y
    error = yy - y * y / safe - slope_part * slope_part / spread
    return np.where(count >= 2, np.maximum(error, 0.0), np.inf)


def _piece(level: FloatArray, edges: IntArray, a: int, b: int) -> Piece:
    return Piece(int(edges[a]), int(edges[b]), *_line_through(level[a:b]))


def _line_through(value: FloatArray) -> tuple[float, float]:
    """Where the least squares line begins and ends."""
    count = len(value)
    place = np.arange(count) - (count - 1) / 2.0
    spread = float(place @ place)
    slope = float(place @ value) / spread if spread > 0 else 0.0
    middle, half = float(value.mean()), slope * count / 2.0
    return middle - half, middle + half


def better_in_pieces(value: FloatArray, cut: list[Piece]) -> bool:
    """Do the pieces explain the series better than noise that wanders along one line?

    Both are fitted with noise in which each value depends on the one before (AR(1)); the pieces
    must win by the information criterion of Schwarz (1978), three numbers a piece, with the
    correction of Hurvich & Tsai (1989) for short series. Innovations are cut off at four robust
    standard deviations; a step beyond eight of what the series does within five points is
    no wandering either.
    """
    n = len(value)
    if _leaps(value, cut):
        return True
    one = _innovations(value - np.linspace(*_line_through(value), n))
    many = _innovations(value - np.concatenate([piece.line() for piece in cut]))
    limit = 4.0 * wide_scale(many, 0.0)
    if not limit > 0:
        return True
    before, after = (float(np.mean(np.minimum(e * e, limit * limit))) for e in (one, many))
    room = n / max(n - 3.0 * len(cut) - 2.0, 1.0)
    return n * float(np.log(before / after)) > 3.0 * (len(cut) - 1) * float(np.log(n)) * room


def _leaps(value: FloatArray, cut: list[Piece]) -> bool:
    """Is there a cut at which the level leaps?"""
    lag = 5
    if len(value) < 6 * lag:
        return False
    smooth = rolling_median(value, lag)
    steps = smooth[lag:] - smooth[:-lag]
    usual = scale(steps, 0.0)
    places = [min(max(piece.start - lag // 2 - 1, 0), len(steps) - 1) for piece in cut[1:]]
    return bool(np.abs(steps[places]).max() > 8.0 * usual)


def _innovations(residual: FloatArray) -> FloatArray:
    """What is new in each value, given the one before."""
    total = float(residual[:-1] @ residual[:-1])
    share = float(residual[1:] @ residual[:-1]) / total if total > 0 else 0.0
    return residual[1:] - min(max(share, 0.0), 1.0) * residual[:-1]
