"""PyOD's k-Shape clusters: far from the nearest shape."""

from __future__ import annotations

from anomaly_hunter.bench.others.pyod_series import fitted_score
from anomaly_hunter.model import FloatArray

PACKAGE = "pyod"


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """`decision_scores_` of `pyod.models.ts_kshape.KShape`."""
    return fitted_score("ts_kshape", "KShape", value, random_state=0)
