"""When it began: an interval, since the first abnormal point is seldom where it began."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray, Shape

CALM = 1.0
LOOK_BACK = 200


def onset_of(z: FloatArray, start: int, stop: int, shape: Shape) -> tuple[int, int]:
    """Positions between which it began, both inclusive.

    The last point before the span that is clearly normal (|z| <= 1) and the span's first
    point. A drift begins where its line meets the normal level: the line through the smoothed
    second half of its rise (Theil-Sen would do as well) is followed back, and the interval is
    that crossing, a tenth of the rise to either side.

    >>> onset_of(np.array([0.1, -0.3, 1.4, 9.0, 9.5, 0.2]), 3, 5, "spike")
    (1, 3)
    """
    if shape == "drift":
        crossing = _crossing(np.abs(z[start:stop]))
        if crossing is not None:
            slack = max((stop - start) // 10, 1)
            middle = start + crossing
            return max(min(middle - slack, start), 0), max(min(middle + slack, stop - 1), 0)
    before = np.abs(z[max(start - LOOK_BACK, 0) : start])
    calm = np.flatnonzero(before <= CALM)
    last = start - len(before) + int(calm[-1]) if len(calm) else start
    return max(last, 0), start


def _crossing(size: FloatArray) -> int | None:
    """Position, relative to the start, where the line through the rise is at zero."""
    top = int(np.argmax(size)) + 1
    rise = size[: top if top >= 8 else len(size)]
    place = np.arange(len(rise))
    spread = place - place.mean()
    slope = float(spread @ rise) / float(spread @ spread)
    if not slope > 0:
        return None
    return int(np.clip(round(place.mean() - float(rise.mean()) / slope), -len(rise), len(rise) - 1))
