"""Windows of each channel by itself, compared with the first half of the series."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.detect.channelwise import Channelwise
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.windowed import by_windows
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import REFERENCE
from anomaly_hunter.stats.joint import own_distance

WIDTH = 64


class Apart(Channelwise):
    """Distance of each window of a channel to its most similar one of the first half, added up.

    Channels that have nothing to do with each other never come back to the same joint state; by
    itself each of them does. Windows of 64 points, in units of what is usual in the first half.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(1000, 40))
    >>> x[700:760, 7] += 3
    >>> int(Apart().fit(x).contributions(x)[700:760].sum(axis=0).argmax())
    7
    """

    name: ClassVar[str] = "apart"
    takes: ClassVar[Takes] = "channels"

    def unusual(self, value: FloatArray) -> FloatArray:
        """``(n, k)`` contributions of standardised channels."""
        return by_windows(value, WIDTH, REFERENCE, own_distance)
