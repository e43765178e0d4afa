"""How far a window is from the most similar other window."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import fill, standard
from anomaly_hunter.stats.views import beat, straightened, strangeness

LONG_WINDOW = 256
MIDDLE_WINDOW = 64

LEVEL_COUNTS = 0.5
"""In a long series the level wanders: half of a window's mean is left out of the comparison."""


class Nearest:
    """Distance of each window to the nearest of a bank of windows of the same series.

    Windows keep their level and amplitude; a steady trend is taken out first. The bank is 500 of
    them drawn at random (fewer in a short series), without those that overlap the window itself. In
    a long series those that are far from a small bank are compared with 4,000
    (:func:`~anomaly_hunter.stats.views.window_distance`), and half of their mean is left out. A point
    scores the mean over the windows that cover it; several window lengths are joined by the root
    mean square of their scores, each in its own units. Cost: linear.

    Distance to the nearest neighbour: Ramaswamy et al., "Efficient algorithms for mining outliers
    from large data sets", SIGMOD 2000; here on windows, and with the mean over covering windows.

    Parameters
    ----------
    widths:
        Window lengths in points.
    beat:
        Also look with a window as long as the series' own beat (:func:`~anomaly_hunter.stats.views.beat`).
    level:
        How much the means of windows count, from 0 to 1.

    >>> x = np.tile([0.0, 1.0, 2.0, 1.0], 40)
    >>> x[80:84] = [0.0, 3.0, 0.0, 0.0]
    >>> 70 < int(np.argmax(Nearest((8,)).fit(x).score(x))) < 90
    True
    """

    name: ClassVar[str] = "nearest"
    takes: ClassVar[Takes] = "series"

    def __init__(self, widths: tuple[int, ...] = (16,), beat: bool = False, level: float = 1.0) -> None:
        self.widths = widths
        self.beat = beat
        self.level = level
        self.weight = float(len(widths) + beat)

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """One short window for a short series; for a long one also the beat, the season and a long one."""
        if profile.n < LONG:
            return cls((min(max(profile.n // 20, 4), 16),))
        return cls(long_widths(profile), beat=True, level=LEVEL_COUNTS)

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: the bank is drawn from what is scored."""
        one_series(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distance in standard deviations (one width) or in the units of each width."""
        value = one_series(data, self.name)
        whole = standard(straightened(standard(fill(value))))
        widths = with_beat(self.widths, whole) if self.beat else self.widths
        return blank_missing(strangeness(whole, widths, np.isnan(value), self.level), value)


def long_widths(profile: Profile) -> tuple[int, ...]:
    """Window lengths in points for a long series: short, the season (else 64), long."""
    season = profile.period if profile.period >= 8 else MIDDLE_WINDOW
    return tuple(sorted({16, *(min(width, profile.n // 8) for width in (season, LONG_WINDOW))}))


def with_beat(widths: tuple[int, ...], value: FloatArray) -> tuple[int, ...]:
    """The widths and the beat of the series, which is at most an eighth of it."""
    return tuple(sorted({*widths, min(beat(value), len(value) // 8)}))
