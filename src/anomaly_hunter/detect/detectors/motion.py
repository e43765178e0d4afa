"""How far the steps within a window are from those of the most similar other window."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.model import FloatArray, Profile
from anomaly_hunter.stats.robust import fill, standard
from anomaly_hunter.stats.views import strangeness


class Motion:
    """The nearest-window distance of :class:`Nearest`, on first differences.

    Sees what moves oddly whatever the level is, so slow wandering does not hide it.

    >>> x = np.linspace(0, 50, 200) + np.tile([0.0, 1.0], 100)
    >>> x[120] += 6
    >>> 110 < int(np.argmax(Motion((8,)).fit(x).score(x))) < 130
    True
    """

    name: ClassVar[str] = "motion"
    takes: ClassVar[Takes] = "series"

    def __init__(self, widths: tuple[int, ...] = (16,)) -> None:
        self.widths = widths

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """A window as long as the season, or of 64 points."""
        season = profile.period if 8 <= profile.period <= 256 else 64
        return cls((int(season),) if profile.n >= LONG else (8,))

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: the bank is drawn from what is scored."""
        one_series(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distance in standard deviations of the differences."""
        value = one_series(data, self.name)
        if len(value) < 8:
            return np.zeros(len(value))
        whole = standard(fill(value))
        steps = np.diff(whole, prepend=whole[0])
        return blank_missing(strangeness(standard(steps), self.widths, np.isnan(value)), value)
