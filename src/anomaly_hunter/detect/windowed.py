"""From distances of windows to what the channels contribute to the points under them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anomaly_hunter.detect.channelwise import fitting
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.channels import reference, spread_each, unusual

Distance = Callable[[FloatArray, int, int], FloatArray]
"""``(value, width, until)`` to ``(m, k)``, one row per window."""


def by_windows(value: FloatArray, width: int, share: float, distance: Distance) -> FloatArray:
    """``(n, k)`` how unusual the windows over each point are, in each channel, squared.

    Windows are compared with those that begin in the first ``share`` of the series, and so are
    their distances. Zeros where no window fits.
    """
    n = len(value)
    width = fitting(n, width)
    if not width or not value.shape[1]:
        return np.zeros(value.shape)
    until = reference(n - width + 1, share)
    far = distance(value, width, until)
    return spread_each(unusual(far, until), n - len(far) + 1)
