"""Where everything lies in the state of the light kernel: one vector of float64, 4 KB at most."""

from __future__ import annotations

from typing import Final, NamedTuple


class Bank(NamedTuple):
    """A few typical windows, each of ``blocks`` means of ``points`` values: where what lies.

    ``at``: sum and number of values in the block that fills, blocks seen, last distance; ``recent``:
    the last block means, latest first; ``typical``: the centres, one after the other; ``weight``:
    how many windows each has taken in; ``end``: the first place behind the bank.
    """

    at: int
    points: int
    blocks: int
    centres: int
    number: int
    recent: int
    typical: int
    weight: int
    end: int


def _bank(at: int, points: int, blocks: int, centres: int, number: int) -> Bank:
    typical = at + 4 + blocks
    weight = typical + centres * blocks
    return Bank(at, points, blocks, centres, number, at + 4, typical, weight, weight + centres)


LAG: Final = 16
TAPS: Final = 8
SHORT: Final = 8
VIEWS: Final = 6
SLOTS: Final = 36

COUNT, PREVIOUS, LEVEL, SPREAD, ERROR = 0, 1, 2, 3, 4
"""Values seen, the last one, slow level, mean distance from it, mean error of the prediction."""
GROWTH: Final = 5
"""How many widths of the score's body lie between its median and the boundary."""
MIDDLE_SCORE, UPPER_SCORE = 6, 7
"""Median and 95% quantile of the fused deviation."""
RUN, NEAR, NEW_LEVEL = 8, 9, 10
"""Of an open anomaly: its points, those near its own level, that level."""
SEASON_ERROR, LEVEL_ERROR, SUM, STEPS_SEEN = 11, 12, 13, 14
"""Mean distance from the season's table, and from the level; sum of the last scores, and steps so far."""
WEIGHT: Final = 15
PAST: Final = WEIGHT + TAPS
ERRORS: Final = PAST + TAPS
STEPS: Final = ERRORS + SHORT
MIDDLE: Final = STEPS + 2 * SHORT
HIGH: Final = MIDDLE + VIEWS
MEAN: Final = HIGH + VIEWS
SCORES: Final = MEAN + VIEWS
TABLE: Final = SCORES + LAG
VISITS: Final = TABLE + 2 * SLOTS
SMALL: Final = _bank(VISITS + 2 * SLOTS, points=4, blocks=8, centres=8, number=3)
LARGE: Final = _bank(SMALL.end, points=8, blocks=16, centres=8, number=4)
SIZE: Final = LARGE.end
MOVED: Final = (
    (LEVEL, LEVEL + 1),
    (TABLE, VISITS),
    (SMALL.typical, SMALL.weight),
    (LARGE.typical, LARGE.weight),
)
"""What moves with the level when a shift is confirmed."""
EMPTIED: Final = (
    (RUN, NEAR + 1),
    (PAST, MIDDLE),
    (SMALL.at, SMALL.at + 2),
    (LARGE.at, LARGE.at + 2),
)
"""What is forgotten then."""

TINY: Final = 1e-300
UNKNOWN: Final = 1e307
MOST_STRANGE: Final = 30.0
"""A view counts at most this many widths of its body."""
