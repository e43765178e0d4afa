"""When did it begin, as far as a change could have begun it: slow trends count from their bend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate import wording as say
from anomaly_hunter.investigate.answers.development import is_ramp
from anomaly_hunter.investigate.semantics import MetricKind
from anomaly_hunter.investigate.windows import values_of
from anomaly_hunter.model import FloatArray, Series
from anomaly_hunter.stats.hinge import fit_hinge
from anomaly_hunter.stats.robust import mad

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case
    from anomaly_hunter.investigate.movement import Movement

FILLS: Final[dict[MetricKind, int]] = {
    "memory": 1, "disk used": 1, "disk free": -1, "pool": 1, "queue": 1, "cache hit": -1, "cache miss": 1,
    "freshness": 1,
}  # fmt: skip
"""Kinds that fill up or run out slowly, and which way that goes."""

MOST_POINTS: Final = 2_000
FEWEST_POINTS: Final = 12
RISES_BY: Final = 5.0
DROPS_BY: Final = 0.3
SLACK: Final = 0.1
SLOWNESS: Final = 0.2
MOST_SERIES: Final = 50


@dataclass(frozen=True, slots=True)
class Beginning:
    """``earliest`` and ``latest`` time at which it began; ``trend`` names the series that filled up.

    ``rise`` is how far that one moved, in its usual steps.
    """

    earliest: np.datetime64
    latest: np.datetime64
    trend: str = ""
    rise: float = 0.0


def beginning(case: Case) -> Beginning | None:
    """The onset of the lead, or the bend of what filled up slowly before it; None without a clock.

    A trend counts where a series at the lead's service, or at one that it calls, measures what fills up
    or runs out (memory, disk, pool, queue, cache), a bend explains its course up to its first restart, it
    moved the wrong way by five times its usual step, and the bend lies before the onset. It leads to the
    onset: it lasts until then, or up to a tenth of the ramp before. What was emptied long before and did no
    harm (the sawtooth of a garbage collector, a chance rise between two drops) is no beginning. Of several,
    the one that moved furthest counts.
    The bend of a noisy ramp is uncertain, and a change after it is ruled out: so a tenth of the ramp, at
    least two points, is granted after it, and as much before.
    """
    return case.once("beginning", lambda: _beginning(case))


def _beginning(case: Case) -> Beginning | None:
    times, series = case.onset_times, case.series
    if times is None or series is None or not series.clocked:
        return None
    own = Beginning(times[0], times[1] + _slack(case, series))
    near = _near(case)
    trends = [_trend(m, case, times[0]) for m in near[:MOST_SERIES]]
    found = [trend for trend in trends if trend is not None and trend.latest < own.earliest]
    return max(found, key=lambda trend: trend.rise, default=own)


def _slack(case: Case, series: Series) -> np.timedelta64:
    """What the end of the onset is uncertain by where the lead rises slowly: a fifth of the points it takes
    to get half of the way."""
    lead = case.lead
    value = values_of(series, lead)[lead.start : lead.stop]
    away = np.abs(0.5 * value - 0.5 * lead.expected)
    beyond = np.flatnonzero(away >= 0.5 * abs(0.5 * lead.actual - 0.5 * lead.expected))
    points = int(SLOWNESS * beyond[0]) if len(beyond) else 0
    return np.timedelta64(round(points * say.usual_step(series) * 1e9), "ns")


def _near(case: Case) -> list[Movement]:
    callees = set(case.graph.callees(case.service)) if case.graph is not None and case.service else set()
    places = {case.service} | callees
    return [m for m in case.movements if m.kind in FILLS and m.service in places and m.series.value.ndim == 1]


def _trend(movement: Movement, case: Case, onset: np.datetime64) -> Beginning | None:
    series = movement.series
    stop = int(np.searchsorted(series.time, onset, side="right"))
    first = max(0, stop - MOST_POINTS)
    whole = FILLS[movement.kind] * series.value[first:stop]
    value = whole[: _until_restart(whole)]
    if len(value) < FEWEST_POINTS:
        return None
    fit = fit_hinge(value)
    if fit is None or not is_ramp(fit) or fit.slope <= 0 or fit.bend < 2:
        return None
    length = len(value) - fit.bend
    slack = max(2, round(SLACK * length))
    rise = fit.slope * length / max(mad(np.diff(value)), 1e-12)
    if rise < RISES_BY or len(whole) - len(value) > slack:
        return None
    return _around(series, first + fit.bend, slack, rise)


def _until_restart(value: FloatArray) -> int:
    """Points up to the first large drop: a restart empties what had filled up."""
    known = np.where(np.isnan(value), -np.inf, value)
    highest = np.maximum.accumulate(known)
    finite = value[~np.isnan(value)]
    span = float(finite.max() - finite.min()) if len(finite) else 0.0
    drops = np.flatnonzero(
        (highest - value > DROPS_BY * span) & (np.r_[0.0, -np.diff(value)] > 0.5 * DROPS_BY * span)
    )
    return int(drops[0]) if len(drops) else len(value)


def _around(series: Series, bend: int, slack: int, rise: float) -> Beginning:
    low, high = max(0, bend - slack), min(len(series) - 1, bend + slack)
    return Beginning(series.time[low], series.time[high], say.clip(series.title), rise)
