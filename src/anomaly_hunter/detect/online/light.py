"""The light kernel: one series, value by value, in 4 KB and some fifteen microseconds."""

from __future__ import annotations

import math
from typing import ClassVar, Final, Self

from anomaly_hunter.detect.online import light_state
from anomaly_hunter.detect.online.kernel import USUAL_INTERVAL_S, Step
from anomaly_hunter.detect.online.light_floats import Floats
from anomaly_hunter.detect.online.light_layout import LAG, SLOTS
from anomaly_hunter.detect.online.light_step import band, final_score, step

DAY_S: Final = 86_400.0
LATEST_S: Final = 1e15


class LightKernel:
    """Scores one series by six simple deviations, each in units of its own usual size.

    The deviations: error of an adaptive linear prediction from 8 values; its mean over the last 8;
    mean step over the last 16; distance of the last 32 and the last 128 values, as block means, to
    the nearest of eight typical windows each; distance from what is usual at this time of day
    (workdays and weekends apart), once that explains more than the level does. Median and 90%
    quantile of each are tracked; ``strange = (deviation - median) / (quantile - median)``, and the
    score is the root mean square of the six over a boundary that follows the score's own tail.

    Parameters
    ----------
    interval_s:
        Usual seconds between two values; the boundary is for about one false alarm a week.

    >>> kernel = LightKernel(interval_s=300.0)
    >>> steps = [kernel.step(10.0 + i % 3, float("nan")) for i in range(500)]
    >>> kernel.step(60.0, float("nan")).score > 1.0 > steps[-1].score
    True
    >>> len(kernel.dump()) <= kernel.most_bytes
    True
    """

    name: ClassVar[str] = "light"
    version: ClassVar[int] = light_state.VERSION
    most_bytes: ClassVar[int] = light_state.MOST_BYTES
    lag: ClassVar[int] = LAG

    def __init__(self, interval_s: float = USUAL_INTERVAL_S) -> None:
        self._state = light_state.empty(interval_s)

    def step(self, value: float, time_s: float) -> Step:
        """Score ``value`` at unix time ``time_s`` (NaN: no clock), then learn from it.

        NaN is a missing value: it scores 0 and nothing is learned. Values beyond 1e150 count as that.
        """
        state = self._state
        value = float(value)
        if math.isnan(value):
            return Step(0.0, *band(Floats, state), final_score(Floats, state, 0.0))
        slot = slot_of(time_s)
        return step(Floats, state, value, slot)

    def score(self, value: float, time_s: float) -> float:
        """The score that :meth:`step` would give now; nothing is learned."""
        value = float(value)
        return (
            0.0
            if math.isnan(value)
            else float(step(Floats, self._state.copy(), value, slot_of(time_s)).score)
        )

    def dump(self) -> bytes:
        """The whole state."""
        return light_state.write(self._state)

    @classmethod
    def load(cls, state: bytes) -> Self:
        """The kernel as it was when it was dumped. DataError for anything else than a dump."""
        kernel = cls()
        kernel._state = light_state.read(state).tolist()
        return kernel


def slot_of(time_s: float) -> int:
    """The 40 minutes of the day (UTC) that a unix time lies in, those of weekends after the others; -1: none.

    >>> slot_of(0.0), slot_of(3_600.0), slot_of(2 * 86_400.0), slot_of(float("nan"))
    (0, 1, 36, -1)
    """
    if not abs(time_s) < LATEST_S:
        return -1
    day = math.floor(time_s / DAY_S)
    slot = min(math.floor((time_s - day * DAY_S) * (SLOTS / DAY_S)), SLOTS - 1)
    # 1970-01-01 was a Thursday.
    return slot + SLOTS if day % 7 in (2, 3) else slot
