"""Is a category over-represented among chosen rows? The hypergeometric tail."""

from __future__ import annotations

import math


def log_tail(hits: int, chosen: int, of_category: int, total: int) -> float:
    """``log10 P(X >= hits)`` when ``chosen`` of ``total`` rows are drawn blindly.

    ``X`` is hypergeometric (Fisher's one-sided exact test). 0.0 when there is no hit.

    >>> round(10 ** log_tail(3, 3, 5, 10), 4)
    0.0833
    >>> log_tail(0, 3, 5, 10)
    0.0
    """
    if hits <= 0:
        return 0.0
    first = _log_choose(total, chosen)
    most = min(chosen, of_category)
    terms = [
        _log_choose(of_category, k) + _log_choose(total - of_category, chosen - k) - first
        for k in range(hits, min(most, hits + 400) + 1)
    ]
    finite = [term for term in terms if term > -math.inf]
    if not finite:
        return 0.0
    peak = max(finite)
    return min(0.0, (peak + math.log(sum(math.exp(t - peak) for t in finite))) / math.log(10.0))


def _log_choose(n: int, k: int) -> float:
    if k < 0 or k > n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
