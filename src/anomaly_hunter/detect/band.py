"""The band that normal values lie in: what a person would draw around the usual course."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from anomaly_hunter.detect.baseline import Baseline
from anomaly_hunter.detect.breadth import Breadth, learn_breadth
from anomaly_hunter.detect.calendar import BoolArray, Calendar
from anomaly_hunter.detect.rhythm import Rhythm, learn_rhythm
from anomaly_hunter.model import FloatArray, IntArray, Profile
from anomaly_hunter.stats.robust import carried, column_medians, median, scale
from anomaly_hunter.stats.segments import rolling_median

FEWEST = 8
"""The band is learnt from no fewer points, if need be from abnormal ones."""

LONG = 1_000
"""From here on the level is followed, and so is a shift that lasts."""

BLOCKS = 400
"""The level of a long series is followed by so many block medians."""

LEVELS = 24
"""A median over this part of a long series, or over one cycle, is its level."""

CONFIRMED = 40
"""A shift is confirmed after this part of a long series, or one cycle: then the band follows."""

CAREFUL = 1.5
"""The band of a special day is wider by this factor."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """``lower`` to ``upper`` hold the share of normal values that was asked for; all ``(n,)``.

    ``unit`` is the width as the normal law has it in standard deviations: what "120 ± 3" says.
    """

    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    unit: FloatArray


def fit_band(
    value: FloatArray,
    quiet: BoolArray,
    baseline: Baseline,
    about: Profile,
    calendar: Calendar,
    *,
    share: float = 0.95,
) -> Band:
    """The band of ``(n,)`` values (NaN = missing) that holds ``share`` of the normal ones.

    ``quiet`` marks the points that do not alarm: the band is learnt from these, and from a shift
    that lasts, once it is confirmed. Expected is level + day + week (:func:`learn_rhythm`); the
    distances of the ends come from the residuals themselves, each side for itself, by phase and
    time (:func:`learn_breadth`). Counts are handled on the scale ``2 sqrt(x + 3/8)``; what was never
    negative is not expected to become so.

    On special days the expected course is that of a Sunday, moved by what earlier special days
    were off; the band holds that, half as wide again, and the band of an ordinary day.
    """
    finite = np.isfinite(value)
    special = calendar.special & finite
    calm = learnable(quiet | special, finite, baseline, about.period)
    work = 2.0 * np.sqrt(np.maximum(value, 0.0) + 0.375) if about.counts else value
    ordinary = calm & ~special
    known = np.where(ordinary if int(ordinary.sum()) >= FEWEST else calm, work, np.nan)
    first = _level(known, baseline, about.period)
    rhythm = learn_rhythm(known - first, about.period, calendar)
    level = _level(known - rhythm.course, baseline, about.period)
    floor = max(
        0.25 if about.counts else 1e-3 * scale(value[calm]), 1e-9 * float(np.abs(work[calm]).max()), 1e-306
    )
    breadth = learn_breadth(known - level - rhythm.course, rhythm, share, floor)
    z = NormalDist().inv_cdf(0.5 + 0.5 * share)
    # A course that is in doubt itself is not to be missed by that either.
    breadth = Breadth(np.hypot(breadth.up, z * rhythm.doubt), np.hypot(breadth.down, z * rhythm.doubt))
    ends = _with_special_days(work, level, rhythm, breadth, calendar)
    if about.counts:
        ends = tuple((0.5 * np.maximum(end, 1.2247)) ** 2 - 0.375 for end in ends)
    if float(value[finite].min()) >= 0.0:
        ends = tuple(np.maximum(end, 0.0) for end in ends)
    expected, lower, upper = ends
    return Band(expected, lower, upper, (upper - lower) / (2.0 * z))


def learnable(quiet: BoolArray, finite: BoolArray, baseline: Baseline, period: int) -> BoolArray:
    """The points that the band is learnt from.

    In a short series those that do not alarm and lie on its normal level. In a long one those that do
    not alarm; and all where more than half of the points alarmed for twice a cycle (or a
    twentieth of the series): such a shift is here to stay.
    """
    n = len(quiet)
    if n < LONG:
        for calm in (quiet & finite & baseline.normal, quiet & finite):
            if int(calm.sum()) >= max(FEWEST, n // 4):
                return calm
        return finite
    wait = max(n // CONFIRMED, period)
    total = np.cumsum(np.concatenate([np.zeros(2 * wait), ~quiet & finite]))
    lasting = total[2 * wait :] - total[: -2 * wait] >= wait
    calm = (quiet | lasting) & finite
    return calm if int(calm.sum()) >= n // 4 else finite


def _level(known: FloatArray, baseline: Baseline, period: int) -> FloatArray:
    """The slow level; in a short series that of the baseline, moved to where the rest lies."""
    if len(known) >= LONG:
        return slow_level(known, period)
    off = known - baseline.level
    return np.asarray(baseline.level + median(off[~np.isnan(off)]))


def slow_level(known: FloatArray, period: int) -> FloatArray:
    """A running median over one cycle, or a 24th of the series; kept as it was where nothing is known.

    It keeps its steps sharp, so that a shift that lasts is followed at once and an incident of
    less than half that width not at all.
    """
    n = len(known)
    width = max(n // BLOCKS, 1)
    count = -(-n // width)
    padded = np.full(count * width, np.nan)
    padded[:n] = known
    kept = carried(column_medians(padded.reshape(count, width).T))
    span = max(count // LEVELS, round(period / width)) | 1
    slow = rolling_median(kept, min(span, count // 2))
    middle = np.minimum((np.arange(count) + 0.5) * width - 0.5, n - 1)
    return np.interp(np.arange(n), middle, slow)


def _with_special_days(
    work: FloatArray, level: FloatArray, rhythm: Rhythm, breadth: Breadth, calendar: Calendar
) -> tuple[FloatArray, ...]:
    """Expected, lower and upper, on special days by their own rule."""
    expected = level + rhythm.course
    lower, upper = expected - breadth.down, expected + breadth.up
    at = np.flatnonzero(calendar.special)
    if not len(at):
        return expected, lower, upper
    free = level[at] + rhythm.on_sunday[at]
    free = free + _earlier(work[at] - free, calendar.date[at])
    expected[at] = free
    lower[at] = np.minimum(lower[at], free - CAREFUL * breadth.down[at])
    upper[at] = np.maximum(upper[at], free + CAREFUL * breadth.up[at])
    return expected, lower, upper


def _earlier(off: FloatArray, date: IntArray) -> FloatArray:
    """What ``k`` earlier days were off, the median of their medians, times ``k / (k + 1)``."""
    moved = np.zeros(len(off))
    seen: list[float] = []
    for day in np.unique(date):
        mine = date == day
        if seen:
            moved[mine] = median(np.array(seen)) * len(seen) / (len(seen) + 1.0)
        inner = off[mine & ~np.isnan(off)]
        if len(inner):
            seen.append(median(inner))
    return moved
