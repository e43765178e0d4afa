"""PyOD's SAND: shapes learned in batches."""

from __future__ import annotations

from anomaly_hunter.bench.others.pyod_series import fitted_score
from anomaly_hunter.model import FloatArray

PACKAGE = "pyod"


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """`decision_scores_` of `pyod.models.ts_sand.SAND`."""
    return fitted_score("ts_sand", "SAND", value, random_state=0)
