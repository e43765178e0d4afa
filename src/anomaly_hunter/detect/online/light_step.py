"""One step of the light kernel: compare, score, then learn.

Runs on the state of one series or of many: see light_carrier.py.
"""

from __future__ import annotations

from typing import Any, Final

from anomaly_hunter.detect.online.kernel import Step
from anomaly_hunter.detect.online.light_carrier import Carrier
from anomaly_hunter.detect.online.light_layout import (
    COUNT,
    EMPTIED,
    GROWTH,
    HIGH,
    LAG,
    LARGE,
    LEVEL,
    MEAN,
    MIDDLE,
    MIDDLE_SCORE,
    MOVED,
    NEAR,
    NEW_LEVEL,
    PREVIOUS,
    RUN,
    SCORES,
    SMALL,
    SPREAD,
    STEPS_SEEN,
    SUM,
    UPPER_SCORE,
)
from anomaly_hunter.detect.online.light_views import (
    OUTLYING,
    held_error,
    learn_error,
    learn_level,
    learn_prediction,
    learn_season,
    learn_window,
    predict,
    remember,
    season_view,
    short_views,
    window_view,
)

LARGEST: Final = 1e150
"""Values are held within this; their squares are finite."""
MEMORY: Final = 2000.0
TAIL_MEMORY: Final = 20_000.0
"""Ten times as long: a boundary that follows quickly makes scores at different times incomparable."""
NEAR_POINTS: Final = 64.0
"""Points near a new level, after which it is the level."""
LONGEST: Final = 1024.0
"""Points after which an open anomaly is what the series is like now."""
WARM: Final = 20.0
FIRST: Final = 8.0
"""So many values are not scored: there is hardly anything to compare with."""
GRID: Final = 6_442_450_944.0
"""Adding and subtracting 1.5 * 2**32 rounds to a multiple of 2**-20: sums of such numbers are exact."""


def step(o: Carrier, s: Any, value: Any, slot: Any) -> Step:
    """Score a known ``value`` in the time slot ``slot`` (-1: none), then learn from it."""
    value = o.held(value, LARGEST)
    _begin(o, s, value)
    limit = OUTLYING * s[SPREAD]
    off, energy = predict(o, s, limit)
    middle = s[LEVEL] + off
    expected, lower, upper = _around(o, s, middle)
    count = s[COUNT] + 1.0
    s[COUNT] = count
    rate = 1.0 / o.least(count, MEMORY)
    error = value - middle
    off = o.held(value - s[LEVEL], limit)
    far, near_past, rough = short_views(s, value, error)
    small = window_view(o, s, off, SMALL)
    large = window_view(o, s, off, LARGE)
    season = season_view(o, s, value, slot, rate)
    fused = o.fuse(s, (far, near_past, rough, small[0], large[0], season))
    score = o.where(count > FIRST, fused / _boundary(o, s), 0.0)
    learn = score < 1.0
    _learn_tail(o, s, fused, 1.0 / o.least(count, TAIL_MEMORY))
    for view, deviation in ((0, far), (1, near_past), (2, rough), (5, season)):
        o.track(s, view, deviation, rate, learn)
    held = held_error(o, s, error)
    learn_prediction(o, s, held, energy, learn)
    learn_error(o, s, held, rate, learn)
    remember(s, value, off)
    for bank, window in ((SMALL, small), (LARGE, large)):
        new = learn & window[1]
        if o.some(new):
            o.track(s, bank.number, window[0], o.least(rate * bank.points, 0.5), new)
            learn_window(o, s, bank, window, new)
    learn_season(o, s, value, slot, learn)
    learn_level(o, s, value, rate, learn)
    shifted = _follow(o, s, value, score)
    return Step(score, expected, lower, upper, final_score(o, s, score), shifted)


def band(o: Carrier, s: Any) -> tuple[Any, Any, Any]:
    """Expected value, lower and upper end of the band; NaN before the third value.

    Half the band is ``q50 + 1.35 (q90 - q50)`` of the absolute errors: 1.96 standard deviations of a
    normal error, more of a heavier tail.
    """
    off, _ = predict(o, s, OUTLYING * s[SPREAD])
    return _around(o, s, s[LEVEL] + off)


