"""The product as the benchmarks see it: the only file here that calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.detect.forecasting.contract import Forecast
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.detect.table import detect_table
from anomaly_hunter.hunt import hunt as public_hunt
from anomaly_hunter.model import Column, Detection, Hunt, Series, Table
from benchmarks.metrics import FloatArray, IntArray, Span


class Detect(Protocol):
    """Anything that scores one series and raises alarms: :func:`detect`, or a fake in a test."""

    def __call__(
        self, value: FloatArray, time_s: IntArray | None = None, detectors: Sequence[str] = ()
    ) -> Detection:
        """What is strange about ``value``, ``(n,)`` or ``(n, k)``, at ``time_s`` seconds."""
        ...


class Predict(Protocol):
    """Anything that forecasts one series: :func:`forecast`, or a fake in a test."""

    def __call__(
        self, value: FloatArray, time_s: IntArray, horizon: int, forecaster: str, counts: bool = False
    ) -> Forecast:
        """What comes after ``value``."""
        ...


class DetectRows(Protocol):
    """Anything that scores the rows of a table: :func:`detect_rows`, or a fake in a test."""

    def __call__(self, rows: FloatArray, detectors: Sequence[str] = ()) -> Detection:
        """Which of the ``(n, k)`` rows are strange."""
        ...


class HuntCall(Protocol):
    """The public call: :func:`hunt`, or a fake in a test."""

    def __call__(self, data: object) -> Hunt:
        """Everything about ``data``: a path or an array, without a single option."""
        ...


def lookup(name: str) -> Any:
    """The detector class of this name."""
    return registry.lookup("detectors", name)


def detect(value: FloatArray, time_s: IntArray | None = None, detectors: Sequence[str] = ()) -> Detection:
    """What the product says about one series at default settings (or with the named detectors)."""
    time = None if time_s is None else (time_s * 1_000_000_000).view("datetime64[ns]")
    return detect_series(Series.of(value, time), DetectOptions(detectors=tuple(detectors)), lookup)


def detect_rows(rows: FloatArray, detectors: Sequence[str] = ()) -> Detection:
    """What the product says about the rows of a table of measures."""
    columns = tuple(Column(f"x{i}", "measure", column) for i, column in enumerate(rows.T))
    return detect_table(Table("rows", columns), DetectOptions(detectors=tuple(detectors)), lookup)


def forecast(
    value: FloatArray, time_s: IntArray, horizon: int, forecaster: str, counts: bool = False
) -> Forecast:
    """The next values after ``value``, ``(n,)`` at ``time_s`` seconds, by the named forecaster."""
    series = Series.of(value, (time_s * 1_000_000_000).view("datetime64[ns]"), counts=counts)
    found: Forecast = registry.lookup("forecasters", forecaster)().fit(series).predict(horizon)
    return found


def hunt(data: object) -> Hunt:
    """The whole loop, as a user calls it."""
    return public_hunt(data)


def finite_score(detection: Detection) -> FloatArray:
    """``(n,)`` the score, with 0 where the product gives none (the value is missing)."""
    return np.nan_to_num(np.asarray(detection.score, dtype=np.float64), nan=0.0)


def alarm_spans(detection: Detection) -> list[Span]:
    """The spans that raise an alarm."""
    return [(anomaly.start, anomaly.stop) for anomaly in detection.anomalies]
