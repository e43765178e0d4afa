"""Windows that slide over a series, and the distance of each to the most similar other one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray

Float32Array = npt.NDArray[np.float32]

SAMPLES = 64
"""A longer window is described by this many block means or a few more."""

CHUNK = 4_096
CELLS = 2_000_000
"""No more distances than this are held at a time."""


def spread(score: FloatArray, width: int) -> FloatArray:
    """Each point's mean over the windows that cover it.

    ``score`` is ``(m,)``, one number per window of ``width`` points that starts there; the
    result is ``(m + width - 1,)``.

    >>> spread(np.array([0.0, 6.0, 0.0]), 2).tolist()
    [0.0, 3.0, 3.0, 0.0]
    """
    m = len(score)
    total = np.concatenate(([0.0], np.cumsum(score)))
    point = np.arange(m + width - 1)
    first = np.maximum(point - width + 1, 0)
    last = np.minimum(point + 1, m)
    mean: FloatArray = np.maximum(total[last] - total[first], 0.0) / (last - first)
    return mean


def block(width: int) -> int:
    """How many points one number stands for in the description of a window.

    >>> block(16), block(200)
    (1, 3)
    """
    return max(1, width // SAMPLES)


def view(value: FloatArray, width: int) -> Float32Array:
    """``(m, d)`` windows of ``width`` points, one per start, long ones by their block means.

    A read-only view: rows overlap in memory. Scaled so that a mean square over ``d`` numbers is
    one over the points.
    """
    step = block(width)
    if step > 1:
        total = np.concatenate(([0.0], np.cumsum(value)))
        value = (total[step:] - total[:-step]) / step
    flat = np.ascontiguousarray(value, dtype=np.float32)
    d = width // step
    m = len(flat) - (d - 1) * step
    stride = flat.strides[0]
    return np.lib.stride_tricks.as_strided(flat, (m, d), (stride, step * stride), writeable=False)


def nearest(
    windows: Float32Array,
    starts: IntArray,
    apart: int,
    level: float = 1.0,
    places: IntArray | None = None,
) -> FloatArray:
    """``(m,)`` root mean square distance of each window to the nearest reference window.

    References are the windows at ``starts`` (sorted); those that begin fewer than ``apart``
    points from a window are not used for it. Windows without any reference get 0.

    Parameters
    ----------
    level:
        How much the means of two windows count when they are compared: 1 as they are, 0 not at all.
    places:
        Only the windows at these positions (sorted); None: all of them.

    >>> windows = view(np.array([0.0, 1.0, 0.0, 1.0, 0.0, 3.0]), 2)
    >>> nearest(windows, np.array([0, 2]), 1).round(3).tolist()
    [0.0, 1.0, 0.0, 1.0, 1.414]
    >>> nearest(windows, np.array([0, 2]), 1, places=np.array([3])).tolist()
    [1.0]
    """
    at = np.arange(len(windows)) if places is None else places
    bank = _rows(windows, starts, level)
    half = 0.5 * np.einsum("ij,ij->i", bank, bank)
    chunk = min(CHUNK, max(CELLS // max(len(bank), 1), 1))
    result = np.empty(len(at))
    for begin in range(0, len(at), chunk):
        here = at[begin : begin + chunk]
        rows = _rows(windows, here, level)
        near = rows @ bank.T
        near -= half
        _leave_out(near, starts, here, apart)
        best = near.argmax(axis=1)
        gap = rows - bank[best]
        squares = np.einsum("ij,ij->i", gap, gap)
        squares[np.isneginf(near[np.arange(len(here)), best])] = 0.0
        result[begin : begin + chunk] = np.sqrt(squares / windows.shape[1])
    return result


def _rows(windows: Float32Array, places: IntArray, level: float) -> Float32Array:
    """A copy of some windows, with what their means count for."""
    if len(places) and places[-1] - places[0] == len(places) - 1:
        rows = np.ascontiguousarray(windows[places[0] : places[-1] + 1])
    else:
        rows = windows[places]
    if level == 1.0:
        return rows
    less: Float32Array = rows - np.float32(1.0 - level) * rows.mean(axis=1, keepdims=True)
    return less


def _leave_out(near: Float32Array, starts: IntArray, here: IntArray, apart: int) -> None:
    """Set the likeness of windows to references in their own neighbourhood to minus infinity."""
    first = np.searchsorted(here, starts - apart + 1).tolist()
    stop = np.searchsorted(here, starts + apart).tolist()
    for column, (low, high) in enumerate(zip(first, stop, strict=True)):
        if high > low:
            near[low:high, column] = -np.inf
