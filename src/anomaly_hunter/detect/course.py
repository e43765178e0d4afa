"""The usual course of a series: its season and its level, learnt from the normal part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import AnyArray, FloatArray, IntArray
from anomaly_hunter.stats.limits import independent
from anomaly_hunter.stats.robust import fill, median, scale
from anomaly_hunter.stats.season import phase_course
from anomaly_hunter.stats.segments import Piece, block_edges, block_medians, pieces, rolling_median

BoolArray = npt.NDArray[np.bool_]

LONG = 2_000
"""From here on the level may wander: it is followed slowly instead of being one line."""

COARSE = 500

MOST_OF_IT, STEADY = 0.5, 0.25
"""A short series has a normal level where so much of it agrees, or so much of that stands still."""

BEGAN = 1.7
"""What stands still from the beginning on counts for more."""

JUMP = 2.0
"""Pieces farther apart than so many widths of their noise (two standard deviations) do not join."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """``season + level`` is expected; ``normal`` marks the points that it was learnt from.

    ``cut`` are the straight pieces of the series without its season. A long series is
    cut by its blocks: ``coarse`` is the course of their medians.
    """

    season: FloatArray
    level: FloatArray
    normal: BoolArray
    cut: tuple[Piece, ...] = ()
    coarse: Coarse | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """A long series by its block medians: block ``i`` is ``[edges[i], edges[i + 1])``."""

    edges: IntArray
    medians: FloatArray
    course: Course

    def spread(self, block_value: AnyArray) -> AnyArray:
        """One number per point from one number per block."""
        return np.repeat(block_value, np.diff(self.edges))


def usual_course(value: FloatArray, period: int) -> Course:
    """The course of ``(n,)`` values without missing ones.

    Season: the median of each phase. Level: one constant or one line, through the pieces that
    agree with each other and make up most of the series or began it; along all pieces where none
    do. In a long series (2,000 points) they are found among 500 block medians, and the level is a
    median of the normal ones over a tenth of the series, kept as it was where blocks are not normal.
    """
    n = len(value)
    season = np.resize(phase_course(value, period), n) if period else np.zeros(n)
    rest = value - season
    if n < LONG:
        settled = _followed(rest, _settled(rest))
        return Course(season, settled.level, settled.normal, settled.cut)
    edges = block_edges(n, COARSE)
    medians = block_medians(rest, edges)
    coarse = Coarse(edges, medians, _settled(medians))
    level = _slow_level(coarse, period)
    return Course(season, level, coarse.spread(coarse.course.normal), coarse=coarse)


def _settled(value: FloatArray) -> Course:
    cut = tuple(pieces(value))
    everywhere = np.ones(len(value), bool)
    if len(cut) == 1:
        level, normal = _line(value, everywhere), everywhere
    else:
        level, normal = _settled_level(value, cut)
    return Course(np.zeros(len(value)), level, normal, cut)


def _followed(value: FloatArray, settled: Course) -> Course:
    """The course as it is, or along its pieces where no level is the normal one.

    What bends all the time (part of a season that is longer than the series) is nowhere at home: to
    call one of its slopes normal would make incidents of all others.
    """
    n, agreed = len(value), float(settled.normal.mean())
    if agreed >= MOST_OF_IT:
        return settled
    line = np.concatenate([piece.line() for piece in settled.cut])
    still = [p for p in settled.cut if settled.normal[p.start] and _steady(p, value - line)]
    if sum(map(len, still)) * (BEGAN if settled.cut[0] in still else 1.0) >= STEADY * n:
        return settled
    off = _jumped(settled.cut, value - line)
    return Course(settled.season, line - off, off == 0.0, settled.cut)


def _jumped(cut: Sequence[Piece], residual: FloatArray) -> FloatArray:
    """``(n,)`` how far jumps between pieces have carried each one from where most of the series is."""
    jumps = [b.first - a.last for a, b in pairwise(cut)]
    sure = 2.0 * scale(residual, 0.0) * JUMP
    kept = np.concatenate(([0.0], np.cumsum([jump if abs(jump) > sure else 0.0 for jump in jumps])))
    off = np.repeat(kept, [len(piece) for piece in cut])
    off -= median(off)
    return np.where(np.abs(off) > sure, off, 0.0)


def _steady(piece: Piece, residual: FloatArray) -> bool:
    """Whether it ends where it began, as far as its noise or that of all lets one see."""
    return abs(piece.last - piece.first) <= _noise(piece, residual)


def _noise(piece: Piece, residual: FloatArray) -> float:
    return 2.0 * max(scale(residual[piece.start : piece.stop], 0.0), scale(residual, 0.0))


def _slow_level(coarse: Coarse, period: int) -> FloatArray:
    """A median over a tenth of the series (three seasons at least), constant at both ends."""
    n = int(coarse.edges[-1])
    width = max(len(coarse.medians) // 10, 3 * period // int(coarse.edges[1])) + 1
    kept = fill(np.where(coarse.course.normal, coarse.medians, np.nan))
    slow = rolling_median(kept, min(width, len(kept) // 2))
    middle = 0.5 * (coarse.edges[:-1] + coarse.edges[1:] - 1)
    return np.interp(np.arange(n), middle, slow)


def _settled_level(value: FloatArray, cut: Sequence[Piece]) -> tuple[FloatArray, BoolArray]:
    """One constant or line through the normal pieces, and which points those hold."""
    n = len(value)
    fitted = np.concatenate([piece.line() for piece in cut])
    group = _normal_pieces(cut, value - fitted)
    normal = np.zeros(n, bool)
    for piece in group:
        normal[piece.start : piece.stop] = True
    return _line(value, normal), normal


def _line(value: FloatArray, normal: BoolArray) -> FloatArray:
    """A constant through the normal points, or a line where its slope is beyond doubt."""
    n = len(value)
    place = np.flatnonzero(normal)
    inner = value[normal]
    turn = place - place.mean()
    slope = _resistant_slope(place, inner)
    rest = inner - slope * turn
    centre = median(rest)
    noise = scale(rest, centre)
    error = noise * np.sqrt(12.0 / max(independent(rest - centre), 2.0)) / len(place)
    if abs(slope) <= 4.0 * error or abs(slope) * len(place) < noise:
        return np.full(n, median(inner))
    line: FloatArray = centre + slope * (np.arange(n) - place.mean())
    return line


def _resistant_slope(place: npt.NDArray[np.int64], value: FloatArray) -> float:
    """Slope between the medians of the first and the last third (Tukey 1977)."""
    third = max(len(value) // 3, 1)
    run = median(place[-third:].astype(float)) - median(place[:third].astype(float))
    return (median(value[-third:]) - median(value[:third])) / run if run > 0 else 0.0


def _normal_pieces(cut: Sequence[Piece], residual: FloatArray) -> Sequence[Piece]:
    """The pieces on one level that together hold most points; those that began count for more."""
    if len(cut) == 1:
        return cut
    best, most = cut, -1.0
    for candidate in cut:
        if len(candidate) < 0.1 * len(residual):
            continue
        noise, steady = _noise(candidate, residual), _steady(candidate, residual)
        slope = 0.0 if steady else (candidate.last - candidate.first) / len(candidate)
        middle, centre = 0.5 * (candidate.first + candidate.last), 0.5 * (candidate.start + candidate.stop)
        group = [
            piece
            for piece in cut
            if abs(piece.first - middle - slope * (piece.start - centre)) <= noise
            and abs(piece.last - middle - slope * (piece.stop - centre)) <= noise
        ]
        size = sum(map(len, group)) * (1.0 if steady else 0.3) * (1.5 if cut[0] in group else 1.0)
        if group and size > most:
            best, most = group, size
    return best
