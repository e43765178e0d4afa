"""How good a score ranks, without a threshold: average precision and AUROC."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def is_positive(label: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """``(n,)`` true where the label is above 0."""
    return np.asarray(label) > 0


def average_precision(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """AUC-PR as average precision: sum over distinct thresholds of (R_k - R_{k-1}) P_k.

    Equal scores are one threshold. NaN without a positive label.

    >>> round(average_precision([0, 1, 0, 1], [0.1, 0.9, 0.8, 0.7]), 6)
    0.833333
    """
    true, value = is_positive(label), np.asarray(score, dtype=np.float64)
    if not true.any():
        return float("nan")
    order = np.argsort(-value, kind="stable")
    last = np.append(np.flatnonzero(np.diff(value[order])), len(value) - 1)
    hits = np.cumsum(true[order])[last]
    gained = np.diff(hits, prepend=0) / hits[-1]
    return float(np.dot(gained, hits / (last + 1)))


def auroc(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Chance that a positive outscores a negative, ties counting half. NaN with one class only.

    >>> auroc([0, 1, 0, 1], [0.1, 0.9, 0.7, 0.7])
    0.875
    """
    true, value = is_positive(label), np.asarray(score, dtype=np.float64)
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return float("nan")
    below = np.sort(value[~true])
    smaller = np.searchsorted(below, value[true], "left")
    not_larger = np.searchsorted(below, value[true], "right")
    return float((smaller.sum() + not_larger.sum()) / 2 / positives / negatives)
