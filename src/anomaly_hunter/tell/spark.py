"""A series in one line of block characters."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np

from anomaly_hunter.model import FloatArray, IntArray

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = "_.-=+*#@"


def spark(value: FloatArray, width: int, blocks: str = BLOCKS) -> str:
    """``width`` characters (fewer for fewer points); each shows its farthest value from the median.

    So a single spike or dip among a million points is seen. A space is a stretch without values.

    >>> spark(np.array([0.0, 0, 7, 0, np.nan, 3]), 6)
    '▁▁█▁ ▄'
    """
    edges = bins(len(value), width)
    known = value[np.isfinite(value)]
    if not len(known):
        return " " * (len(edges) - 1)
    low, high = float(known.min()), float(known.max())
    half = high / 2 - low / 2
    if not half > 1e-300:
        return "".join(" " if np.isnan(value[a:b]).all() else blocks[0] for a, b in pairwise(edges))
    part = (value / 2 - low / 2) / half
    away = np.abs(part - np.nanmedian(part))
    away[np.isnan(part)] = -1.0
    signs = []
    for start, stop in pairwise(edges):
        shown = part[start + int(np.argmax(away[start:stop]))]
        signs.append(" " if np.isnan(shown) else blocks[min(int(shown * len(blocks)), len(blocks) - 1)])
    return "".join(signs)


def bins(n: int, width: int) -> IntArray:
    """Edges that cut ``n`` points into at most ``width`` even parts, none empty.

    >>> bins(10, 4).tolist()
    [0, 2, 5, 7, 10]
    """
    parts = max(0, min(n, width))
    return np.linspace(0, n, parts + 1).astype(np.int64)


def spans_in(spans: tuple[tuple[int, int], ...], n: int, width: int) -> IntArray:
    """``(parts,)`` for each character of a spark: 2 the first span, 1 another span, 0 none.

    >>> spans_in(((4, 6), (9, 10)), 10, 5).tolist()
    [0, 0, 2, 0, 1]
    """
    edges = bins(n, width)
    marks = np.zeros(max(0, len(edges) - 1), dtype=np.int64)
    for index, (start, stop) in reversed(list(enumerate(spans))):
        first = int(np.searchsorted(edges, start, side="right")) - 1
        last = int(np.searchsorted(edges, stop, side="left"))
        marks[first:last] = 1 if index else 2
    return marks
