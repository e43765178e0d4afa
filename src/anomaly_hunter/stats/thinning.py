"""Fewer points, the same picture: thin a series for drawing without losing a spike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray

LEAST_MARGIN = 60  # points kept at full resolution on each side of a short span


def keep_spikes(signals: Sequence[FloatArray], buckets: int) -> IntArray:
    """Positions of the first, last, lowest and highest point of every bucket.

    The points are cut into buckets of ``ceil(n / buckets)``, the last one may be shorter. The
    lowest and highest are taken for every signal by itself; of equal ones the earliest. NaN
    is neither low nor high, but a bucket of NaN alone keeps its first and last point, so that a
    line breaks where it broke before.

    Parameters
    ----------
    signals:
        Arrays of one length ``(n,)`` that are drawn over the same time.
    buckets:
        How many buckets; at most ``(2 + 2 * len(signals)) * buckets`` positions come back.

    Returns
    -------
    ``(m,)`` positions, rising, no position twice.

    >>> keep_spikes([np.array([1.0, 1, 9, 1, 1, 1, -7, 1])], 2).tolist()
    [0, 2, 3, 4, 6, 7]
    """
    n = len(signals[0])
    if n == 0:
        return np.empty(0, np.int64)
    size = -(-n // max(1, buckets))
    first = np.arange(0, n, size, dtype=np.int64)
    last = np.minimum(first + size, n) - 1
    chosen = [first, last]
    for signal in signals:
        chosen += [first + _argmin(signal, size), first + _argmin(-signal, size)]
    return np.unique(np.concatenate(chosen))


def _argmin(signal: FloatArray, size: int) -> IntArray:
    """``(buckets,)`` offset of the lowest point in each bucket; 0 where all are NaN."""
    padded = np.full(-(-len(signal) // size) * size, np.inf)
    padded[: len(signal)] = np.where(np.isnan(signal), np.inf, signal)
    lowest: IntArray = padded.reshape(-1, size).argmin(axis=1).astype(np.int64)
    return lowest


def thin(
    signals: Sequence[FloatArray], limit: int, spans: Sequence[tuple[int, int]] = (), keep: Iterable[int] = ()
) -> IntArray:
    """Positions to draw: spikes everywhere, every point around the anomalies, ``limit`` in all.

    At least a third of the limit goes to the whole range (:func:`keep_spikes`), the rest to the
    spans and their neighbourhood (as wide as the span on each side, at least 60 points), in
    the order given. A neighbourhood that no longer fits is thinned by :func:`keep_spikes` too.

    Parameters
    ----------
    signals:
        Arrays of one length ``(n,)``.
    limit:
        Most positions to give back, not counting ``keep``.
    spans:
        Half-open spans, the most important first.
    keep:
        Positions that must survive (peaks).

    Returns
    -------
    ``(m,)`` positions, rising, no position twice; all of them when ``n <= limit``.

    >>> value = np.zeros(100_000)
    >>> value[70_000] = 5.0
    >>> chosen = thin([value], 300, [(70_000, 70_001)])
    >>> len(chosen) <= 300, 70_000 in chosen, 69_940 in chosen
    (True, True, True)
    """
    n = len(signals[0])
    if n <= limit:
        return np.arange(n, dtype=np.int64)
    cost = 2 + 2 * len(signals)
    whole = max(limit // 3, limit - sum(3 * max(b - a, LEAST_MARGIN) for a, b in spans))
    chosen = [keep_spikes(signals, whole // cost)]
    left = limit - len(chosen[0])
    for start, stop in spans:
        if left < cost:
            break
        near = _neighbourhood(signals, start, stop, left)
        chosen.append(near)
        left -= len(near)
    chosen.append(np.fromiter(keep, np.int64))
    return np.unique(np.concatenate(chosen))


def _neighbourhood(signals: Sequence[FloatArray], start: int, stop: int, limit: int) -> IntArray:
    margin = max(stop - start, LEAST_MARGIN)
    low, high = max(0, start - margin), min(len(signals[0]), stop + margin)
    if high - low <= limit:
        return np.arange(low, high, dtype=np.int64)
    part = [signal[low:high] for signal in signals]
    return low + keep_spikes(part, limit // (2 + 2 * len(signals)))