def _around(o: Carrier, s: Any, middle: Any) -> tuple[Any, Any, Any]:
    known, nan = s[COUNT] > 2.5, float("nan")
    half = s[MIDDLE] + 1.35 * (s[HIGH] - s[MIDDLE])
    return o.where(known, middle, nan), o.where(known, middle - half, nan), o.where(known, middle + half, nan)


def _begin(o: Carrier, s: Any, value: Any) -> None:
    new = s[COUNT] < 0.5
    if o.some(new):
        s[PREVIOUS] = o.where(new, value, s[PREVIOUS])
        s[LEVEL] = o.where(new, value, s[LEVEL])


def _boundary(o: Carrier, s: Any) -> Any:
    body = s[MIDDLE_SCORE] + s[GROWTH] * (s[UPPER_SCORE] - s[MIDDLE_SCORE])
    return o.most(body, 2.0) * (1.0 + WARM / s[COUNT])


def _learn_tail(o: Carrier, s: Any, fused: Any, rate: Any) -> None:
    """Median and 95% quantile of the fused deviation, by steps of a share of the latter."""
    middle, upper = s[MIDDLE_SCORE], s[UPPER_SCORE]
    pace = o.least(rate, 0.05) * o.most(upper, 0.25)
    middle_now = o.most(middle + o.where(fused > middle, 3.0, -3.0) * pace, 0.0)
    s[UPPER_SCORE] = o.most(upper + o.where(fused > upper, 19.0, -1.0) * pace, middle_now)
    s[MIDDLE_SCORE] = middle_now


def _follow(o: Carrier, s: Any, value: Any, score: Any) -> Any:
    """Follow an open anomaly; once it is a lasting new level, everything known moves there."""
    opened = score >= 1.0
    if not o.some(opened | (s[RUN] > 0.0)):
        return opened
    starts = opened & (s[RUN] < 0.5)
    level = o.where(starts, value, s[NEW_LEVEL])
    near = abs(value - level) <= 4.0 * s[MEAN + 2] + 2.0 * s[SPREAD]
    s[NEW_LEVEL] = o.where(opened, level + (value - level) / 16.0, level)
    s[NEAR] = o.where(opened, o.where(near, s[NEAR] + 1.0, s[NEAR] * 0.5), 0.0)
    s[RUN] = o.where(opened, s[RUN] + 1.0, 0.0)
    shifted = (s[NEAR] >= NEAR_POINTS) | (s[RUN] >= LONGEST)
    if o.some(shifted):
        _rebase(o, s, shifted)
    return shifted


def _rebase(o: Carrier, s: Any, shifted: Any) -> None:
    """Level, season and typical windows move to the new level; the short memories start again."""
    move = s[NEW_LEVEL] - s[LEVEL]
    for start, end in MOVED:
        for place in range(start, end):
            s[place] = o.where(shifted, s[place] + move, s[place])
    for start, end in EMPTIED:
        for place in range(start, end):
            s[place] = o.where(shifted, 0.0, s[place])
    for bank in (SMALL, LARGE):
        for place in range(bank.recent, bank.typical):
            s[place] = o.where(shifted, s[LEVEL], s[place])
    s[COUNT] = o.where(shifted, o.least(s[COUNT], 100.0), s[COUNT])


def final_score(o: Carrier, s: Any, score: Any) -> Any:
    """The mean of the last ``LAG + 1`` scores: what is said, in the end, of the first of them."""
    latest = (o.least(score, 1000.0) + GRID) - GRID
    total = s[SUM] + latest
    s[SUM] = total - s[SCORES + LAG - 1]
    s[SCORES + 1 : SCORES + LAG] = s[SCORES : SCORES + LAG - 1]
    s[SCORES] = latest
    s[STEPS_SEEN] = s[STEPS_SEEN] + 1.0
    return o.where(s[STEPS_SEEN] > LAG + 0.5, total / (LAG + 1.0), float("nan"))
