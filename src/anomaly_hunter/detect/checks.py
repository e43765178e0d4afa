"""The shape of what a detector is given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anomaly_hunter.errors import DataError
from anomaly_hunter.model import FloatArray


def one_series(data: npt.ArrayLike, name: str) -> FloatArray:
    """``data`` as ``(n,)`` float64, not copied where it is that already.

    Raises
    ------
    DataError
        It is not one-dimensional, not numbers, or holds infinite values.
    """
    cure = "pass one channel at a time, NaN where a value is missing"
    try:
        value = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"detector {name!r} was given no numbers", "an array of floats (n,)", cure) from error
    if value.ndim != 1:
        raise DataError(f"detector {name!r} was given an array of shape {value.shape}", "shape (n,)", cure)
    if bool(np.isinf(value).any()):
        raise DataError(f"detector {name!r} was given infinite values", "finite numbers", cure)
    return value


def many_channels(data: npt.ArrayLike, name: str) -> FloatArray:
    """``data`` as ``(n, k)`` float64, not copied where it is that already.

    Raises
    ------
    DataError
        It is not two-dimensional, not numbers, or holds infinite values.
    """
    cure = "pass points by channels, NaN where a value is missing"
    try:
        value = np.asarray(data, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"detector {name!r} was given no numbers", "an array of floats (n, k)", cure
        ) from error
    if value.ndim != 2:
        raise DataError(f"detector {name!r} was given an array of shape {value.shape}", "shape (n, k)", cure)
    if bool(np.isinf(value).any()):
        raise DataError(f"detector {name!r} was given infinite values", "finite numbers", cure)
    return value


def blank_missing(score: FloatArray, value: FloatArray) -> FloatArray:
    """The score with 0 where the value is missing."""
    missing = np.isnan(value)
    return np.where(missing, 0.0, score) if missing.any() else score
