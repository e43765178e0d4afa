"""PyOD's spectral residual: salient in the log spectrum."""

from __future__ import annotations

from anomaly_hunter.bench.others.pyod_series import fitted_score
from anomaly_hunter.model import FloatArray

PACKAGE = "pyod"


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """`decision_scores_` of `pyod.models.ts_spectral_residual.SpectralResidual`."""
    return fitted_score("ts_spectral_residual", "SpectralResidual", value, windowed=False)
