"""Windows of all channels together, compared with the first half of the series."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.detect.channelwise import Channelwise
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.windowed import by_windows
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import REFERENCE
from anomaly_hunter.stats.joint import joint_distance

WIDTHS = (16, 64)


class Departure(Channelwise):
    """Distance of each window of all channels to the most similar one of the first half.

    What lasts has neighbours of its own kind; they do not count when they come in the second half.
    Windows of 16 and of 64 points, each split by channel, in units of what is usual in the first
    half; their sum. A process that has changed for good scores high from then on.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(600, 3))
    >>> x[400:, 2] += 3
    >>> score = Departure().fit(x).score(x)
    >>> bool(score[410:].min() > score[:390].max())
    True
    """

    name: ClassVar[str] = "departure"
    takes: ClassVar[Takes] = "channels"
    weight: ClassVar[float] = float(len(WIDTHS))

    def unusual(self, value: FloatArray) -> FloatArray:
        """``(n, k)`` contributions of standardised channels."""
        total = by_windows(value, WIDTHS[0], REFERENCE, joint_distance)
        for width in WIDTHS[1:]:
            total += by_windows(value, width, REFERENCE, joint_distance)
        return total
