"""What a value deviates from: a prediction, its neighbours, its time of day, typical windows.

The same lines run on floats and on rows of arrays (one column a series): see light_carrier.py.
Only + - * /, comparisons and square roots: these are exact to the last bit in both.
"""

from __future__ import annotations

from typing import Any

from anomaly_hunter.detect.online.light_carrier import Carrier
from anomaly_hunter.detect.online.light_layout import (
    COUNT,
    ERROR,
    ERRORS,
    LEVEL,
    LEVEL_ERROR,
    MEAN,
    PAST,
    PREVIOUS,
    SEASON_ERROR,
    SHORT,
    SPREAD,
    STEPS,
    TABLE,
    TAPS,
    TINY,
    VISITS,
    WEIGHT,
    Bank,
)

OUTLYING = 10.0
"""Values further than this many mean distances from the level enter windows only as far as that."""


def predict(o: Carrier, s: Any, limit: Any) -> tuple[Any, Any]:
    """The value expected next, as a distance from the level; the energy of what it rests on."""
    w0, w1, w2, w3, w4, w5, w6, w7 = s[WEIGHT : WEIGHT + TAPS]
    a, b, c, d, e, f, g, h = s[PAST : PAST + TAPS]
    deviation = w0 * a + w1 * b + w2 * c + w3 * d + w4 * e + w5 * f + w6 * g + w7 * h
    energy = a * a + b * b + c * c + d * d + e * e + f * f + g * g + h * h
    return o.held(deviation, limit), energy


def learn_prediction(o: Carrier, s: Any, held: Any, energy: Any, learn: Any) -> None:
    """One normalised step of least mean squares from an error ``held`` within four usual ones.

    Widrow & Hoff, "Adaptive switching circuits", 1960; the normalised form: Haykin, "Adaptive
    filter theory", section 6.
    """
    gain = o.where(learn, 0.05 * held / (energy + 8.0 * s[SPREAD] * s[SPREAD] + TINY), 0.0)
    w0, w1, w2, w3, w4, w5, w6, w7 = s[WEIGHT : WEIGHT + TAPS]
    a, b, c, d, e, f, g, h = s[PAST : PAST + TAPS]
    s[WEIGHT : WEIGHT + TAPS] = (
        w0 + gain * a, w1 + gain * b, w2 + gain * c, w3 + gain * d,
        w4 + gain * e, w5 + gain * f, w6 + gain * g, w7 + gain * h,
    )  # fmt: skip


def learn_error(o: Carrier, s: Any, held: Any, rate: Any, learn: Any) -> None:
    """The usual size of an error of the prediction."""
    s[ERROR] = o.where(learn, s[ERROR] + (abs(held) - s[ERROR]) * rate, s[ERROR])


def held_error(o: Carrier, s: Any, error: Any) -> Any:
    """The error, within four usual ones once these are known."""
    return o.where(s[COUNT] > 30.0, o.held(error, 4.0 * s[ERROR]), error)


def remember(s: Any, value: Any, off: Any) -> None:
    """The value, ``off`` the level, becomes the latest of the past that predictions rest on."""
    s[PAST + 1 : PAST + TAPS] = s[PAST : PAST + TAPS - 1]
    s[PAST] = off
    s[PREVIOUS] = value


def learn_level(o: Carrier, s: Any, value: Any, rate: Any, learn: Any) -> None:
    """Level and mean distance, both by steps of at most three mean distances."""
    most = 3.0 * s[SPREAD]
    off = value - s[LEVEL]
    held = o.where(s[COUNT] > 20.0, o.held(off, most), off)
    s[LEVEL] = o.where(learn, s[LEVEL] + held * rate, s[LEVEL])
    s[SPREAD] = o.where(learn, s[SPREAD] + (abs(held) - s[SPREAD]) * rate, s[SPREAD])


def short_views(s: Any, value: Any, error: Any) -> tuple[Any, Any, Any]:
    """Error of the prediction, its mean over 8 points, mean step over 16."""
    far = abs(error)
    s[ERRORS + 1 : ERRORS + SHORT] = s[ERRORS : ERRORS + SHORT - 1]
    s[ERRORS] = far
    s[STEPS + 1 : STEPS + 2 * SHORT] = s[STEPS : STEPS + 2 * SHORT - 1]
    s[STEPS] = abs(value - s[PREVIOUS])
    near = _eight(s, ERRORS) / SHORT
    return far, near, (_eight(s, STEPS) + _eight(s, STEPS + SHORT)) / (2 * SHORT)


