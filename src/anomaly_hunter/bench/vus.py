"""Volume under the surface: how good a score ranks when labels may be a little beside the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anomaly_hunter.bench.ranking import is_positive
from anomaly_hunter.bench.spans import spans_of
from anomaly_hunter.model import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Volume:
    """Volumes under the surface, both in [0, 1]."""

    roc: float
    pr: float


def vus(label: npt.ArrayLike, score: npt.ArrayLike, window: int, thresholds: int = 250) -> Volume:
    """VUS-ROC and VUS-PR: areas under range-ROC and range-PR, averaged over buffers 0..window.

    For a buffer of ``w`` points a true span is given a slope on both sides: a point at distance
    ``d <= w // 2`` counts ``sqrt(1 - d / w)`` (slopes of several spans add up, at most 1). With
    ``P`` true points and thresholds at 250 ranks of the sorted score,

        TP = sum of the sloped label over alarmed points;  FP = alarmed points - TP
        P_w = P + (slope over alarmed points) / 2
        TPR = min(TP / P_w, 1) * share of (sloped, merged) spans with an alarm
        FPR = FP / (n - P_w);  precision = TP / alarmed points

    The definition, its 250 thresholds and its rounding (``w // 2``) are those of TSB-AD
    (Liu & Paparrizos, NeurIPS 2024), after Paparrizos, Boniol, Palpanas, Tsay, Elmore and
    Franklin, "Volume Under the Surface", PVLDB 15(11), 2022, sections 4-5.

    Parameters
    ----------
    label, score:
        ``(n,)`` each; ``label > 0`` is abnormal, the score is finite, higher is stranger.
    window:
        Largest buffer in points.

    Returns
    -------
    Volume
        NaN in both where no point is labelled.

    >>> volume = vus([0, 0, 1, 1, 0, 0, 0, 0], [3, 1, 5, 2, 4, 0, 0, 0], window=2)
    >>> round(volume.roc, 6), round(volume.pr, 6)
    (0.865977, 0.792741)
    """
    true, value = is_positive(label), np.asarray(score, dtype=np.float64)
    if value.shape != true.shape or not np.isfinite(value).all():
        raise ValueError(f"scores of shape {value.shape} for labels of {true.shape}, all finite")
    spans = np.array(spans_of(true), dtype=np.int64).reshape(-1, 2)
    if not len(spans):
        return Volume(float("nan"), float("nan"))
    first = _first_threshold(value, thresholds)
    alarmed = np.cumsum(np.bincount(first, minlength=thresholds)).astype(np.float64)
    inside = np.cumsum(np.bincount(first[true], minlength=thresholds)).astype(np.float64)
    slope = _slopes(spans, true, first, window, thresholds)
    found = _found(spans, first, window, thresholds)
    hit = inside + slope
    p_w = int(true.sum()) + slope / 2
    tpr = np.minimum(hit / p_w, 1) * found
    fpr = (alarmed - hit) / np.maximum(len(value) - p_w, 0.5)  # less only where every point is abnormal
    return Volume(_area_roc(tpr, fpr), _area_pr(tpr, hit / alarmed))


def _first_threshold(value: FloatArray, thresholds: int) -> IntArray:
    """``(n,)`` index of the first (highest) threshold at which each point is alarmed."""
    falling = -np.sort(-value)
    cuts = falling[np.linspace(0, len(value) - 1, thresholds).astype(np.int64)]
    return np.searchsorted(-cuts, -value, side="left").astype(np.int64)


def _slopes(
    spans: IntArray, true: npt.NDArray[np.bool_], first: IntArray, window: int, thresholds: int
) -> FloatArray:
    """``(window + 1, thresholds)`` sum of the slopes over the points alarmed at each threshold."""
    reach = np.arange(1, window // 2 + 1)
    point = np.concatenate([spans[:, :1] - reach, spans[:, 1:] - 1 + reach]).ravel()
    distance = np.tile(reach, 2 * len(spans))
    keep = (point >= 0) & (point < len(true))
    keep[keep] = ~true[point[keep]]
    point, distance = point[keep], distance[keep]
    # Nearest first: the points that a smaller buffer reaches are then a prefix.
    order = np.argsort(distance, kind="stable")
    nodes, place = np.unique(point[order], return_inverse=True)
    distance, bins = distance[order], first[nodes]
    total = np.zeros((window + 1, thresholds))
    for w in range(2, window + 1):
        count = int(np.searchsorted(distance, w // 2, side="right"))
        heights = np.bincount(place[:count], np.sqrt(1 - distance[:count] / w), minlength=len(nodes))
        total[w] = np.bincount(bins, np.minimum(heights, 1), minlength=thresholds)
    return np.cumsum(total, axis=1)


def _found(spans: IntArray, first: IntArray, window: int, thresholds: int) -> FloatArray:
    """``(window + 1, thresholds)`` share of the widened, merged spans that hold an alarmed point."""
    n = len(first)
    padded = np.append(first, thresholds)
    share = np.empty((window // 2 + 1, thresholds))
    for half in range(window // 2 + 1):
        apart = spans[:-1, 1] - 1 + half < spans[1:, 0] - half
        starts = np.maximum(spans[np.append(True, apart), 0] - half, 0)
        stops = np.minimum(spans[np.append(apart, True), 1] + half, n)
        earliest = np.minimum.reduceat(padded, np.column_stack([starts, stops]).ravel())[::2]
        share[half] = np.cumsum(np.bincount(earliest, minlength=thresholds)) / len(starts)
    return share[np.arange(window + 1) // 2]


def _area_roc(tpr: FloatArray, fpr: FloatArray) -> float:
    """Mean over buffers of the trapezoid area, from (0, 0) to (1, 1)."""
    origin, end = np.zeros((len(tpr), 1)), np.ones((len(tpr), 1))
    y, x = np.hstack([origin, tpr, end]), np.hstack([origin, fpr, end])
    return float(np.mean(np.sum(np.diff(x) * (y[:, 1:] + y[:, :-1]) / 2, axis=1)))


def _area_pr(tpr: FloatArray, precision: FloatArray) -> float:
    """Mean over buffers of the step area: gain in TPR times the precision after it."""
    return float(np.mean(np.sum(np.diff(tpr, axis=1, prepend=0) * precision, axis=1)))
