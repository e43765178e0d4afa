"""The volume under the surface, point by point and slowly, straight from its definition."""

from __future__ import annotations

import math


def slow_vus(label, score, window, thresholds=250):
    """(VUS-ROC, VUS-PR): for every buffer and threshold, look at every point."""
    n = len(label)
    falling = sorted(score, reverse=True)
    cuts = [falling[int(k * (n - 1) / (thresholds - 1))] for k in range(thresholds)]
    surfaces = [_areas(label, score, cuts, buffer) for buffer in range(window + 1)]
    return tuple(sum(one) / len(surfaces) for one in zip(*surfaces, strict=True))


def _areas(label, score, cuts, buffer):
    slope = [_slope(label, i, buffer) for i in range(len(label))]
    regions = _regions(label, buffer)
    positives = sum(label)
    roc, pr = 0.0, 0.0
    last_tpr, last_fpr = 0.0, 0.0
    for cut in cuts:
        alarmed = [i for i, s in enumerate(score) if s >= cut]
        hit = sum(slope[i] for i in alarmed)
        beside = sum(slope[i] for i in alarmed if not label[i])
        weight = positives + beside / 2
        found = sum(any(a in region for a in alarmed) for region in regions) / len(regions)
        tpr = min(hit / weight, 1) * found
        fpr = (len(alarmed) - hit) / (len(label) - weight)
        roc += (fpr - last_fpr) * (tpr + last_tpr) / 2
        pr += (tpr - last_tpr) * hit / len(alarmed)
        last_tpr, last_fpr = tpr, fpr
    return roc + (1 - last_fpr) * (1 + last_tpr) / 2, pr


def _runs(label):
    runs = []
    for i, one in enumerate(label):
        if one and (i == 0 or not label[i - 1]):
            runs.append([i, i])
        elif one:
            runs[-1][1] = i
    return runs


def _slope(label, i, buffer):
    if label[i]:
        return 1.0
    distances = [first - i if i < first else i - last for first, last in _runs(label)]
    return min(1.0, sum(math.sqrt(1 - d / buffer) for d in distances if d <= buffer // 2))


def _regions(label, buffer):
    half = buffer // 2
    merged: list[list[int]] = []
    for first, last in _runs(label):
        if merged and merged[-1][1] >= first - half:
            merged[-1][1] = last + half
        else:
            merged.append([first - half, last + half])
    return [range(first, last + 1) for first, last in merged]
