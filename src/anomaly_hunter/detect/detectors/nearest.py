"""How far a window is from the most similar other window."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import fill, standard
from anomaly_hunter.stats.views import straightened, strangeness

LONGEST_SEASON = 256
"""A season longer than this (a day of minutes) is looked at in parts."""


class Nearest:
    """Distance of each window to the nearest of a bank of windows of the same series.

    Windows keep their level and amplitude; a steady trend is taken out first. The bank is 500 of
    them drawn at random (fewer in a short series), without those that overlap the window itself;
    above 100,000 points it is 20 trimmed k-means centres. A point scores the mean over the windows
    that cover it; several window lengths are joined by the root mean square of their scores, each
    in its own units. Cost: linear.

    Distance to the nearest neighbour: Ramaswamy et al., "Efficient algorithms for mining outliers
    from large data sets", SIGMOD 2000; here on windows, and with the mean over covering windows.

    >>> x = np.tile([0.0, 1.0, 2.0, 1.0], 40)
    >>> x[80:84] = [0.0, 3.0, 0.0, 0.0]
    >>> 70 < int(np.argmax(Nearest((8,)).fit(x).score(x))) < 90
    True
    """

    name: ClassVar[str] = "nearest"
    takes: ClassVar[Takes] = "series"

    def __init__(self, widths: tuple[int, ...] = (16,)) -> None:
        self.widths = widths
        self.weight = float(len(widths))

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """Windows of a short, a seasonal and a long kind, as far as the series has room for them."""
        return cls(chosen_widths(profile))

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: the bank is drawn from what is scored."""
        one_series(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distance in standard deviations (one width) or in the units of each width."""
        value = one_series(data, self.name)
        whole = standard(straightened(standard(fill(value))))
        return blank_missing(strangeness(whole, self.widths, np.isnan(value)), value)


def chosen_widths(profile: Profile) -> tuple[int, ...]:
    """Window lengths in points for a series of this length and season."""
    n = profile.n
    if n < LONG:
        return (int(np.clip(n // 20, 4, 16)),)
    season = profile.period if 8 <= profile.period <= LONGEST_SEASON else 64
    return tuple(sorted({16, int(season), min(LONGEST_SEASON, n // 8)}))
