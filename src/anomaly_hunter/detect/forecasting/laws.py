"""The laws of forecasters, as checks that anybody can run on their own.

>>> from anomaly_hunter.detect.forecasters.seasonal import Seasonal
>>> broken_laws(Seasonal)
()
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anomaly_hunter.detect import laws as of_detectors
from anomaly_hunter.detect.forecasting.contract import Forecast, Forecaster
from anomaly_hunter.errors import DataError, UsageError
from anomaly_hunter.model import FloatArray

Make = Callable[[], Forecaster]

HORIZON = 12


def histories() -> dict[str, FloatArray]:
    """What a forecaster must give a sound answer to."""
    plain = of_detectors.sample("series")
    holes = plain.copy()
    holes[[0, 5, 6, 7, 120, 159]] = np.nan
    return {
        "plain data": plain,
        "data with holes": holes,
        "constant data": np.full(40, 3.0),
        "eight values": plain[:8],
        "one huge value": np.where(np.arange(160) == 80, 1e308, plain),
        "data near 1e308": plain / np.abs(plain).max() * 1e308,
        "data near 1e-308": plain * 1e-308,
        "integers near 2^63": 2.0**63 + 1e4 * np.round(plain),
        "zeros and ones": (np.arange(60) % 7 == 0).astype(float),
    }


def keeps_its_shape(make: Make) -> str:
    """``(horizon,)`` finite numbers, ``lower <= expected <= upper``, times that rise."""
    for name, history in histories().items():
        found = make().fit(history).predict(HORIZON)
        parts = (found.expected, found.lower, found.upper)
        if any(part.shape != (HORIZON,) or not np.isfinite(part).all() for part in parts):
            return f"it gave no {HORIZON} finite numbers for {name}"
        if not ((found.lower <= found.expected) & (found.expected <= found.upper)).all():
            return f"lower <= expected <= upper does not hold for {name}"
        if found.time.shape != (HORIZON,) or not (np.diff(found.time.view(np.int64)) > 0).all():
            return f"its times do not rise for {name}"
    return ""


def input_unchanged(make: Make) -> str:
    """The values it is given stay as they were."""
    data = of_detectors.sample("series")
    before = data.copy()
    make().fit(data).predict(HORIZON)
    return "" if np.array_equal(data, before) else "it changed its input"


def deterministic(make: Make) -> str:
    """The same history gives the same forecast, by the same object and by a new one."""
    data = of_detectors.sample("series")
    first = make().fit(data)
    found = [first.predict(HORIZON), first.predict(HORIZON), make().fit(data).predict(HORIZON)]
    same = all(_equal(found[0], other) for other in found[1:])
    return "" if same else "the same history gave different forecasts"


def never_narrower_with_the_horizon(make: Make) -> str:
    """What is farther away is not surer; and a higher level is not narrower."""
    data = of_detectors.sample("series")
    found, surer = make().fit(data).predict(HORIZON), make().fit(data).predict(HORIZON, 0.99)
    width = found.upper - found.lower
    if (np.diff(width) < -1e-9 * width.max()).any():
        return "its interval narrows with the horizon"
    return "" if (surer.upper - surer.lower >= width).all() else "its interval narrows with the level"


def too_little_or_too_much_is_our_error(make: Make) -> str:
    """Nothing known, two points, or a horizon that there is not."""
    for data in (np.empty(0), np.full(50, np.nan), np.array([1.0, 2.0])):
        try:
            make().fit(data).predict(HORIZON)
        except DataError:
            continue
        return f"{data!r} was no DataError"
    for horizon in (0, -1, 10**9):
        try:
            make().fit(of_detectors.sample("series")).predict(horizon)
        except UsageError:
            continue
        return f"the horizon {horizon} was no UsageError"
    return ""


def _equal(one: Forecast, other: Forecast) -> bool:
    return all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("time", "expected", "lower", "upper")
    )


LAWS: tuple[Callable[[Make], str], ...] = (
    keeps_its_shape,
    input_unchanged,
    deterministic,
    never_narrower_with_the_horizon,
    too_little_or_too_much_is_our_error,
)
"""Each takes something that makes a fresh forecaster, and gives "" or what is wrong."""


def broken_laws(make: Make) -> tuple[str, ...]:
    """What is wrong with a forecaster, one sentence per broken law, those of detectors included."""
    sentences = [f"{law.__name__}: {law(make)}" for law in LAWS]
    return tuple(s for s in sentences if not s.endswith(": ")) + of_detectors.broken_laws(make)
