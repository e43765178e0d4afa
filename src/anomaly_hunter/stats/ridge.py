"""Each channel as a linear function of all the others."""

from __future__ import annotations

import numpy as np

from anomaly_hunter.model import FloatArray

ROWS = 1_000
"""Rows that are learned from: a longer reference adds nothing but cost."""

PENALTY = 0.1
SEED = 20_261_121


def residuals(value: FloatArray, learned: int) -> FloatArray:
    """``(n, k)`` what is left of each channel when the others have said what they can.

    Ridge regression of every channel on all others at once, from the inverse of their covariance
    ``S`` in (up to 1,000 of) the first ``learned`` rows: with ``P = (S + a I)^-1``,

        residual of channel j at row t = (x_t P)_j / P_jj,   a = 0.1 + k / rows

    (the penalty grows with the number of channels per row, where a covariance is mostly chance).
    For more channels than rows ``P`` is never built: by Woodbury's identity the rows are
    inverted instead, so the cost is linear in ``n`` and in ``k``.

    >>> x = np.random.default_rng(0).normal(size=(500, 2))
    >>> x[:, 1] = 2 * x[:, 0]
    >>> bool(np.abs(residuals(x, 500)).max() < 0.25 * np.abs(x).max())
    True
    """
    k = value.shape[1]
    place = np.arange(learned)
    if learned > ROWS:
        place = np.sort(np.random.default_rng(SEED).choice(learned, ROWS, replace=False))
    rows = value[place]
    centre = rows.mean(axis=0)
    rows = rows - centre
    penalty = PENALTY + k / len(rows)
    if k <= len(rows):
        inverse = np.linalg.inv(rows.T @ rows / len(rows) + penalty * np.eye(k))
        left = (value - centre) @ inverse
        own = np.diag(inverse)
    else:
        gram = rows @ rows.T / len(rows) + penalty * np.eye(len(rows))
        solved = np.linalg.solve(gram, rows) / len(rows)
        calm = value - centre
        left = (calm - (calm @ rows.T) @ solved) / penalty
        own = (1.0 - np.einsum("ij,ij->j", rows, solved)) / penalty
    result: FloatArray = left / own
    return result
