"""Prophet: how far a value lies from what trend and seasons say (Taylor & Letham 2018)."""

from __future__ import annotations

import logging
from typing import Final

import numpy as np

from anomaly_hunter.bench.others.windows import filled
from anomaly_hunter.model import FloatArray

PACKAGE = "prophet"
MOST_S: Final = 60
MOST_FITTED: Final = 5_000
"""Points that are fitted, evenly spaced over the series; all points are predicted."""


def score(value: FloatArray, time_s: FloatArray | None) -> FloatArray:
    """``|x - yhat|`` at Prophet's defaults; a fit of over 60 seconds fails. Without a clock: minutes."""
    for name in ("cmdstanpy", "prophet", "prophet.plot"):
        logging.getLogger(name).disabled = True
    import pandas as pd
    from prophet import Prophet

    x = filled(value)[:, 0]
    seconds = 60.0 * np.arange(len(x)) if time_s is None else time_s
    frame = pd.DataFrame({"ds": pd.to_datetime(seconds, unit="s"), "y": x})
    model = Prophet(uncertainty_samples=0)
    model.fit(frame.iloc[:: -(-len(frame) // MOST_FITTED)], timeout=MOST_S)
    expected = model.predict(frame[["ds"]])["yhat"].to_numpy()
    return np.asarray(np.abs(x - expected), dtype=np.float64)
