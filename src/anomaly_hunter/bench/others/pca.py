"""Principal components: far along rare directions of the rows of a multivariate series."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.bench.others.windows import filled
from anomaly_hunter.model import FloatArray

PACKAGE = ""


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Sum of squared components, each divided by its variance (Shyu et al. 2003), all components.

    The rows are standardised; directions without variance are left out.
    """
    rows = filled(value)
    spread = rows.std(axis=0)
    rows = (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    variance, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    kept = variance > 1e-9 * variance[-1]
    total: FloatArray = (
        ((rows @ directions[:, kept]) ** 2 / variance[kept]).sum(axis=1)
        if kept.any()
        else np.zeros(len(rows))
    )
    return total
