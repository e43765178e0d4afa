"""Windows that slide over a series, and the distance of each to the most similar other one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray, IntArray

Float32Array = npt.NDArray[np.float32]

SAMPLES = 64
"""A longer window is described by this many block means or a few more."""

CHUNK = 4_096


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
    """How many points one number stands for in the description of a window."""
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


def nearest(windows: Float32Array, starts: IntArray, apart: int) -> FloatArray:
    """``(m,)`` root mean square distance of each window to the nearest reference window.

    References are the windows at ``starts`` (sorted); those that begin fewer than ``apart``
    points from a window are not used for it. Windows without any reference get 0.
    """
    m, d = windows.shape
    bank = np.ascontiguousarray(windows[starts])
    half = 0.5 * np.einsum("ij,ij->i", bank, bank)
    result = np.empty(m)
    for begin in range(0, m, CHUNK):
        stop = min(begin + CHUNK, m)
        rows = np.ascontiguousarray(windows[begin:stop])
        near = rows @ bank.T
        near -= half
        _leave_out(near, starts, begin, apart)
        best = near.argmax(axis=1)
        gap = rows - bank[best]
        squares = np.einsum("ij,ij->i", gap, gap)
        squares[np.isneginf(near[np.arange(stop - begin), best])] = 0.0
        result[begin:stop] = np.sqrt(squares / d)
    return result


def _leave_out(near: Float32Array, starts: IntArray, begin: int, apart: int) -> None:
    """Set the likeness of windows to references in their own neighbourhood to minus infinity."""
    count = len(near)
    first = np.searchsorted(starts, begin - apart + 1)
    last = np.searchsorted(starts, begin + count + apart - 1)
    for column in range(int(first), int(last)):
        place = int(starts[column]) - begin
        near[max(place - apart + 1, 0) : max(place + apart, 0), column] = -np.inf


def centres(windows: Float32Array, k: int, seed: int, rounds: int = 8, trim: float = 0.05) -> Float32Array:
    """``(k, d)`` centres of the windows by trimmed k-means (Lloyd's rounds).

    In every round the ``trim`` share of windows farthest from their centre does not take part,
    so that rare windows do not get a centre of their own (Cuesta-Albertos et al. 1997).
    """
    generator = np.random.default_rng(seed)
    rows = np.ascontiguousarray(windows)
    middle = rows[np.sort(generator.choice(len(rows), min(k, len(rows)), replace=False))].copy()
    for _ in range(rounds):
        near = rows @ middle.T
        near -= 0.5 * np.einsum("ij,ij->i", middle, middle)
        own = near.argmax(axis=1)
        far = np.einsum("ij,ij->i", rows, rows) - 2.0 * near[np.arange(len(rows)), own]
        limit = np.partition(far, int((1 - trim) * (len(far) - 1)))[int((1 - trim) * (len(far) - 1))]
        kept = far <= limit
        member = np.zeros((len(middle), len(rows)), np.float32)
        member[own[kept], np.flatnonzero(kept)] = 1.0
        size = member.sum(axis=1)
        alive = size > 0.01 * len(rows)
        if not alive.any():
            break
        middle = (member[alive] @ rows) / size[alive, None]
    return np.ascontiguousarray(middle)


def to_centre(windows: Float32Array, middle: Float32Array) -> FloatArray:
    """``(m,)`` root mean square distance of each window to the nearest centre."""
    m, d = windows.shape
    half = 0.5 * np.einsum("ij,ij->i", middle, middle)
    result = np.empty(m)
    for begin in range(0, m, CHUNK):
        rows = np.ascontiguousarray(windows[begin : begin + CHUNK])
        near = rows @ middle.T
        near -= half
        gap = rows - middle[near.argmax(axis=1)]
        result[begin : begin + CHUNK] = np.sqrt(np.einsum("ij,ij->i", gap, gap) / d)
    return result
