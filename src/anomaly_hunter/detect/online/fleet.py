"""Many series at once: the light kernel on arrays, to the last bit what single kernels give."""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.online import light_state
from anomaly_hunter.detect.online.kernel import USUAL_INTERVAL_S, Step
from anomaly_hunter.detect.online.light import DAY_S, LATEST_S
from anomaly_hunter.detect.online.light_layout import LAG, SLOTS
from anomaly_hunter.detect.online.light_rows import Rows
from anomaly_hunter.detect.online.light_step import band, final_score, step
from anomaly_hunter.errors import UsageError
from anomaly_hunter.model import FloatArray

NAME: Final = "fleet"


class FleetStep(NamedTuple):
    """What is said about one point of each series: arrays ``(series,)``, see :class:`.kernel.Step`."""

    score: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    final: FloatArray
    shifted: npt.NDArray[np.bool_]


class Fleet:
    """``series`` light kernels that step together.

    Parameters
    ----------
    series:
        How many.
    interval_s:
        Usual seconds between two values.

    >>> fleet = Fleet(3, interval_s=300.0)
    >>> steps = [fleet.step(np.array([i % 3, i % 5, np.nan])) for i in range(500)]
    >>> (fleet.step(np.array([60.0, 1.0, np.nan])).score > 1.0).tolist()
    [True, False, False]
    """

    lag: ClassVar[int] = LAG

    def __init__(self, series: int, interval_s: float = USUAL_INTERVAL_S) -> None:
        if not isinstance(series, int | np.integer) or series < 1:
            raise UsageError(f"series = {series!r}", "at least one series", "pass their number")
        self.series = series
        self._state: FloatArray = np.tile(np.array(light_state.empty(interval_s))[:, None], series)
        self._rows = Rows(series)

    def step(self, values: npt.ArrayLike, time_s: npt.ArrayLike = np.nan) -> FleetStep:
        """Score one value of each series, then learn.

        Parameters
        ----------
        values:
            ``(series,)``; NaN is a missing value.
        time_s:
            Unix time, or datetime64, of all of them or ``(series,)``; NaN: no clock.

        Raises
        ------
        UsageError
            These are no numbers, or of another shape.
        """
        value = _floats(values, "values")
        if value.shape != (self.series,):
            raise UsageError(f"values of shape {value.shape}", f"({self.series},)", "pass one value a series")
        time = _floats(time_s, "time_s")
        if time.shape not in ((), value.shape):
            raise UsageError(
                f"time_s of shape {time.shape}", f"one time or ({self.series},)", "pass one time"
            )
        slot = np.broadcast_to(slots_of(time), value.shape)
        missing = np.isnan(value)
        with np.errstate(all="ignore"):
            if not missing.any():
                return FleetStep._make(step(self._rows, self._state, value, slot))
            return self._step_around(value, slot, missing)

    def _step_around(
        self, value: FloatArray, slot: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_]
    ) -> FleetStep:
        kept = self._state[:, missing]
        known = np.where(missing, 0.0, value)
        said = step(self._rows, self._state, known, slot)
        unsaid = Step(0.0, *band(self._rows, kept), final_score(self._rows, kept, np.zeros(kept.shape[1])))
        for whole, part in zip(said, unsaid, strict=True):
            np.asarray(whole)[missing] = part
        self._state[:, missing] = kept
        return FleetStep._make(said)

    def dump_one(self, place: int) -> bytes:
        """The state of one series: what a :class:`LightKernel` that saw the same values dumps."""
        return light_state.write(self._state[:, self._one(place)])

    def load_one(self, place: int, state: bytes) -> None:
        """Series ``place`` goes on from the state of a light kernel."""
        self._state[:, self._one(place)] = light_state.read(state)

    def _one(self, place: int) -> int:
        if not 0 <= place < self.series:
            raise UsageError(
                f"series {place} of {self.series:,}", f"0 to {self.series - 1:,}", "pass its place"
            )
        return place

    def dump(self) -> bytes:
        """The states of all series."""
        return light_state.write(self._state.T, NAME)

    @classmethod
    def load(cls, state: bytes) -> Self:
        """The fleet as it was when it was dumped. DataError for anything else than a dump."""
        rows = light_state.read(state, NAME)
        fleet = cls(len(rows))
        fleet._state = np.ascontiguousarray(rows.T)
        return fleet


def _floats(given: npt.ArrayLike, name: str) -> FloatArray:
    """Numbers, or times as unix seconds."""
    if isinstance(given, np.ndarray) and given.dtype == np.float64:
        return given
    try:
        array = np.asarray(given)
        if array.dtype.kind == "M":
            since = array.astype("datetime64[ms]")
            return np.where(np.isnat(since), np.nan, since.astype(np.int64) / 1e3)
        return array.astype(np.float64)
    except (TypeError, ValueError):
        raise UsageError(f"{name} = {given!r:.60}", "numbers, NaN for missing", "convert them") from None


def slots_of(time_s: FloatArray) -> npt.NDArray[np.int64]:
    """The time slots of unix times, as ``light.slot_of`` gives them one by one."""
    known = np.abs(time_s) < LATEST_S
    time = np.where(known, time_s, 0.0)
    day = np.floor(time / DAY_S)
    slot = np.minimum(np.floor((time - day * DAY_S) * (SLOTS / DAY_S)), SLOTS - 1)
    weekend = np.isin(day % 7, (2.0, 3.0))
    return np.where(known, slot + SLOTS * weekend, -1).astype(np.int64)
