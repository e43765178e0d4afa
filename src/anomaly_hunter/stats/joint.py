"""Windows over many channels at once: what is different from the most similar other one, and where."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.channels import moving_mean

Float32Array = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

PIECES = 8
"""A window is described by the means of this many pieces of it in each channel."""

BANK = 500
CELLS = 2**22
SEED = 20_261_121


def joint_distance(value: FloatArray, width: int, until: int) -> FloatArray:
    """``(m, k)`` root mean square distance in each channel of a window to its nearest reference.

    The nearest is looked for over all channels together; references are up to 500 windows that
    begin in the first ``until``, drawn at random, without those that overlap the window itself.
    Of ``n`` points ``m`` is ``n - width // step * step + 1``, ``step`` the length of a piece. A
    window without any reference gets zeros. Cost: linear in ``n`` and ``k``.

    >>> value = np.column_stack([np.tile([0.0, 1.0], 20), np.tile([1.0, 0.0], 20)])
    >>> value[30, 1] = 5.0
    >>> far = joint_distance(value, 4, 37)
    >>> far.max(axis=0).tolist()
    [0.0, 2.0]
    """
    pieces, step, d = _pieces(value, width)
    m, k = len(pieces) - (d - 1) * step, value.shape[1]
    starts = _drawn(min(until, m))
    bank = _rows(pieces, starts, step, d)
    half = 0.5 * np.einsum("ij,ij->i", bank, bank)
    result = np.empty((m, k))
    for place in _chunks(m, d * k + len(starts)):
        rows = _rows(pieces, place, step, d)
        near = rows @ bank.T
        near -= half
        best, alone = _best(near, _overlap(place, starts, width))
        rows -= bank[best]
        squares = np.square(rows, out=rows).reshape(len(place), d, k).mean(axis=1)
        squares[alone] = 0.0
        result[place] = np.sqrt(squares)
    return result


def own_distance(value: FloatArray, width: int, until: int) -> FloatArray:
    """The same, with the nearest window looked for in each channel by itself."""
    pieces, step, d = _pieces(value, width)
    m, k = len(pieces) - (d - 1) * step, value.shape[1]
    starts = _drawn(min(until, m))
    piece = np.arange(d) * step
    result = np.empty((m, k))
    for place in _chunks(m, d + len(starts)):
        overlap = _overlap(place, starts, width)
        for channel in range(k):
            column = pieces[:, channel]
            bank = column[starts[:, None] + piece]
            rows = column[place[:, None] + piece]
            near = rows @ bank.T
            near -= 0.5 * np.einsum("ij,ij->i", bank, bank)
            best, alone = _best(near, overlap)
            rows -= bank[best]
            squares = np.einsum("ij,ij->i", rows, rows) / d
            squares[alone] = 0.0
            result[place, channel] = np.sqrt(squares)
    return result


def _pieces(value: FloatArray, width: int) -> tuple[Float32Array, int, int]:
    step = max(width // PIECES, 1)
    return moving_mean(value, step).astype(np.float32), step, width // step


def _drawn(count: int) -> IntArray:
    """Sorted positions at random: a regular step could be a divisor of the season."""
    generator = np.random.default_rng(SEED)
    return np.sort(generator.choice(count, min(count, BANK), replace=False)).astype(np.int64)


def _rows(pieces: Float32Array, place: IntArray, step: int, d: int) -> Float32Array:
    """``(len(place), d k)`` windows that begin there."""
    rows: Float32Array = pieces[place[:, None] + np.arange(d) * step].reshape(len(place), -1)
    return rows


def _chunks(m: int, each: int) -> Iterator[IntArray]:
    size = max(CELLS // max(each, 1), 16)
    for begin in range(0, m, size):
        yield np.arange(begin, min(begin + size, m))


def _overlap(place: IntArray, starts: IntArray, width: int) -> BoolArray | None:
    """Which references share points with which windows; None where none does."""
    if not len(starts) or int(place[0]) >= int(starts[-1]) + width:
        return None
    overlap: BoolArray = np.abs(place[:, None] - starts) < width
    return overlap


def _best(near: Float32Array, overlap: BoolArray | None) -> tuple[IntArray, BoolArray]:
    """The most alike reference of each window, and which windows have none."""
    if overlap is not None:
        np.copyto(near, -np.inf, where=overlap)
    best = near.argmax(axis=1)
    return best, np.isneginf(near[np.arange(len(near)), best])
