"""Slow, obvious twins of the table detectors."""

from __future__ import annotations

import math

import numpy as np


def tails(column, value):
    n = len(column)
    left = sum(x <= value for x in column) / n
    right = sum(x >= value for x in column) / n
    return -math.log(left), -math.log(right)


def skew(column):
    mean = sum(column) / len(column)
    third = sum((x - mean) ** 3 for x in column)
    size = max(abs(x - mean) for x in column) or 1.0
    return 0 if abs(third / len(column) / size**3) <= 1e-12 else math.copysign(1, third)


def ecod(rows):
    result = []
    for row in rows:
        sums = [0.0, 0.0, 0.0]
        for column, value in zip(rows.T.tolist(), row, strict=True):
            left, right = tails(column, value)
            side = {-1: left, 0: max(left, right), 1: right}[skew(column)]
            sums = [a + b for a, b in zip(sums, (left, right, side), strict=True)]
        result.append(max(sums))
    return np.array(result)


def copod(rows):
    result = []
    for row in rows:
        total = 0.0
        for column, value in zip(rows.T.tolist(), row, strict=True):
            left, right = tails(column, value)
            side = {-1: left, 0: left + right, 1: right}[skew(column)]
            total += max((left + right) / 2, side)
        result.append(total)
    return np.array(result)


def hbos(rows):
    total = np.zeros(len(rows))
    for column in rows.T:
        low, high = column.min(), column.max()
        if high == low:
            continue
        bins = [min(int((value - low) * (10 / (high - low))), 9) for value in column]
        heights = [bins.count(b) for b in range(10)]
        total += [math.log(max(heights) / heights[b]) for b in bins]
    return total


def neighbours(detector, rows):
    """From the rows that the fitted detector drew, distances one by one; no row is its own neighbour."""
    units = detector._units(rows)
    result = np.zeros(len(rows))
    for sample in detector._drawn:
        for i, row in enumerate(units):
            others = [s for s in sample if not (s == row).all()]
            result[i] += min(math.dist(row, other) for other in others)
    return result / len(detector._drawn)


def rarity_alone(codes):
    known = [code for code in codes if code >= 0]
    share = {code: known.count(code) / len(known) for code in set(known)}
    entropy = -sum(p * math.log(p) for p in share.values())
    return [max(-math.log(share[code]) - entropy, 0.0) if code >= 0 else 0.0 for code in codes]
