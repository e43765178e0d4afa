"""How much two sets of categories differ, and how likely that is by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import FloatArray

_MIN_EXPECTED: Final = 5.0  # Cochran's rule: pool categories expected less often than this
_MAX_TERMS: Final = 10_000


@dataclass(frozen=True, slots=True)
class CategoryTest:
    """G-test of two rows of counts: statistic, degrees of freedom, p-value, Cramér's V in [0, 1]."""

    g: float
    df: int
    p: float
    effect: float


def chi2_sf(x: float, df: int) -> float:
    """P(X > x) of the chi-square distribution: the regularised upper gamma Q(df/2, x/2).

    Series below ``x/2 < df/2 + 1``, Lentz's continued fraction above (Numerical Recipes, 6.2).

    >>> round(chi2_sf(3.841459, 1), 6), round(chi2_sf(18.307038, 10), 6), chi2_sf(0.0, 3)
    (0.05, 0.05, 1.0)
    """
    if df < 1 or x <= 0 or math.isnan(x):
        return 1.0
    if df == 1:
        return math.erfc(math.sqrt(x / 2))
    a, half = df / 2, x / 2
    front = math.exp(a * math.log(half) - half - math.lgamma(a))
    if half < a + 1:
        return max(0.0, 1.0 - front * _gamma_series(a, half))
    return min(1.0, front * _gamma_fraction(a, half))


def _gamma_series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for step in range(1, _MAX_TERMS):
        term *= x / (a + step)
        total += term
        if term < total * 1e-16:
            break
    return total


def _gamma_fraction(a: float, x: float) -> float:
    tiny = 1e-300
    b = x + 1 - a
    c, d = 1 / tiny, 1 / b
    value = d
    for step in range(1, _MAX_TERMS):
        factor = -step * (step - a)
        b += 2
        d = 1 / (factor * d + b or tiny)
        c = b + factor / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def category_test(before: npt.ArrayLike, after: npt.ArrayLike) -> CategoryTest:
    """Did the mix of categories change? G-test of the 2 x k table, with Williams' correction.

    ``before`` and ``after`` are ``(k,)`` counts. Categories expected fewer than five times in
    either row are pooled first (Cochran's rule). Cramér's V is sqrt(G / N).

    >>> t = category_test([50, 50], [90, 10])
    >>> round(t.g, 1), t.df, t.p < 1e-8, round(t.effect, 2)
    (40.3, 1, True, 0.45)
    >>> category_test([5, 5], [0, 0]).p
    1.0
    """
    table = np.vstack((np.asarray(before, np.float64), np.asarray(after, np.float64)))
    table = _pooled(table[:, table.sum(axis=0) > 0])
    total, rows, columns = float(table.sum()), table.sum(axis=1), table.sum(axis=0)
    if table.shape[1] < 2 or rows.min() <= 0:
        return CategoryTest(0.0, 0, 1.0, 0.0)
    expected = rows[:, None] * columns[None, :] / total
    ratio = np.where(table > 0, table, 1.0) / np.where(table > 0, expected, 1.0)
    g = max(0.0, 2.0 * float((table * np.log(ratio)).sum()))
    df = table.shape[1] - 1
    williams = 1 + float((total / rows).sum() - 1) * float((total / columns).sum() - 1) / (6 * total * df)
    g /= williams
    return CategoryTest(g, df, chi2_sf(g, df), min(1.0, math.sqrt(g / total)))


def _pooled(table: FloatArray) -> FloatArray:
    rows, total = table.sum(axis=1), table.sum()
    if total <= 0:
        return table
    rare = table.sum(axis=0) * rows.min() / total < _MIN_EXPECTED
    if rare.sum() < 2:
        return table
    return np.column_stack((table[:, ~rare], table[:, rare].sum(axis=1)))


def share_p(before: npt.ArrayLike, n_before: float, after: npt.ArrayLike, n_after: float) -> FloatArray:
    """``(k,)`` p-values: is the share ``after / n_after`` another one than ``before / n_before``?

    Chi-square of each 2 x 2 table with Yates' correction, which errs on the safe side for
    small counts. Shares of different categories may overlap (tags).

    >>> share_p([10, 50], 100, [40, 55], 100).round(6).tolist()
    [2e-06, 0.571126]
    """
    a, b = np.asarray(after, np.float64), np.asarray(before, np.float64)
    total = n_before + n_after
    with_it = a + b
    scale = n_before * n_after * with_it * (total - with_it)
    gap = np.maximum(0.0, np.abs(a * n_before - b * n_after) - total / 2)
    chi2 = np.where(scale > 0, total * gap**2 / np.where(scale > 0, scale, 1.0), 0.0)
    return np.array([math.erfc(math.sqrt(x / 2)) for x in np.ravel(chi2)])


def lift(before: npt.ArrayLike, n_before: float, after: npt.ArrayLike, n_after: float) -> FloatArray:
    """``(k,)`` share after over share before, each with half a record added so that it is finite.

    >>> lift([10, 0], 100, [40, 5], 100).round(1).tolist()
    [3.9, 11.0]
    """
    a, b = np.asarray(after, np.float64), np.asarray(before, np.float64)
    return np.asarray(((a + 0.5) / (n_after + 1)) / ((b + 0.5) / (n_before + 1)))


def benjamini_hochberg(p: npt.ArrayLike) -> FloatArray:
    """``(k,)`` p-values corrected for the number of questions asked (false discovery rate).

    Benjamini and Hochberg 1995: p_(i) * k / i, made monotone from the largest down.

    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    raw = np.asarray(p, np.float64)
    if not raw.size:
        return raw.copy()
    order = np.argsort(raw, kind="stable")
    scaled = raw[order] * raw.size / np.arange(1, raw.size + 1)
    corrected = np.empty_like(raw)
    corrected[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return corrected


def jensen_shannon(before: npt.ArrayLike, after: npt.ArrayLike) -> float:
    """Jensen-Shannon divergence in bits of two rows of counts: 0 same mix, 1 nothing shared.

    Lin 1991: H((p + q) / 2) - (H(p) + H(q)) / 2. Zero when a row is empty.

    >>> jensen_shannon([1, 0], [0, 1]), jensen_shannon([3, 1], [6, 2])
    (1.0, 0.0)
    """
    p, q = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if p.sum() <= 0 or q.sum() <= 0:
        return 0.0
    p, q = p / p.sum(), q / q.sum()
    value = _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2
    return min(1.0, max(0.0, value))


def _entropy(share: FloatArray) -> float:
    positive = share[share > 0]
    return float(-(positive * np.log2(positive)).sum())
