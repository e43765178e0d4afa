"""The state of the light kernel: how it begins, and how it is written and read back."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.online.kernel import USUAL_INTERVAL_S, points_per_week
from anomaly_hunter.detect.online.light_layout import GROWTH, SIZE
from anomaly_hunter.detect.online.state import CURE, pack, unpack
from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray

VERSION: Final = 1
MOST_BYTES: Final = 4096
NAME: Final = "light"
SHAPE: Final = 0.15


def empty(interval_s: float = USUAL_INTERVAL_S) -> list[float]:
    """The state before the first value; ``interval_s`` is the usual step between values.

    The boundary lies ``growth`` widths (95% quantile minus median) above the median of the fused
    deviation: where a tail of the generalised Pareto shape 0.15 is passed once in a week of ``n``
    values,

        growth = (n^0.15 - 2^0.15) / (20^0.15 - 2^0.15)

    >>> round(empty(60.0)[GROWTH], 2), round(empty(3600.0)[GROWTH], 2)
    (6.28, 2.29)
    """
    state = [0.0] * SIZE
    values = max(points_per_week(interval_s), 100.0)
    state[GROWTH] = (values**SHAPE - 2.0**SHAPE) / (20.0**SHAPE - 2.0**SHAPE)
    return state


def write(state: npt.ArrayLike, owner: str = NAME) -> bytes:
    """The state of one series ``(SIZE,)``, or of several ``(series, SIZE)``, as bytes."""
    return pack(owner, VERSION, {"state": np.asarray(state, np.float64)})


def read(dumped: bytes, owner: str = NAME) -> FloatArray:
    """The state that :func:`write` wrote.

    Raises
    ------
    DataError
        These are no such bytes, they are cut or changed, or of another version.
    """
    state: FloatArray = unpack(owner, VERSION, dumped)["state"]
    if state.shape[-1] != SIZE:
        raise DataError(f"a state of {state.shape[-1]:,} numbers a series", f"{SIZE} numbers", CURE)
    return state
