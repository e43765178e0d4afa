"""Channels that no longer move together as they did."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from anomaly_hunter.detect.channelwise import Channelwise
from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.detect.windowed import by_windows
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import REFERENCE, moving_mean, reference
from anomaly_hunter.stats.ridge import residuals

WIDTH = 64


class Relation(Channelwise):
    """Distance of each channel from what the others make expect, by ridge regression on the first half.

    Root mean square over windows of 64 points, in units of what is usual in the first half. It
    finds a channel whose own values are all normal, but not beside those of the others
    (:func:`~anomaly_hunter.stats.ridge.residuals`).

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(1000, 5))
    >>> x[:, 1] = x[:, 0] + 0.1 * rng.normal(size=1000)
    >>> x[700:760, 1] = rng.normal(size=60)
    >>> carried = Relation().fit(x).contributions(x)[700:760].sum(axis=0)
    >>> sorted(np.argsort(-carried)[:2].tolist())
    [0, 1]
    """

    name: ClassVar[str] = "relation"
    takes: ClassVar[Takes] = "channels"

    def unusual(self, value: FloatArray) -> FloatArray:
        """``(n, k)`` contributions of standardised channels."""
        return by_windows(value, WIDTH, REFERENCE, _distance)


def _distance(value: FloatArray, width: int, until: int) -> FloatArray:
    left = residuals(np.clip(value, -10.0, 10.0), reference(len(value)))
    return np.sqrt(np.maximum(moving_mean(left * left, width), 0.0))
