"""The contract of a forecaster: fit, predict, and score as every detector of series does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy.typing as npt

from anomaly_hunter.detect.contract import Takes
from anomaly_hunter.model import FloatArray, Series, TimeArray


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """What is expected next: ``(horizon,)`` times, expected values and the bounds around them.

    A share ``level`` of the values to come lies between ``lower`` and ``upper``. ``series`` is the
    title of what was forecast; ``clocked`` is False where times are positions, one second per
    point from 1970. ``note`` says why there is nothing (all arrays are empty then), else "".
    """

    time: TimeArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    level: float
    series: str = ""
    forecaster: str = ""
    clocked: bool = True
    note: str = ""

    def __len__(self) -> int:
        return len(self.expected)


@runtime_checkable
class Forecaster(Protocol):
    """Says how a series goes on, and how far off it may be.

    Laws (:mod:`anomaly_hunter.detect.forecasting.laws`): those of detectors of series; the input is
    not changed; the same input gives the same forecast; ``lower <= expected <= upper``, all finite,
    ``(horizon,)``; the interval does not narrow with the horizon; too little to learn from is our
    :class:`~anomaly_hunter.errors.DataError`.
    """

    name: ClassVar[str]
    takes: ClassVar[Takes]

    def fit(self, data: Series | FloatArray, time: npt.ArrayLike | None = None) -> Self:
        """Take the history: a Series of one channel, or ``(n,)`` values with their times. Returns itself."""
        ...

    def predict(self, horizon: int, level: float = 0.95) -> Forecast:
        """The next ``horizon`` values after the history, with intervals that hold ``level`` of them."""
        ...

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` distance from what was expected out of sample, in standard deviations of the forecast."""
        ...


class Learned(Protocol):
    """What a forecaster learnt from the values before some point."""

    def ahead(self, origins: npt.NDArray[Any], steps: npt.NDArray[Any]) -> FloatArray:
        """``(origins, steps)`` expected value at ``origin + step``, from values up to ``origin`` alone."""
        ...
