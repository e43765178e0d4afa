"""The time-series detectors of PyOD: fitted on the whole series, as their `decision_scores_` are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from anomaly_hunter.bench.others.windows import filled, width_of
from anomaly_hunter.model import FloatArray


def fitted_score(
    module: str, kind: str, value: FloatArray, *, windowed: bool = True, **more: Any
) -> FloatArray:
    """``(n,)`` training scores of ``pyod.models.MODULE.KIND`` at its defaults, window by autocorrelation."""
    rows = filled(value)
    setting = {"window_size": max(4, width_of(rows))} if windowed else {}
    model = getattr(import_module(f"pyod.models.{module}"), kind)(**setting, **more)
    return np.asarray(model.fit(rows).decision_scores_, dtype=np.float64)
