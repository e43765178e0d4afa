"""Ours, channel by channel: the highest score of any channel that is looked at by itself."""

from __future__ import annotations

import numpy as np

from anomaly_hunter import registry
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.series import detect_series
from anomaly_hunter.model import FloatArray, Series

PACKAGE = ""


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Highest score of the automatic choice over the channels."""

    def lookup(name: str) -> type:
        return registry.lookup("detectors", name)

    columns = value.reshape(len(value), -1).T
    each = [detect_series(Series.of(column), DetectOptions(), lookup).score for column in columns]
    highest: FloatArray = np.maximum.reduce([np.nan_to_num(one) for one in each])
    return highest
