"""The product as the benchmarks see it: the only file here that calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.hunt import hunt as public_hunt
from anomaly_hunter.model import Detection, FloatArray, Hunt, Series


class Detect(Protocol):
    """Anything that scores one series and raises alarms: :func:`detect`, or a fake in a test."""

    def __call__(
        self, value: FloatArray, time_s: FloatArray | None = None, detectors: Sequence[str] = ()
    ) -> Detection:
        """What is strange about ``value``, ``(n,)`` or ``(n, k)``, at ``time_s`` seconds."""
        ...


class HuntCall(Protocol):
    """The public call: :func:`hunt`, or a fake in a test."""

    def __call__(self, data: object) -> Hunt:
        """Everything about ``data``: a path or an array, without a single option."""
        ...


def lookup(name: str) -> Any:
    """The detector class of this name."""
    return registry.lookup("detectors", name)


def detect(value: FloatArray, time_s: FloatArray | None = None, detectors: Sequence[str] = ()) -> Detection:
    """What the product says about one series at default settings (or with the named detectors)."""
    time = None if time_s is None else (1e9 * time_s).astype(np.int64).view("datetime64[ns]")
    return detect_series(Series.of(value, time), DetectOptions(detectors=tuple(detectors)), lookup)


def hunt(data: object) -> Hunt:
    """The whole loop, as a user calls it."""
    return public_hunt(data)
