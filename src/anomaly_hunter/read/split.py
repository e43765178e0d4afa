"""Which columns split the rows of a long table into series, found from the clock alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from anomaly_hunter.model import IntArray

# Uniqueness and regularity are judged on the earliest rows; a million rows tell no more.
_WINDOW: Final = 50_000
_MOST_TRIED: Final = 6


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How regular the rows of each group come.

    ``repeated`` is the share of steps of zero; ``usual`` the share of the other steps within 10%
    of the median ``step_ns``; ``multiple`` the share within 10% of a whole multiple of it (gaps);
    ``points`` the mean size of a group; ``fill`` rows / (groups x different times).
    """

    repeated: float
    usual: float
    multiple: float
    step_ns: float
    points: float
    fill: float

    @property
    def is_series(self) -> bool:
        """Hardly a repeated time, mostly the same step, and more than a few points a group."""
        regular = self.usual >= 0.6 and self.multiple >= 0.8
        return (
            self.repeated <= 0.05
            and regular
            and (self.points >= 3 or (self.fill == 1.0 and self.points >= 2))
        )

    @property
    def is_strict(self) -> bool:
        """Every row on the beat, with hardly an exception."""
        return self.repeated <= 0.01 and self.usual >= 0.95


def rhythm(time_ns: IntArray, group: IntArray) -> Rhythm:
    """The rhythm of ``(n,)`` times within ``(n,)`` group numbers.

    >>> r = rhythm(np.array([0, 0, 60, 60, 120, 120]), np.array([0, 1, 0, 1, 0, 1]))
    >>> r.repeated, r.usual, r.step_ns, r.fill
    (0.0, 1.0, 60.0, 1.0)
    """
    order = np.lexsort((time_ns, group))
    ordered, number = time_ns[order], group[order]
    steps = np.diff(ordered)[number[1:] == number[:-1]]
    groups = len(np.unique(number))
    fill = len(time_ns) / max(1, groups * len(np.unique(time_ns)))
    if not len(steps):
        return Rhythm(0.0, 1.0, 1.0, 0.0, len(time_ns) / max(1, groups), fill)
    moving = steps[steps > 0]
    if not len(moving):
        return Rhythm(1.0, 0.0, 0.0, 0.0, len(time_ns) / groups, fill)
    step = float(np.median(moving))
    ratio = moving / step
    usual = float((np.abs(ratio - 1) <= 0.1).mean())
    whole = np.maximum(1.0, np.round(ratio))
    multiple = float((np.abs(ratio - whole) <= 0.1).mean())
    return Rhythm(1 - len(moving) / len(steps), usual, multiple, step, len(time_ns) / groups, fill)


def group_numbers(codes: Sequence[IntArray], n: int) -> IntArray:
    """``(n,)`` one number per combination of codes, 0, 1, ... in sorted order of the codes.

    >>> group_numbers([np.array([0, 0, 1]), np.array([1, 0, 1])], 3)
    array([1, 0, 2])
    """
    group = np.zeros(n, np.int64)
    for column in codes:
        width = int(column.max(initial=-1)) + 2
        _, group = np.unique(group * width + (column + 1), return_inverse=True)
    return group.astype(np.int64)


def choose_split(time_ns: IntArray, codes: Sequence[IntArray]) -> tuple[tuple[int, ...], Rhythm]:
    """Positions of the columns that split the rows into series, and the rhythm they give.

    A column splits only if it is needed: without it times would repeat, lose their regular step,
    or come faster (two hosts that report in turn). When no choice gives series, the rhythm of
    the unsplit rows is returned with an empty choice, and is not ``is_series``.
    """
    window = _earliest(time_ns)
    times, seen = time_ns[window], [column[window] for column in codes]

    def judge(choice: Sequence[int]) -> Rhythm:
        return rhythm(times, group_numbers([seen[i] for i in choice], len(times)))

    everything = tuple(range(len(codes)))
    start = judge(everything)
    if start.is_series:
        return _without_the_needless(everything, start, judge)
    tried = everything[:_MOST_TRIED]
    for size in range(min(3, len(tried)) + 1):
        for choice in combinations(tried, size):
            found = judge(choice)
            if found.is_series:
                return choice, found
    return (), judge(())


def _without_the_needless(
    choice: tuple[int, ...], best: Rhythm, judge: Callable[[Sequence[int]], Rhythm]
) -> tuple[tuple[int, ...], Rhythm]:
    for candidate in reversed(choice):
        smaller = tuple(i for i in choice if i != candidate)
        found = judge(smaller)
        if found.is_series and found.step_ns * 1.5 >= best.step_ns:
            choice, best = smaller, found
    return choice, best


def full_grid(time_ns: IntArray, columns: Sequence[IntArray]) -> bool:
    """Whether every combination of these columns has nearly every time, once each."""
    window = _earliest(time_ns)
    codes = [np.unique(column, return_inverse=True)[1].astype(np.int64) for column in columns]
    group = group_numbers([code[window] for code in codes], len(window))
    found = rhythm(time_ns[window], group)
    return found.repeated == 0 and found.fill >= 0.9 and found.points >= 3


def _earliest(time_ns: IntArray) -> IntArray:
    if len(time_ns) <= _WINDOW:
        return np.arange(len(time_ns))
    return np.argpartition(time_ns, _WINDOW)[:_WINDOW]
