"""How good a score ranks, and how good alarms are: numpy only, no product code.

Ranking (no threshold): :func:`vus`, :func:`average_precision`, :func:`auroc`.
Alarms at the product's own threshold: :func:`judge_alarms` for one series, :func:`pool_alarms`
for a group. The words hit, false alarm, flagged and delay are those of the data's README.
Spans are half-open ``(start, stop)`` positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Span = tuple[int, int]

WIDEN = 5
"""Points by which a true span is widened on each side before an alarm is held against it."""

WEEK_S = 7 * 86_400


def spans_of(mask: npt.ArrayLike) -> list[Span]:
    """Runs of true values as half-open spans.

    >>> spans_of([0, 1, 1, 0, 1])
    [(1, 3), (4, 5)]
    """
    flat = np.concatenate([[0], np.asarray(mask, dtype=bool).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Sorted, with spans that overlap or touch made one.

    >>> merge_spans([(7, 9), (1, 3), (3, 5)])
    [(1, 5), (7, 9)]
    """
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def clip_spans(spans: Iterable[Span], start: int, stop: int) -> list[Span]:
    """What of the spans lies in ``[start, stop)``, counted from ``start``.

    >>> clip_spans([(0, 4), (6, 12), (20, 21)], 2, 10)
    [(0, 2), (4, 8)]
    """
    cut = ((max(a, start) - start, min(b, stop) - start) for a, b in spans)
    return [(a, b) for a, b in cut if a < b]


# ---------------------------------------------------------------- ranking


