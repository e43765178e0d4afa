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
    VISITS,
    WEIGHT,
    Bank,
)

TINY = 1e-300
UNKNOWN = 1e307
OUTLYING = 10.0
"""Values further than this many mean distances from the level enter windows only as far as that."""


def predict(o: Carrier, s: Any) -> tuple[Any, Any]:
    """The value expected next, as a distance from the level; the energy of what it rests on."""
    deviation = s[WEIGHT] * s[PAST]
    energy = s[PAST] * s[PAST]
    for i in range(1, TAPS):
        past = s[PAST + i]
        deviation = deviation + s[WEIGHT + i] * past
        energy = energy + past * past
    limit = OUTLYING * s[SPREAD]
    return o.least(o.most(deviation, 0.0 - limit), limit), energy


def learn_prediction(o: Carrier, s: Any, error: Any, energy: Any, learn: Any) -> None:
    """One normalised step of least mean squares, the error held within four usual ones.

    Widrow & Hoff, "Adaptive switching circuits", 1960; the normalised form: Haykin, "Adaptive
    filter theory", section 6.
    """
    held = _held_error(o, s, error)
    gain = o.where(learn, 0.05 * held / (energy + 8.0 * s[SPREAD] * s[SPREAD] + TINY), 0.0)
    for i in range(TAPS):
        s[WEIGHT + i] = s[WEIGHT + i] + gain * s[PAST + i]


def learn_error(o: Carrier, s: Any, error: Any, rate: Any, learn: Any) -> None:
    """The usual size of an error of the prediction."""
    held = abs(_held_error(o, s, error))
    s[ERROR] = o.where(learn, s[ERROR] + (held - s[ERROR]) * rate, s[ERROR])


def _held_error(o: Carrier, s: Any, error: Any) -> Any:
    usual = 4.0 * s[ERROR]
    return o.where(s[COUNT] > 30.0, o.least(o.most(error, 0.0 - usual), usual), error)


def remember(o: Carrier, s: Any, value: Any) -> None:
    """The value becomes the latest of the past that predictions rest on."""
    limit = OUTLYING * s[SPREAD]
    latest = o.least(o.most(value - s[LEVEL], 0.0 - limit), limit)
    s[PAST + 1 : PAST + TAPS] = s[PAST : PAST + TAPS - 1].copy()
    s[PAST] = latest
    s[PREVIOUS] = value


def learn_level(o: Carrier, s: Any, value: Any, rate: Any, learn: Any) -> None:
    """Level and mean distance, both by steps of at most three mean distances."""
    most = 3.0 * s[SPREAD]
    off = value - s[LEVEL]
    held = o.where(s[COUNT] > 20.0, o.least(o.most(off, 0.0 - most), most), off)
    s[LEVEL] = o.where(learn, s[LEVEL] + held * rate, s[LEVEL])
    s[SPREAD] = o.where(learn, s[SPREAD] + (abs(held) - s[SPREAD]) * rate, s[SPREAD])


def mean_of_last(s: Any, ring: int, length: int, value: Any) -> Any:
    """The mean of the last ``length`` values, this one included."""
    s[ring + 1 : ring + length] = s[ring : ring + length - 1].copy()
    s[ring] = value
    total = value + s[ring + 1]
    for other in s[ring + 2 : ring + length]:
        total = total + other
    return total / length


def short_views(s: Any, value: Any, error: Any) -> tuple[Any, Any, Any]:
    """Error of the prediction, its mean over 8 points, mean step over 16."""
    far = abs(error)
    step = abs(value - s[PREVIOUS])
    return far, mean_of_last(s, ERRORS, SHORT, far), mean_of_last(s, STEPS, 2 * SHORT, step)


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
    clocked, slot = slot > -0.5, o.most(slot, 0)
    visits, usual = o.take(s, VISITS, slot), o.take(s, TABLE, slot)
    most = 3.0 * s[SPREAD]
    off = value - usual
    held = o.where(visits > 0.5, o.least(o.most(off, 0.0 - most), most), off)
    moved = usual + held * o.most(1.0 / 256.0, 1.0 / (visits + 1.0))
    use = learn & clocked
    o.put(s, TABLE, slot, o.where(use, moved, usual))
    o.put(s, VISITS, slot, o.where(use, visits + 1.0, visits))


