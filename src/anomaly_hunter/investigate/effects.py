"""Did the service of a change behave differently right after it, and more than at other times?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.model import FloatArray, Series
from anomaly_hunter.stats.two_sample import mann_whitney

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

POINTS: Final = 30
FEWEST: Final = 6
MOST_PLACEBOS: Final = 40
MOST_SERIES: Final = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """The series at the service of a change that differs most after it.

    ``delta`` is Cliff's delta and ``p`` the two-sided Mann-Whitney p of up to 30 points before and after;
    ``placebo_p`` is the share of earlier times of the same series at which ``|delta|`` was as large,
    ``(1 + count) / (1 + times)``. NaN where too little is measured.
    """

    metric: str
    delta: float
    p: float
    placebo_p: float


UNMEASURED: Final = Effect("", math.nan, math.nan, math.nan)


def effect_of(case: Case, service: str, moment: np.datetime64) -> Effect:
    """Before and after a moment at one service: the series with the least placebo p, then the largest
    delta."""

    def find() -> Effect:
        found = []
        for series in _series_of(case, service):
            effect = _effect(series, moment)
            if effect is not None:
                found.append(effect)
        return min(found, key=lambda e: (e.placebo_p, -abs(e.delta), e.metric), default=UNMEASURED)

    return case.once(f"effect {service} {moment}", find)


def _series_of(case: Case, service: str) -> list[Series]:
    own = case.movements_by_service.get(service, ()) if service else ()
    return [m.series for m in own if m.series.value.ndim == 1][:MOST_SERIES]


def _effect(series: Series, moment: np.datetime64) -> Effect | None:
    cut = int(np.searchsorted(series.time, moment, side="right"))
    before, after = _around(series.value, cut)
    if len(before) < FEWEST or len(after) < FEWEST:
        return None
    test = mann_whitney(before, after)
    if not math.isfinite(test.delta):
        return None
    placebos = [mann_whitney(*_around(series.value, place)).delta for place in _places(cut)]
    known = [abs(delta) for delta in placebos if math.isfinite(delta)]
    as_large = sum(delta >= abs(test.delta) - 1e-12 for delta in known)
    placebo = (1 + as_large) / (1 + len(known)) if known else math.nan
    return Effect(series.title, test.delta, test.p, placebo)


def _places(cut: int) -> list[int]:
    """Earlier positions whose own points after them end before the change."""
    last = cut - POINTS
    if last <= FEWEST:
        return []
    return sorted(set(np.linspace(FEWEST, last, MOST_PLACEBOS).round().astype(int).tolist()))


def _around(value: FloatArray, cut: int) -> tuple[FloatArray, FloatArray]:
    return value[max(0, cut - POINTS) : cut], value[cut : cut + POINTS]
