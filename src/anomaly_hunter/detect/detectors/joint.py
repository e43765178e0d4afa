"""Windows of all channels together, compared with the whole series."""

from __future__ import annotations

from typing import ClassVar

from anomaly_hunter.detect.channelwise import Channelwise
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.windowed import by_windows
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.joint import joint_distance

WIDTH = 16


class Joint(Channelwise):
    """Distance of each window of all channels to the most similar other one, anywhere in the series.

    A window of 16 points is all channels side by side, so what counts is whether this combination of
    courses was seen before. The distance is split by channel, each in units of its own usual
    distance (:func:`~anomaly_hunter.stats.channels.unusual`).

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(400, 3))
    >>> x[300:316, 1] += 6
    >>> parts = Joint().fit(x).contributions(x)
    >>> int(parts.sum(axis=1).argmax()) in range(300, 316), int(parts[300:316].sum(axis=0).argmax())
    (True, 1)
    """

    name: ClassVar[str] = "joint"
    takes: ClassVar[Takes] = "channels"

    def unusual(self, value: FloatArray) -> FloatArray:
        """``(n, k)`` contributions of standardised channels."""
        return by_windows(value, WIDTH, 1.0, joint_distance)
