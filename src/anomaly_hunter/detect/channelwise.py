"""What the detectors share that look at all channels of a series together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np

from anomaly_hunter.detect.checks import many_channels
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import scaled

FEWEST = 4
"""A window of fewer points than this says nothing."""

SIDE_BY_SIDE = 16
"""So many windows must fit into the series; they are made shorter where they do not."""


class Channelwise(ABC):
    """Scores points by the root of what its channels add up to; nothing is kept by ``fit``."""

    name: ClassVar[str]

    def fit(self, data: FloatArray) -> Self:
        """Nothing is kept: what is normal is learned from what is scored."""
        many_channels(data, self.name)
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` the root of the sum of the contributions."""
        total: FloatArray = np.sqrt(self.contributions(data).sum(axis=1))
        return total

    def contributions(self, data: FloatArray) -> FloatArray:
        """``(n, k)`` how unusual each channel is, squared; 0 where its value is missing."""
        value = many_channels(data, self.name)
        return np.where(np.isnan(value), 0.0, self.unusual(scaled(value)))

    @abstractmethod
    def unusual(self, value: FloatArray) -> FloatArray:
        """``(n, k)`` contributions of standardised channels without missing values."""


def fitting(n: int, width: int) -> int:
    """The window length for ``n`` points: ``width``, or what fits sixteen times; 0 for too few.

    >>> fitting(10_000, 64), fitting(480, 64), fitting(40, 64)
    (64, 30, 0)
    """
    shorter = min(width, n // SIDE_BY_SIDE)
    return shorter if shorter >= FEWEST else 0
