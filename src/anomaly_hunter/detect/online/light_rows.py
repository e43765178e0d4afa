"""The light kernel on many series: the state is ``(size, series)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from anomaly_hunter.detect.online.light_layout import (
    COUNT,
    HIGH,
    MEAN,
    MIDDLE,
    MOST_STRANGE,
    TINY,
    UNKNOWN,
    VIEWS,
    Bank,
)


class Rows:
    """Many series; see :class:`.light_carrier.Carrier`.

    ``minimum`` and ``maximum`` may pick either of 0.0 and -0.0, so they are not used.
    """

    where = staticmethod(np.where)

    def __init__(self, series: int) -> None:
        self._columns = np.arange(series)

    @staticmethod
    def some(condition: Any) -> bool:
        """Does it hold anywhere."""
        return bool(np.any(condition))

    @staticmethod
    def least(a: Any, b: Any) -> Any:
        """The smaller ones."""
        return np.where(np.less(a, b), a, b)

    @staticmethod
    def most(a: Any, b: Any) -> Any:
        """The larger ones."""
        return np.where(np.greater(a, b), a, b)

    @staticmethod
    def held(a: Any, limit: Any) -> Any:
        """Within ``limit`` of zero."""
        return np.where(np.greater(a, limit), limit, np.where(np.less(a, -limit), -limit, a))

    def take(self, state: Any, at: int, place: Any) -> Any:
        """A value of each series."""
        return state[at + place.astype(np.intp), self._columns]

    def put(self, state: Any, at: int, place: Any, value: Any) -> None:
        """Write one of each series."""
        state[at + place.astype(np.intp), self._columns] = value

    def fuse(self, state: Any, deviations: tuple[Any, ...]) -> Any:
        """Root mean square of how strange each view is."""
        total = 0.0
        for view, deviation in enumerate(deviations):
            mean, middle = state[MEAN + view], state[MIDDLE + view]
            width = self.most(state[HIGH + view] - middle, 0.2 * mean)
            strange = self.least(self.most(deviation - middle, 0.0) / (width + TINY), MOST_STRANGE)
            if view > 2:
                strange = np.where(mean > 0.0, strange, 0.0)
            total = total + strange * strange
        return np.sqrt(total / VIEWS)

    def track(self, state: Any, view: int, deviation: Any, rate: Any, learn: Any) -> None:
        """Median, 90% quantile and mean of a deviation."""
        mean, middle, high = state[MEAN + view], state[MIDDLE + view], state[HIGH + view]
        seen = learn & ((deviation > 0.0) | (mean > 0.0))
        if not seen.any():
            return
        where = np.where
        first = mean == 0.0
        held = where(state[COUNT] < 20.0, deviation, self.least(deviation, 4.0 * mean))
        moved = mean + (held - mean) * rate
        pace = moved * (3.0 * self.least(rate, 0.1))
        middle_now = self.most(middle + where(deviation > middle, 0.5, -0.5) * pace, 0.0)
        high_now = self.most(high + where(deviation > high, 0.9, -0.1) * pace, middle_now)
        state[MEAN + view] = where(seen, where(first, deviation, moved), mean)
        state[MIDDLE + view] = where(seen, where(first, deviation, middle_now), middle)
        state[HIGH + view] = where(seen, where(first, deviation, high_now), high)

    @staticmethod
    def push(state: Any, bank: Bank, full: Any) -> None:
        """Where a block is full, its mean becomes the latest of the recent ones."""
        where = np.where
        past = state[bank.recent : bank.typical]
        past[1:] = where(full, past[:-1], past[1:])
        past[0] = where(full, state[bank.at] / bank.points, past[0])
        state[bank.at] = where(full, 0.0, state[bank.at])
        state[bank.at + 1] = where(full, 0.0, state[bank.at + 1])
        state[bank.at + 2] = where(full, state[bank.at + 2] + 1.0, state[bank.at + 2])

    @staticmethod
    def nearest(state: Any, bank: Bank) -> tuple[Any, Any]:
        """Distance to the nearest centre, and which one."""
        recent = state[bank.recent : bank.typical]
        least, nearest = np.full(state.shape[1], UNKNOWN), np.zeros(state.shape[1])
        for centre in range(bank.centres):
            at = bank.typical + centre * bank.blocks
            square = 0.0
            for mean, usual in zip(recent, state[at : at + bank.blocks], strict=True):
                off = mean - usual
                square = square + off * off
            closer = (square < least) & (state[bank.weight + centre] > 0.5)
            least = np.where(closer, square, least)
            nearest = np.where(closer, float(centre), nearest)
        return np.where(least < UNKNOWN, np.sqrt(least), 0.0), nearest

    def pull(self, state: Any, bank: Bank, centre: Any, rate: Any, moves: Any) -> None:
        """The centres move to the recent block means."""
        for block in range(bank.blocks):
            place = centre * bank.blocks + block
            usual = self.take(state, bank.typical, place)
            moved = usual + rate * (state[bank.recent + block] - usual)
            self.put(state, bank.typical, place, np.where(moves, moved, usual))
        weight = self.take(state, bank.weight, centre)
        self.put(state, bank.weight, centre, np.where(moves, weight + 1.0, weight))
