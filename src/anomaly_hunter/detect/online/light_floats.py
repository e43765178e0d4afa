"""The light kernel on one series: the state is a list of floats."""

from __future__ import annotations

import math

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


class Floats:
    """One series; see :class:`.light_carrier.Carrier`."""

    some = staticmethod(bool)

    @staticmethod
    def where(condition: bool, yes: float, no: float) -> float:
        """``yes`` if the condition holds."""
        return yes if condition else no

    @staticmethod
    def least(a: float, b: float) -> float:
        """The smaller one."""
        return a if a < b else b

    @staticmethod
    def most(a: float, b: float) -> float:
        """The larger one."""
        return a if a > b else b

    @staticmethod
    def held(a: float, limit: float) -> float:
        """Within ``limit`` of zero."""
        return limit if a > limit else -limit if a < -limit else a

    @staticmethod
    def take(state: list[float], at: int, place: float) -> float:
        """The value ``place`` behind ``at``."""
        return state[at + int(place)]

    @staticmethod
    def put(state: list[float], at: int, place: float, value: float) -> None:
        """Write there."""
        state[at + int(place)] = value

    @staticmethod
    def fuse(state: list[float], deviations: tuple[float, ...]) -> float:
        """Root mean square of how strange each view is."""
        total = 0.0
        for view, deviation in enumerate(deviations):
            middle = state[MIDDLE + view]
            if deviation <= middle:
                continue
            mean = state[MEAN + view]
            if view > 2 and mean <= 0.0:
                continue
            width, least = state[HIGH + view] - middle, 0.2 * mean
            strange = (deviation - middle) / ((width if width > least else least) + TINY)
            strange = strange if strange < MOST_STRANGE else MOST_STRANGE
            total += strange * strange
        return math.sqrt(total / VIEWS)

    @staticmethod
    def track(state: list[float], view: int, deviation: float, rate: float, learn: bool) -> None:
        """Median, 90% quantile and mean of a deviation."""
        if not learn:
            return
        mean = state[MEAN + view]
        if mean == 0.0:
            if deviation > 0.0:
                state[MEAN + view] = state[MIDDLE + view] = state[HIGH + view] = deviation
            return
        held = deviation
        if held > 4.0 * mean and state[COUNT] >= 20.0:
            held = 4.0 * mean
        moved = mean + (held - mean) * rate
        pace = moved * (3.0 * (rate if rate < 0.1 else 0.1))
        middle, high = state[MIDDLE + view], state[HIGH + view]
        high += (0.9 if deviation > high else -0.1) * pace
        middle += (0.5 if deviation > middle else -0.5) * pace
        middle = middle if middle > 0.0 else 0.0
        state[MEAN + view] = moved
        state[MIDDLE + view] = middle
        state[HIGH + view] = high if high > middle else middle

    @staticmethod
    def push(state: list[float], bank: Bank, full: bool) -> None:
        """A block is full: its mean becomes the latest of the recent ones."""
        if full:
            state[bank.recent + 1 : bank.typical] = state[bank.recent : bank.typical - 1]
            state[bank.recent] = state[bank.at] / bank.points
            state[bank.at] = state[bank.at + 1] = 0.0
            state[bank.at + 2] += 1.0

    @staticmethod
    def nearest(state: list[float], bank: Bank) -> tuple[float, float]:
        """Distance to the nearest centre, and which one."""
        least, nearest = UNKNOWN, 0
        recent = state[bank.recent : bank.typical]
        at = bank.typical
        for centre, weight in enumerate(state[bank.weight : bank.end]):
            if weight > 0.5:
                square = 0.0
                for mean, usual in zip(recent, state[at : at + bank.blocks], strict=True):
                    off = mean - usual
                    square += off * off
                    if square >= least:  # the rest cannot make it smaller
                        break
                if square < least:
                    least, nearest = square, centre
            at += bank.blocks
        return (math.sqrt(least) if least < UNKNOWN else 0.0), float(nearest)

    @staticmethod
    def pull(state: list[float], bank: Bank, centre: float, rate: float, moves: bool) -> None:
        """The centre moves to the recent block means."""
        if not moves:
            return
        at = bank.typical + int(centre) * bank.blocks
        typical = state[at : at + bank.blocks]
        recent = state[bank.recent : bank.typical]
        state[at : at + bank.blocks] = [
            usual + rate * (mean - usual) for usual, mean in zip(typical, recent, strict=True)
        ]
        state[bank.weight + int(centre)] += 1.0
