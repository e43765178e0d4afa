"""The figures of `hunter stats` in plain JSON types."""

from __future__ import annotations

import math
from typing import Any

from anomaly_hunter.remember.learning.figures import Figures, Proportion


def figures_document(figures: Figures) -> dict[str, Any]:
    """All of them; a share of nothing is null."""
    parts = {
        name: [_proportion(one) for one in getattr(figures, name)]
        for name in ("agents", "patterns", "shapes", "weeks")
    }
    return {
        "incidents": figures.incidents,
        "answers": figures.answers,
        "real": _proportion(figures.real),
        "acted": _proportion(figures.acted),
        "cause": _proportion(figures.cause),
        "calibration_error": _number(figures.error),
        "bins": [
            {"low": one.low, "high": one.high, "stated": _number(one.stated), "right": _proportion(one.right)}
            for one in figures.bins
        ],
        **parts,
    }


def _proportion(one: Proportion) -> dict[str, Any]:
    low, high = one.interval
    return {
        "name": one.name, "hits": one.hits, "of": one.of, "share": _number(one.share), "low": low,
        "high": high,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