def _binary(label: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    return np.asarray(label) > 0


def average_precision(label: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """AUC-PR as average precision: sum over distinct thresholds of (R_k - R_{k-1}) P_k.

    Equal scores are one threshold. NaN without a positive label.

    >>> round(average_precision([0, 1, 0, 1], [0.1, 0.9, 0.8, 0.7]), 6)
    0.833333
    """
    true, value = _binary(label), np.asarray(score, dtype=np.float64)
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
    true, value = _binary(label), np.asarray(score, dtype=np.float64)
    positives, negatives = int(true.sum()), int((~true).sum())
    if not positives or not negatives:
        return float("nan")
    below = np.sort(value[~true])
    smaller = np.searchsorted(below, value[true], "left")
    not_larger = np.searchsorted(below, value[true], "right")
    return float((smaller.sum() + not_larger.sum()) / 2 / positives / negatives)


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
    true, value = _binary(label), np.asarray(score, dtype=np.float64)
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
    fpr = (alarmed - hit) / (len(value) - p_w)
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


# ---------------------------------------------------------------- alarms


@dataclass(frozen=True, slots=True)
class Alarms:
    """What the alarms of one series were worth.

    ``tp, fp, fn`` count points, without widening; ``events`` true spans of which ``hits`` were
    hit; ``alarms`` merged alarm spans of which ``false_alarms`` touch no widened true span;
    ``delays`` and ``delays_s`` one number per hit event in points and seconds (negative: the
    alarm began before the event); ``points`` and ``seconds`` say how much was looked at.
    """

    points: int
    seconds: float
    tp: int
    fp: int
    fn: int
    events: int
    hits: int
    alarms: int
    false_alarms: int
    delays: tuple[int, ...] = ()
    delays_s: tuple[float, ...] = ()

    @property
    def precision(self) -> float:
        """Share of the alarmed points that are true; 0 without an alarm, NaN if none was due."""
        return _share(self.tp, self.tp + self.fp) if self.alarms else 0.0 if self.events else float("nan")

    @property
    def recall(self) -> float:
        """Share of the true points that are alarmed; NaN without a true point."""
        return _share(self.tp, self.tp + self.fn)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def judge_alarms(truth: Sequence[Span], alarms: Sequence[Span], time_s: npt.ArrayLike) -> Alarms:
    """Hold alarm spans against true spans.

    A true span is hit by an alarm that overlaps it once widened by 5 points on each side. An
    alarm, after merging, that overlaps no widened true span is false. The delay runs from the
    true start to the first point of the first alarm that hits.

    Parameters
    ----------
    truth, alarms:
        Half-open spans within ``[0, n)``; both are merged first.
    time_s:
        ``(n,)`` seconds of each point, never decreasing.

    >>> a = judge_alarms([(20, 30)], [(12, 14), (22, 25), (24, 33)], range(0, 6000, 60))
    >>> a.tp, a.fp, a.fn, a.events, a.hits, a.alarms, a.false_alarms, a.delays, a.delays_s
    (8, 5, 2, 1, 1, 2, 1, (2,), (120.0,))
    """
    time = np.asarray(time_s, dtype=np.float64)
    true, raised = merge_spans(truth), merge_spans(alarms)
    is_true, is_raised = _mask(true, len(time)), _mask(raised, len(time))
    firsts = [(a, next((c for c, d in raised if _touches((a, b), (c, d))), None)) for a, b in true]
    hits = [(a, c) for a, c in firsts if c is not None]
    step = float(np.median(np.diff(time))) if len(time) > 1 else 0.0
    return Alarms(
        points=len(time),
        seconds=float(time[-1] - time[0]) + step if len(time) else 0.0,
        tp=int((is_true & is_raised).sum()),
        fp=int((~is_true & is_raised).sum()),
        fn=int((is_true & ~is_raised).sum()),
        events=len(true),
        hits=len(hits),
        alarms=len(raised),
        false_alarms=sum(not any(_touches(span, alarm) for span in true) for alarm in raised),
        delays=tuple(c - a for a, c in hits),
        delays_s=tuple(float(time[c] - time[a]) for a, c in hits),
    )


def _touches(true: Span, alarm: Span) -> bool:
    return alarm[0] < true[1] + WIDEN and alarm[1] > true[0] - WIDEN


def _mask(spans: Iterable[Span], n: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n, dtype=bool)
    for start, stop in spans:
        mask[start:stop] = True
    return mask


def pool_alarms(files: Sequence[Alarms]) -> dict[str, float]:
    """One row of numbers for a group of series.

    Pooled precision and recall sum points over all files; the means are over files where the
    number exists (a file with events and no alarm has precision 0). ``false_per_week`` and
    ``false_per_day`` are false alarms per series and week or day: all false alarms over all time
    looked at. Delays are over hit events. ``files_hit`` counts files with at least one hit.
    ``flagged_clean`` is the share of the files without a true span that raise an alarm.
    Numbers that do not exist are NaN.
    """
    tp, fp, fn = (sum(getattr(f, name) for f in files) for name in ("tp", "fp", "fn"))
    weeks = sum(f.seconds for f in files) / WEEK_S
    false = sum(f.false_alarms for f in files)
    clean = [f for f in files if not f.events]
    return {
        "files": len(files),
        "files_with_events": len(files) - len(clean),
        "files_hit": sum(f.hits > 0 for f in files),
        "events": sum(f.events for f in files),
        "hits": sum(f.hits for f in files),
        "event_recall": _share(sum(f.hits for f in files), sum(f.events for f in files)),
        "precision": _share(tp, tp + fp),
        "recall": _share(tp, tp + fn),
        "mean_precision": _mean([f.precision for f in files]),
        "mean_recall": _mean([f.recall for f in files]),
        "alarms": sum(f.alarms for f in files),
        "false_alarms": false,
        "weeks": weeks,
        "false_per_week": _share(false, weeks),
        "false_per_day": _share(false, weeks * 7),
        "median_delay_points": _median([d for f in files for d in f.delays]),
        "median_delay_s": _median([d for f in files for d in f.delays_s]),
        "p90_delay_s": _quantile([d for f in files for d in f.delays_s], 0.9),
        "flagged": sum(f.alarms > 0 for f in files),
        "clean_files": len(clean),
        "clean_flagged": sum(f.alarms > 0 for f in clean),
        "flagged_clean": _share(sum(f.alarms > 0 for f in clean), len(clean)),
    }


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if not np.isnan(v)]
    return float(np.mean(known)) if known else float("nan")


def _quantile(values: Sequence[float], q: float) -> float:
    return float(np.quantile(values, q)) if values else float("nan")


def _median(values: Sequence[float]) -> float:
    return _quantile(values, 0.5)
