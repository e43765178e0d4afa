"""How far the steps within a window are from those of the most similar other window."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import blank_missing, one_series
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.course import LONG
from anomaly_hunter.detect.detectors.nearest import with_beat
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

    def __init__(self, widths: tuple[int, ...] = (16,), beat: bool = False) -> None:
        self.widths = widths
        self.beat = beat
        self.weight = float(len(widths) + beat)

    @classmethod
    def for_profile(cls, profile: Profile) -> Self:
        """One short window for a short series; for a long one also its beat."""
        return cls((16,), beat=True) if profile.n >= LONG else cls((8,))

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
        widths = with_beat(self.widths, whole) if self.beat else self.widths
        # The first point has no step of its own; a step of zero there would be one that never comes again.
        score = strangeness(standard(np.diff(whole)), widths, np.isnan(value[1:]))
        return blank_missing(np.append(score[:1], score), value)