def _eight(s: Any, at: int) -> Any:
    a, b, c, d, e, f, g, h = s[at : at + SHORT]
    return a + b + c + d + e + f + g + h


def season_view(o: Carrier, s: Any, value: Any, slot: Any, rate: Any) -> Any:
    """Distance from what is usual at this time of day; 0 while that explains less than the level does.

    The errors that decide are learned always, held within four usual ones.
    """
    clocked, slot = slot > -0.5, o.most(slot, 0)
    usual = o.take(s, TABLE, slot)
    known = clocked & (o.take(s, VISITS, slot) > 0.5)
    off = abs(value - usual)
    plain = abs(value - s[LEVEL])
    used = known & (s[SEASON_ERROR] < 0.7 * s[LEVEL_ERROR])
    season, level = s[SEASON_ERROR], s[LEVEL_ERROR]
    s[SEASON_ERROR] = o.where(known, season + (o.least(off, 4.0 * level + TINY) - season) * rate, season)
    s[LEVEL_ERROR] = (
        level + (o.where(s[COUNT] > 30.0, o.least(plain, 4.0 * level + TINY), plain) - level) * rate
    )
    return o.where(used, off, 0.0)


def learn_season(o: Carrier, s: Any, value: Any, slot: Any, learn: Any) -> None:
    """The table's slot moves to the value, by at most three mean distances."""
    use = learn & (slot > -0.5)
    if not o.some(use):
        return
    slot = o.most(slot, 0)
    visits, usual = o.take(s, VISITS, slot), o.take(s, TABLE, slot)
    most = 3.0 * s[SPREAD]
    off = value - usual
    held = o.where(visits > 0.5, o.held(off, most), off)
    moved = usual + held / o.least(256.0, visits + 1.0)
    o.put(s, TABLE, slot, o.where(use, moved, usual))
    o.put(s, VISITS, slot, o.where(use, visits + 1.0, visits))


def window_view(o: Carrier, s: Any, off: Any, bank: Bank) -> tuple[Any, Any, Any]:
    """Distance of the last window to the nearest typical one; is it a new window, which one is nearest.

    Sequential k-means (MacQueen 1967) on windows of block means; the first centres are the first
    windows that do not overlap. The distance changes at the end of a block. ``off``: distance of
    the value from the level.
    """
    at = bank.at
    s[at] = s[at] + (s[LEVEL] + off)
    s[at + 1] = s[at + 1] + 1.0
    full = s[at + 1] > bank.points - 0.5
    nearest = 0.0
    if o.some(full):
        o.push(s, bank, full)
        distance, nearest = o.nearest(s, bank)
        distance = o.where(s[at + 2] > bank.blocks - 0.5, distance, 0.0)
        s[at + 3] = o.where(full, distance, s[at + 3])
    return s[at + 3], full, nearest


def learn_window(o: Carrier, s: Any, bank: Bank, window: tuple[Any, Any, Any], new: Any) -> None:
    """The nearest centre moves to a new window, by a step that an outlying one makes smaller."""
    distance, _, nearest = window
    _first_centres(o, s, bank, new)
    moves = new & (distance > 0.0)
    usual = 3.0 * s[MEAN + bank.number] + TINY
    weight = o.take(s, bank.weight, nearest)
    rate = o.least(1.0, usual / (distance + TINY)) / o.least(512.0, weight + 1.0)
    rate = o.where(s[MEAN + bank.number] > 0.0, rate, 0.0)
    o.pull(s, bank, nearest, rate, moves)


def _first_centres(o: Carrier, s: Any, bank: Bank, new: Any) -> None:
    if not o.some(new & (s[bank.at + 2] < (bank.centres * bank.blocks + 0.5))):
        return
    for centre in range(bank.centres):
        here = new & (s[bank.at + 2] == (centre + 1.0) * bank.blocks)
        if not o.some(here):
            continue
        at = bank.typical + centre * bank.blocks
        for i in range(bank.blocks):
            s[at + i] = o.where(here, s[bank.recent + i], s[at + i])
        s[bank.weight + centre] = o.where(here, 1.0, s[bank.weight + centre])
