"""Drops that give back what was climbed since the last one: collections, rotations, refills."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from anomaly_hunter.detect.spans import Span
from anomaly_hunter.model import FloatArray

FEWEST: Final = 3
ALIKE: Final = 1.6
GIVEN_BACK: Final = 0.5


def teeth(value: FloatArray, spans: Sequence[Span]) -> frozenset[Span]:
    """Those spans that are teeth of a sawtooth: no incident, however sudden each step is.

    Each span is known by its largest step, from one point before it to one behind. Teeth are three or
    more of one direction, within a factor of 1.6 of their median, between which the series goes back by
    what the step took, give or take half, and slowly. A step that is larger than that is none of them.

    >>> x = np.tile(np.arange(50.0), 8)
    >>> sorted(teeth(x, [(49, 50), (100, 101), (149, 151), (200, 201)]))
    [(49, 50), (100, 101), (149, 151), (200, 201)]
    >>> x[:] = 0.0; x[[49, 100, 150]] = 50.0
    >>> sorted(teeth(x, [(49, 50), (100, 101), (150, 151)]))
    []
    """
    largest = float(np.abs(value).max(initial=0.0, where=~np.isnan(value)))
    if len(spans) < FEWEST or largest == 0.0:
        return frozenset()
    value = value / largest
    steps = [(found, span) for span in sorted(spans) if (found := _largest_step(value, span)) is not None]
    down = [pair for pair in steps if pair[0][1] < 0]
    up = [pair for pair in steps if pair[0][1] > 0]
    return frozenset(span for side in (down, up) for span in _alike(value, side))


def _largest_step(value: FloatArray, span: Span) -> tuple[int, float] | None:
    """Where the largest step in or beside a span leads to, and how far."""
    first, last = max(0, span[0] - 1), min(len(value), span[1] + 1)
    change = np.diff(value[first:last])
    if not len(change) or bool(np.isnan(change).all()):
        return None
    i = int(np.nanargmax(np.abs(change)))
    return first + i + 1, float(change[i])


def _alike(value: FloatArray, steps: Sequence[tuple[tuple[int, float], Span]]) -> list[Span]:
    if len(steps) < FEWEST:
        return []
    usual = float(np.median([step for (_, step), _ in steps]))
    close = [pair for pair in steps if 1.0 / ALIKE <= pair[0][1] / usual <= ALIKE]
    if len(close) < FEWEST:
        return []
    places = [place for (place, _), _ in close]
    gone = (value[a:b] / -usual for a, b in pairwise(places))
    return [span for _, span in close] if all(_climbs_back(course) for course in gone) else []


def _climbs_back(course: FloatArray) -> bool:
    """Whether it goes by 1, give or take half, and never by more than half at once."""
    if not abs(float(course[-1] - course[0]) - 1.0) <= GIVEN_BACK:
        return False
    return len(course) > 1 and not bool((np.diff(course) > GIVEN_BACK).any())
