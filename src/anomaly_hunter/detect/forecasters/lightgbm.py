"""Gradient boosted trees by LightGBM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from anomaly_hunter.detect.forecasting.base import Forecasting
from anomaly_hunter.detect.forecasting.contract import Learned
from anomaly_hunter.detect.forecasting.history import History
from anomaly_hunter.detect.forecasting.linear import Linear, learn_linear, training_rows
from anomaly_hunter.detect.forecasting.steps import anchors
from anomaly_hunter.model import FloatArray, IntArray, TimeArray

ROWS: Final = 12_000
"""Pairs of origin and horizon that trees are learnt from."""

TREES: Final = 120

SETTINGS: Final = {
    "objective": "regression_l1",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 40,
    "lambda_l2": 1.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 0,
    "verbosity": -1,
}

DAY_NS: Final = 86_400_000_000_000


class LightGBM(Forecasting):
    """Trees on lags, running means, the calendar and the horizon, boosted from the linear forecast.

    One model for all horizons (direct, no recursion): it learns what the forecaster ``seasonal`` leaves,
    from pairs of an origin and a horizon. Trees know no values beyond those they saw; trend and
    level come from the linear part.
    """

    name: ClassVar[str] = "lightgbm"
    packages: ClassVar[tuple[str, ...]] = ("lightgbm",)
    refits: ClassVar[int] = 3
    most: ClassVar[int] = 20_000

    def learn(self, history: History, stop: int, horizon: int) -> Learned:
        """The linear part, then the trees."""
        linear = learn_linear(history, stop, horizon)
        steps = anchors(max(min(horizon, stop // 2), 1))
        inputs, left = [], []
        for step in steps:
            rows = training_rows(history, stop, int(step), ROWS // len(steps))
            x = _inputs(linear, history, rows, np.array([step]))
            inputs.append(x)
            left.append(history.value[rows + step] - x[:, 0])
        x, y = np.concatenate(inputs), np.concatenate(left)
        if len(y) < 4 * int(str(SETTINGS["min_data_in_leaf"])):
            return linear
        return _Boosted(linear, history, _trees(x, y))


@dataclass(frozen=True, slots=True, eq=False)
class _Boosted:
    linear: Linear
    history: History
    trees: Any

    def ahead(self, origins: IntArray, steps: IntArray) -> FloatArray:
        x = _inputs(self.linear, self.history, origins, steps)
        more: FloatArray = self.trees.predict(x, num_threads=1)
        whole: FloatArray = (x[:, 0] + more).reshape(len(origins), len(steps))
        return whole


def _trees(x: FloatArray, y: FloatArray) -> Any:
    import lightgbm

    return lightgbm.train(dict(SETTINGS), lightgbm.Dataset(x, y), num_boost_round=TREES)


def _inputs(linear: Linear, history: History, origins: IntArray, steps: IntArray) -> FloatArray:
    """``(origins * steps, k)``: linear forecast, horizon, place in each season, features of the past."""
    origin, step = origins[:, None], steps[None, :]
    shape = (len(origins), len(steps))
    first = [linear.ahead(origins, steps), np.broadcast_to(step, shape)]
    first += [(origin + step) % season for season in history.seasons]
    if history.time is not None and len(history) > 1:
        first += list(_calendar(history.time, origin + step))
    columns = linear.features.columns(origin, step)
    together = np.concatenate([np.stack(first, axis=-1).astype(np.float64), columns], axis=-1)
    return together.reshape(-1, together.shape[-1])


def _calendar(time: TimeArray, place: IntArray) -> tuple[FloatArray, FloatArray]:
    """Share of the day that is over, and day of the week, at a place in or after the history (UTC)."""
    stamps = time.view(np.int64)
    target = float(stamps[0]) + place * (float(stamps[-1] - stamps[0]) / (len(stamps) - 1))
    days = target / DAY_NS
    return days % 1.0, np.floor(days) % 7.0
