"""Stated confidence against how often the named cause was right: Platt's line, held to the identity.

Sources: Platt, "Probabilistic outputs for support vector machines", Advances in Large Margin
Classifiers 1999 (a line on the logit, targets away from 0 and 1); Guo et al., "On calibration of modern
neural networks", ICML 2017 (one slope is enough); Gelman et al., "A weakly informative default prior
for logistic regression", Annals of Applied Statistics 2008 (why the prior).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray
from anomaly_hunter.remember.learning.answers import Answer, ages

LAPSES: Final = 0.1
OFFSET_SD: Final = 0.4
SLOPE_SD: Final = 0.25
MOST_OFFSET: Final = 2.0
SLOPES: Final = (0.4, 2.0)
_STEPS: Final = 100


def line_of(answers: Sequence[Answer], worth: float = 1.0) -> tuple[float, float]:
    """Offset and slope of ``logit p' = a + b logit p``, ``(0, 1)`` without an answer on a cause.

    A mode of the posterior with priors ``a ~ N(0, 0.4)``, ``b ~ N(1, 0.25)``. One answer in ten is taken to
    be mistaken, so "right" has the probability ``0.1 + 0.8 p'``: expectation maximisation with one step
    of Newton in each round, from (0, 1). ``a`` is kept in [-2, 2], ``b`` in [0.4, 2], so the map rises
    and can be inverted.

    Each answer counts ``worth`` times what its age leaves of it.
    """
    judged = [
        (a.confidence, a.was_right, counts)
        for a, counts in zip(answers, ages(tuple(answers)), strict=True)
        if a.was_right is not None
    ]
    if not judged:
        return 0.0, 1.0
    stated = np.clip([p for p, _, _ in judged], 0.02, 0.98)
    right = np.array([bool(r) for _, r, _ in judged])
    counts = worth * np.array([c for _, _, c in judged])
    offset, slope = _mode(np.log(stated / (1 - stated)), right, counts)
    return (
        min(max(offset, -MOST_OFFSET), MOST_OFFSET),
        min(max(slope, SLOPES[0]), SLOPES[1]),
    )


def _mode(logit: FloatArray, right: npt.NDArray[np.bool_], counts: FloatArray) -> tuple[float, float]:
    design = np.column_stack([np.ones(len(logit)), logit])
    center = np.array([0.0, 1.0])
    hold = np.diag([OFFSET_SD**-2, SLOPE_SD**-2])
    line = center.copy()
    for _ in range(_STEPS):
        share = 1.0 / (1.0 + np.exp(-design @ line))
        said, not_said = np.where(right, 1.0 - LAPSES, LAPSES), np.where(right, LAPSES, 1.0 - LAPSES)
        target = said * share / (said * share + not_said * (1.0 - share))
        slope = design.T @ (counts * (target - share)) - hold @ (line - center)
        curve = (design.T * (counts * share * (1.0 - share))) @ design + hold
        step = np.linalg.solve(curve, slope)
        line = line + step * min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(line[0]), float(line[1])


def calibration_error(stated: FloatArray, right: FloatArray, bins: int = 10) -> float:
    """Expected calibration error: mean of |share right - mean stated| over bins, weighted by size.

    Guo et al. 2017, section 2. NaN without a value.

    >>> round(calibration_error(np.array([0.9, 0.9, 0.9, 0.9]), np.array([1.0, 1.0, 0.0, 0.0])), 3)
    0.4
    """
    if not len(stated):
        return math.nan
    place = np.minimum((stated * bins).astype(int), bins - 1)
    apart = [abs(float(right[place == b].sum() - stated[place == b].sum())) for b in range(bins)]
    return math.fsum(apart) / len(stated)
