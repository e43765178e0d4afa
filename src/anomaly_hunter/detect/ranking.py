"""One order of the points of a long series, from the raw scores of all its detectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anomaly_hunter.detect.contract import Detector
from anomaly_hunter.model import FloatArray
from anomaly_hunter.stats.views import in_units
from anomaly_hunter.stats.windows import spread

AROUND = 16
"""A score of single points is averaged over so many, as a short window would."""


def ranked(raws: Sequence[tuple[Detector, FloatArray]]) -> FloatArray:
    """``(n,)`` how strange each point is beside the others: >= 0, higher is stranger, no boundary.

    The root of the weighted sum of squares of the scores, each in units of its own ordinary peaks
    (:func:`~anomaly_hunter.stats.views.in_units`): what one detector alone sees far out counts, what
    all see a little does not. A detector that scores points (``pointwise``) is averaged over
    16 of them first, for what is strange lasts. One that means something over its boundary only
    (``only_alarms``) has no say in the order, unless there is no other.

    >>> from anomaly_hunter.detect.detectors.nearest import Nearest
    >>> x = np.random.default_rng(0).normal(size=2_000)
    >>> x[1_000] = 9.0
    >>> order = ranked([(Nearest(), Nearest().score(x))])
    >>> 980 < int(order.argmax()) < 1_020, float(order.min())
    (True, 0.0)
    """
    speaking = [pair for pair in raws if not getattr(pair[0], "only_alarms", False)] or raws
    total = np.zeros(len(raws[0][1]))
    for detector, raw in speaking:
        score = _around(raw) if getattr(detector, "pointwise", False) else raw
        total += float(getattr(detector, "weight", 1.0)) * in_units(score) ** 2
    return np.sqrt(total)


def _around(raw: FloatArray) -> FloatArray:
    """The centred mean over 16 points, fewer at the ends."""
    return spread(raw, AROUND)[AROUND // 2 : AROUND // 2 + len(raw)]
