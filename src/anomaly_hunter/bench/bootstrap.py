"""Is one method better than another, or lucky with these files?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference and the ends of its 95% interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def paired_interval(
    differences: Mapping[str, npt.ArrayLike], resamples: int = 2_000, seed: int = 0
) -> Interval | None:
    """Mean over sources of the mean difference per file, with a 95% percentile interval.

    Parameters
    ----------
    differences:
        For each source ``(m,)`` differences, one per file, of two methods on the same file. Files are
        drawn with replacement within each source (Efron & Tibshirani 1993, chapters 8 and 13); the
        sources stay as they are. NaN is left out.

    Returns
    -------
    None where there is no difference to look at.

    >>> str(paired_interval({"a": [0.1, 0.2, 0.3], "b": [0.0, 0.2]}))
    '+0.150 [+0.067, +0.233]'
    """
    rng = np.random.default_rng(seed)
    means, drawn = [], []
    for given in differences.values():
        values = np.asarray(given, dtype=np.float64)
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        means.append(values.mean())
        drawn.append(values[rng.integers(len(values), size=(resamples, len(values)))].mean(axis=1))
    if not means:
        return None
    low, high = np.quantile(np.mean(drawn, axis=0), (0.025, 0.975))
    return Interval(float(np.mean(means)), float(low), float(high))
