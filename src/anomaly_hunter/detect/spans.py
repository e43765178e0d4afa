"""From scores to spans: where is it over the boundary, and which of those points are abnormal?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.robust import median
from anomaly_hunter.stats.segments import rolling_median

BoolArray = npt.NDArray[np.bool_]
Span = tuple[int, int]

CLEAR = 2.0
"""|z| from which a point under a raised window counts as abnormal itself."""

FADED = 2.0
"""Smoothed |z| down to which a span is followed outwards."""

NEAR = 3
"""Abnormal points no farther apart than this belong together."""


def runs(mask: BoolArray) -> list[Span]:
    """Half-open spans where the mask is true.

    >>> runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def merged(spans: list[Span], gap: int) -> list[Span]:
    """Sorted spans, those at most ``gap`` points apart made one.

    >>> merged([(5, 6), (0, 2), (3, 4)], 1)
    [(0, 6)]
    """
    result: list[Span] = []
    for start, stop in sorted(spans):
        if result and start - result[-1][1] <= gap:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What spans are cut from: the fused score, the part of it that is exact to the point, and z."""

    score: FloatArray
    exact: FloatArray
    z: FloatArray


def find_spans(marks: Marks, apart: int = 0) -> list[Span]:
    """Spans over the boundary, trimmed to the abnormal points and followed to where they fade.

    Window detectors raise all points of a window; of those, the ones stay whose own value is
    abnormal, in clusters around the strangest; where no value is, the points that score more
    than half the highest stay. Each span then grows while the values beside it, smoothed over a
    fifth of its length, still lie off on the same side.

    ``apart``: spans that are no farther apart are one incident that flickers, whatever side the
    values lie off on; 0 joins those only that lie off on the same side.
    """
    score, exact, z = marks.score, marks.exact, marks.z
    found: list[Span] = []
    for start, stop in merged(runs(score >= 1.0), NEAR):
        own = exact[start:stop] >= 1.0
        clear = np.abs(z[start:stop]) >= CLEAR
        if own.any():
            found += [(start + a, start + b) for a, b in merged(runs(own), NEAR)]
        elif clear.any():
            found += [(start + a, start + b) for a, b in _clusters(z[start:stop], clear)]
        else:
            high = score[start:stop] >= max(1.0, 0.5 * float(score[start:stop].max()))
            found += [(start + a, start + b) for a, b in merged(runs(high), NEAR)]
    grown = [_grown(z, span) for span in merged(found, 0)]
    joined = _joined(grown, z)
    if not apart:
        return joined
    # What lies under one stretch of alarms, or follows before it is quiet again, is one incident.
    stretches = merged(runs(score >= 1.0), apart)
    return merged(_gathered(joined, stretches), apart)


def _gathered(spans: list[Span], stretches: list[Span]) -> list[Span]:
    """Spans that touch the same stretch made one."""
    firsts = np.array([start for start, _ in stretches])
    by_stretch: dict[int, Span] = {}
    for start, stop in spans:
        place = max(int(np.searchsorted(firsts, stop - 1, side="right")) - 1, 0)
        first, last = by_stretch.get(place, (start, stop))
        by_stretch[place] = (min(first, start), max(last, stop))
    return list(by_stretch.values())


def _clusters(z: FloatArray, clear: BoolArray) -> list[Span]:
    """Groups of clear points, those that reach half of the strangest."""
    groups = merged(runs(clear), NEAR)
    peak = float(np.abs(z).max())
    return [(a, b) for a, b in groups if float(np.abs(z[a:b]).max()) >= 0.5 * peak]


def _grown(z: FloatArray, span: Span) -> Span:
    """Follow the span outwards on both sides."""
    start, stop = span
    n, length = len(z), stop - start
    side = float(np.sign(median(z[start:stop])))
    if side == 0.0 or float(np.abs(z[start:stop]).max()) < CLEAR:
        return span
    # How far to look: an incident may fade as long as twice what it lasted.
    reach = max(2 * length, 8)
    width = min(max(length // 4, 1), 15) | 1
    fade = FADED / np.sqrt(min(width, 4))
    low, high = max(start - reach, 0), min(stop + reach, n)
    smooth = rolling_median(side * z[low:high], width) if width > 1 else side * z[low:high]
    off = smooth >= fade
    while stop < high and off[stop - low]:
        stop += 1
    while start > low and off[start - 1 - low]:
        start -= 1
    return start, stop


def _joined(spans: list[Span], z: FloatArray) -> list[Span]:
    """Spans on the same side made one where few points, or mostly abnormal ones, lie between them."""
    result: list[Span] = []
    for start, stop in merged(spans, 0):
        if result:
            first, last = result[-1]
            gap = start - last
            short = min(stop - start, last - first)
            alike = median(z[start:stop]) * median(z[first:last]) > 0
            if gap <= NEAR or (alike and gap <= max(NEAR, min(short, 16))):
                result[-1] = (first, stop)
                continue
        result.append((start, stop))
    return result
