"""A detector: how far each point is from the last one that was seen."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray


class LastValue:
    """Distance to the previous value, in the data's own unit.

    >>> LastValue().fit(np.zeros(4)).score(np.array([1.0, 1.0, 5.0, 5.0])).tolist()
    [0.0, 0.0, 4.0, 0.0]
    """

    name: ClassVar[str] = "last_value"
    takes: ClassVar[Literal["series"]] = "series"

    def fit(self, data: FloatArray) -> Self:
        """Nothing to learn: the previous value is the model."""
        return self

    def score(self, data: FloatArray) -> FloatArray:
        """``(n,)`` absolute differences, 0 where a value or its predecessor is missing."""
        value = np.asarray(data, dtype=np.float64)
        if value.ndim != 1:
            raise DataError(f"data of shape {value.shape}", "one value per point", "pass one series")
        with np.errstate(over="ignore"):  # a step from -1e308 to 1e308 is as strange as can be
            steps = np.abs(np.diff(value, prepend=value[:1]))
        return np.nan_to_num(steps, nan=0.0, posinf=np.finfo(np.float64).max)
