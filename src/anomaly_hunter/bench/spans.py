"""Half-open spans ``(start, stop)`` of positions, and masks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Span: TypeAlias = tuple[int, int]


def spans_of(mask: npt.ArrayLike) -> list[Span]:
    """Runs of true values as half-open spans.

    >>> spans_of([0, 1, 1, 0, 1])
    [(1, 3), (4, 5)]
    """
    flat = np.concatenate([[0], np.asarray(mask, dtype=bool).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def merge_spans(spans: Iterable[Span], gap: int = 0) -> list[Span]:
    """Sorted, with spans made one that overlap, touch, or lie at most ``gap`` points apart.

    >>> merge_spans([(7, 9), (1, 3), (3, 5)])
    [(1, 5), (7, 9)]
    >>> merge_spans([(7, 9), (1, 3)], gap=4)
    [(1, 9)]
    """
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1] + gap:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def clip_spans(spans: Iterable[Span], start: int, stop: int) -> list[Span]:
    """What of the spans lies in ``[start, stop)``, counted from ``start``.

    >>> clip_spans([(0, 4), (6, 12), (20, 21)], 2, 10)
    [(0, 2), (4, 8)]
    """
    cut = ((max(a, start) - start, min(b, stop) - start) for a, b in spans)
    return [(a, b) for a, b in cut if a < b]


def mask_of(spans: Iterable[Span], n: int) -> npt.NDArray[np.bool_]:
    """``(n,)`` true inside the spans.

    >>> mask_of([(1, 3)], 4).tolist()
    [False, True, True, False]
    """
    mask = np.zeros(n, dtype=bool)
    for start, stop in spans:
        mask[start:stop] = True
    return mask
