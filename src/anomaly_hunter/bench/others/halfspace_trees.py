"""river's half-space trees, one point at a time (Tan, Ting & Liu, IJCAI 2011)."""

from __future__ import annotations

from typing import Any

import numpy as np

from anomaly_hunter.bench.others.windows import filled, width_of
from anomaly_hunter.model import FloatArray

PACKAGE = "river"
LAGS = 8


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """Scored before it is learned; the features are the last eight values, scaled as seen so far."""
    from river.anomaly import HalfSpaceTrees
    from river.preprocessing import MinMaxScaler

    rows = filled(value)
    scaler: Any = MinMaxScaler()
    trees: Any = HalfSpaceTrees(n_trees=25, height=8, window_size=max(50, width_of(rows)), seed=0)
    out = np.zeros(len(rows))
    past = [float(rows[0, 0])] * LAGS
    for place, row in enumerate(rows.tolist()):
        past = [*past[1:], row[0]]
        point = dict(enumerate(row if len(row) > 1 else past))
        scaler.learn_one(point)
        scaled = scaler.transform_one(point)
        out[place] = trees.score_one(scaled)
        trees.learn_one(scaled)
    return out
