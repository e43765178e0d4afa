"""Streaming detectors, fed one value at a time as they would be live."""

from __future__ import annotations

import math

import numpy as np

from anomaly_hunter.detect.online.kernel import USUAL_INTERVAL_S, Kernel
from anomaly_hunter.detect.online.profiles import kernel
from anomaly_hunter.model import FloatArray


def kernel_of(name: str, time_s: FloatArray | None = None) -> Kernel:
    """A new kernel of this name for a series with these times. UsageError when there is none."""
    return kernel(name)(interval_of(time_s))


def interval_of(time_s: FloatArray | None) -> float:
    """The median step in seconds; the default of the kernels where there is no clock.

    >>> interval_of(np.array([0.0, 60.0, 120.0, 900.0]))
    60.0
    """
    steps = np.diff(time_s) if time_s is not None else np.zeros(0)
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else USUAL_INTERVAL_S


def fed(kernel: Kernel, value: FloatArray, time_s: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """``(n,)`` immediate scores, and ``(n,)`` final ones.

    The final score of a step belongs to the point ``kernel.lag`` steps ago. Behind the end as many
    missing values are fed, so that the last points get theirs; a point without one keeps the immediate.
    """
    n, lag = len(value), kernel.lag
    immediate = np.zeros(n)
    final = np.full(n, np.nan)
    times = [math.nan] * n if time_s is None else time_s.tolist()
    for place, (x, t) in enumerate(zip(value.tolist(), times, strict=True)):
        step = kernel.step(x, t)
        immediate[place] = step.score
        if place >= lag:
            final[place - lag] = step.final
    for place in range(n, n + lag):
        behind = kernel.step(math.nan, math.nan).final
        if place >= lag:
            final[place - lag] = behind
    return immediate, np.where(np.isnan(final), immediate, final)
