"""From distances of windows to what the channels contribute to the points under them.

The first half is what later windows are compared with, as if all was well in it. Two things put
that right where it is wrong: where the first half is clearly the stranger one the second judges it,
and what lasts to the end of the series is news at its beginning only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anomaly_hunter.detect.channelwise import fitting
from anomaly_hunter.model import FloatArray, IntArray
from anomaly_hunter.stats.channels import reference, spread_each, unusual
from anomaly_hunter.stats.robust import quantiles

Distance = Callable[[FloatArray, int, int], FloatArray]
"""``(value, width, until)`` to ``(m, k)``, one row per window."""

STRANGER = 2.0
"""The strangest windows of one half lie so many times as far from the other as those of that do."""

STRANGEST = 0.98

LASTING = 0.4
"""What fills this share of the series at its end is how things are now."""

LEAST = 640
"""In less than ten of the longest windows nothing has settled."""

STEADY = 0.9
"""The share of the windows since then that are out of the ordinary."""


def by_windows(value: FloatArray, width: int, share: float, distance: Distance) -> FloatArray:
    """``(n, k)`` how unusual the windows over each point are, in each channel, squared.

    Windows are compared with those that begin in the first ``share`` of the series, and so are
    their distances. Where that is not all of it:

    - are the strangest windows of the first part twice as far from the second part as the
      strangest of the second are from the first, then they are scored by how far they are from that;
    - a channel that is out of the ordinary until the end, in nine of ten windows over at least
      two fifths of the series and 640 points, is measured by what is usual since then, but for its beginning.

    Zeros where no window fits.
    """
    n = len(value)
    width = fitting(n, width)
    if not width or not value.shape[1]:
        return np.zeros(value.shape)
    until = reference(n - width + 1, share)
    far = distance(value, width, until)
    if until == len(far):
        return spread_each(unusual(far, until), n - len(far) + 1)
    strange = unusual(far, until)
    back = distance(np.ascontiguousarray(value[::-1]), width, len(far) - until)[::-1]
    judged = unusual(np.concatenate((far[:until], back[:until])), until)[until:]
    if _strangest(judged) > STRANGER * _strangest(strange[until:]):
        strange[:until] = judged
    settle(strange, far, 2 * width)
    return spread_each(strange, n - len(far) + 1)


def _strangest(strange: FloatArray) -> float:
    return float(quantiles(np.sqrt(strange.sum(axis=1)), (STRANGEST,))[0]) if len(strange) else 0.0


def settle(strange: FloatArray, far: FloatArray, begin: int) -> None:
    """Measure, in place, what lasts to the end by what is usual since it began.

    ``strange`` and ``far`` are ``(m, k)``: how unusual windows are, squared, and their distances.
    The first ``begin`` windows since the change keep their score.
    """
    m = len(strange)
    out = np.cumsum(strange[::-1] > 1.0, axis=0)[::-1]
    later = np.zeros_like(out)
    later[: max(m - begin, 0)] = out[begin:]
    ahead: IntArray = out - later
    # Out of the ordinary from here to the end, and at once: not only for nine tenths of it.
    since = (out >= STEADY * np.arange(m, 0, -1)[:, None]) & (ahead >= STEADY * begin)
    first = np.where(since.any(axis=0), since.argmax(axis=0), m)
    for channel in np.flatnonzero(first <= m - max(int(m * LASTING), LEAST)):
        new = slice(int(first[channel]) + begin, m)
        own = far[new, channel : channel + 1]
        strange[new, channel] = unusual(own, len(own))[:, 0]