def window_view(o: Carrier, s: Any, value: Any, bank: Bank) -> tuple[Any, Any, Any]:
    """Distance of the last window to the nearest typical one; is it a new window, which one is nearest.

    Sequential k-means (MacQueen 1967) on windows of block means; the first centres are the first
    windows that do not overlap. The distance changes at the end of a block.
    """
    limit = OUTLYING * s[SPREAD]
    off = o.least(o.most(value - s[LEVEL], 0.0 - limit), limit)
    s[bank.at] = s[bank.at] + (s[LEVEL] + off)
    s[bank.at + 1] = s[bank.at + 1] + 1.0
    full = s[bank.at + 1] > bank.points - 0.5
    nearest = 0.0 * value
    if o.some(full):
        _next_block(o, s, bank, full)
        distance, nearest = _nearest(o, s, bank)
        s[bank.at + 3] = o.where(full, distance, s[bank.at + 3])
    return s[bank.at + 3], full, nearest


def _next_block(o: Carrier, s: Any, bank: Bank, full: Any) -> None:
    for place in range(bank.typical - 1, bank.recent, -1):
        s[place] = o.where(full, s[place - 1], s[place])
    s[bank.recent] = o.where(full, s[bank.at] / bank.points, s[bank.recent])
    s[bank.at] = o.where(full, 0.0, s[bank.at])
    s[bank.at + 1] = o.where(full, 0.0, s[bank.at + 1])
    s[bank.at + 2] = o.where(full, s[bank.at + 2] + 1.0, s[bank.at + 2])


def _nearest(o: Carrier, s: Any, bank: Bank) -> tuple[Any, Any]:
    recent = s[bank.recent : bank.typical]
    least, nearest = 0.0 * s[LEVEL] + UNKNOWN, 0.0 * s[LEVEL]
    for centre in range(bank.centres):
        at = bank.typical + centre * bank.blocks
        square = 0.0 * s[LEVEL]
        for mean, usual in zip(recent, s[at : at + bank.blocks], strict=True):
            off = mean - usual
            square = square + off * off
        closer = (square < least) & (s[bank.weight + centre] > 0.5)
        least = o.where(closer, square, least)
        nearest = o.where(closer, 0.0 * square + centre, nearest)
    known = (least < UNKNOWN) & (s[bank.at + 2] > bank.blocks - 0.5)
    return o.where(known, o.root(least), 0.0), nearest


def learn_window(o: Carrier, s: Any, bank: Bank, window: tuple[Any, Any, Any], learn: Any) -> None:
    """The nearest centre moves to a new window, by a step that an outlying one makes smaller."""
    distance, full, nearest = window
    new = full & learn
    if not o.some(new):
        return
    _first_centres(o, s, bank, new)
    moves = new & (distance > 0.0)
    usual = 3.0 * s[MEAN + bank.number] + TINY
    weight = o.take(s, bank.weight, nearest)
    rate = o.most(1.0 / 512.0, 1.0 / (weight + 1.0)) * o.least(1.0, usual / (distance + TINY))
    rate = o.where(s[MEAN + bank.number] > 0.0, rate, 0.0)
    for i in range(bank.blocks):
        place = nearest * bank.blocks + i
        centre = o.take(s, bank.typical, place)
        o.put(s, bank.typical, place, o.where(moves, centre + rate * (s[bank.recent + i] - centre), centre))
    o.put(s, bank.weight, nearest, o.where(moves, weight + 1.0, weight))


def _first_centres(o: Carrier, s: Any, bank: Bank, new: Any) -> None:
    if not o.some(new & (s[bank.at + 2] < (bank.centres * bank.blocks + 0.5))):
        return
    for centre in range(bank.centres):
        here = new & (s[bank.at + 2] == (centre + 1.0) * bank.blocks)
        at = bank.typical + centre * bank.blocks
        for i in range(bank.blocks):
            s[at + i] = o.where(here, s[bank.recent + i], s[at + i])
        s[bank.weight + centre] = o.where(here, 1.0, s[bank.weight + centre])
