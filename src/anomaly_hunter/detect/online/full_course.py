"""What is expected next: the recent level, the usual level, or the time of day."""

from __future__ import annotations

import math

import numpy as np

from anomaly_hunter.model import FloatArray

DAY_S = 86_400.0
PHASES = 144
QUICK, SLOW, PHASE, OFFSET, ERROR = 0.2, 0.005, 0.05, 0.01, 0.02
"""Weights of the newest value in the exponential means."""


class Course:
    """Three forecasts side by side; the one that erred least of late speaks.

    The recent level and the usual level are exponential means; the third is the mean of the same
    ten minutes on other days, moved by how far the series has been from it of late.
    """

    def __init__(self) -> None:
        self.profile: FloatArray = np.full(PHASES, np.nan)
        self.seen = 0
        self.level = [0.0, 0.0, 0.0]
        self.error = [0.0, 0.0, math.inf]

    def forecasts(self, time_s: float) -> tuple[float, float, float]:
        """Recent level, usual level, time of day (NaN: unknown)."""
        quick, slow, offset = self.level
        daily = self.profile.item(phase(time_s)) + offset if not math.isnan(time_s) else math.nan
        return quick, slow, daily

    def best(self, forecasts: tuple[float, float, float]) -> float:
        """The forecast that speaks."""
        known = not math.isnan(forecasts[2])
        errors = self.error if known else self.error[:2]
        return forecasts[errors.index(min(errors))]

    def learn(self, value: float, time_s: float, forecasts: tuple[float, float, float]) -> None:
        """Move all three, and their errors, towards ``value``."""
        self.seen += 1
        error = self.error
        for place, said in enumerate(forecasts):
            if not math.isnan(said):
                gap = abs(value - said)
                before = error[place] if error[place] != math.inf else gap
                error[place] = before + max(ERROR, 1.0 / (self.seen + 1)) * (gap - before)
        first = 1.0 / self.seen
        self.level[0] += max(QUICK, first) * (value - self.level[0])
        self.level[1] += max(SLOW, first) * (value - self.level[1])
        if math.isnan(time_s):
            return
        place = phase(time_s)
        usual = self.profile.item(place)
        if math.isnan(usual):
            self.profile[place] = value
            return
        self.level[2] += OFFSET * (value - usual - self.level[2])
        self.profile[place] = usual + PHASE * (value - usual)

    def jump(self, level: float, time_s: float) -> None:
        """A lasting change was confirmed: ``level`` is the new level."""
        usual = math.nan if math.isnan(time_s) else float(self.profile[phase(time_s)])
        if not math.isnan(usual):
            self.level[2] = level - usual
        self.level[0] = self.level[1] = level

    def rebase(self, shift: float, factor: float) -> None:
        """All values became ``(value - shift) * factor``."""
        self.profile = (self.profile - shift) * factor
        quick, slow, offset = self.level
        self.level = [(quick - shift) * factor, (slow - shift) * factor, offset * factor]
        self.error = [error * factor for error in self.error]


def phase(time_s: float) -> int:
    """Which ten minutes of the day (UTC).

    >>> phase(0.0), phase(86_399.0), phase(-1.0)
    (0, 143, 143)
    """
    return min(int((time_s % DAY_S) / DAY_S * PHASES), PHASES - 1)
