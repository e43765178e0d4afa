"""What the symptoms of failure patterns are looked up in: one fact for each series or column."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from anomaly_hunter.investigate.answers.development import LOOK_BACK, hinge_of, is_ramp
from anomaly_hunter.investigate.movement import Movement
from anomaly_hunter.investigate.semantics import MetricKind, metric_kind
from anomaly_hunter.investigate.windows import span_in, values_of
from anomaly_hunter.model import Anomaly, Direction, Series
from anomaly_hunter.model.services import snake
from anomaly_hunter.stats.hinge import Hinge, fit_hinge

if TYPE_CHECKING:
    from anomaly_hunter.investigate.case import Case

WITHOUT_HEIGHT: Final = ("gap", "flat line", "variance", "season break", "odd shape")
"""Shapes that say neither "up" nor "down", so they are no symptom of either."""

COLUMN_COUNTS: Final = 0.2
"""A column of odd rows is a fact when it carries this share of them."""

NEAR_LIMIT: Final = 0.05
_TURNED: Final[dict[MetricKind, MetricKind]] = {
    "cache hit": "cache miss", "cache miss": "cache hit", "disk free": "disk used", "disk used": "disk free",
}  # fmt: skip
_OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up", "both": "both"}
_SHARES: Final = re.compile(r"(?:^|_)(?:pct|percent|percentage|ratio|utili[sz]ation|share)(?:_|$)")


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One series (or column of odd rows) as a symptom sees it.

    ``onset`` is its first abnormal time in nanoseconds, None when it has no anomaly; ``step`` the
    interval of its series in the same unit.
    """

    kind: MetricKind
    words: str
    direction: Direction
    shape: str
    moved: bool
    stayed: bool
    metric: str
    change_pct: float
    onset: int | None = None
    step: int = 0
    series: Series | None = None
    anomaly: Anomaly | None = None
    before: float = math.nan

    def direction_as(self, kinds: Sequence[str]) -> Direction | None:
        """Its direction where it is read as one of these kinds; None when it is none of them.

        A fall of free space is a rise of used space, and a fall of hits a rise of misses.
        """
        if self.kind in kinds:
            return self.direction
        return _OPPOSITE[self.direction] if _TURNED.get(self.kind) in kinds else None


FactsByPlace = Mapping[str, Sequence[Fact]]


def facts_by_service(case: Case) -> FactsByPlace:
    """Facts of each service, under "" those that belong to none."""

    def find() -> FactsByPlace:
        found: dict[str, list[Fact]] = {"": _columns(case)}
        for movement in case.movements:
            found.setdefault(movement.service, []).append(_fact(case, movement))
        return found

    return case.once("facts", find)


def _fact(case: Case, movement: Movement) -> Fact:
    series = movement.series
    anomaly = case.lead if series is case.series else movement.anomaly
    direction: Direction = anomaly.direction if anomaly is not None else "both"
    if direction == "both":
        direction = "up" if movement.z > 0 else "down"
    shape: str = anomaly.shape if anomaly is not None else ""
    if anomaly is not None and shape == "flat line" and anomaly.actual == 0 and anomaly.expected > 0:
        shape, direction = "at zero", "down"  # not a stuck value: nothing arrives, or nothing happens
    onset, step = None, 0
    if anomaly is not None and len(series):
        stamps = series.time.view(np.int64)
        onset = int(stamps[min(max(anomaly.start, 0), len(series) - 1)])
        step = int((stamps[-1] - stamps[0]) // max(1, len(series) - 1))
    words = own_words(series.name, movement.service)
    return Fact(
        movement.kind, words, direction, shape, movement.moved, movement.stayed, series.title,
        abs(movement.change_pct or 0.0), onset, step, series, anomaly, movement.before,
    )  # fmt: skip


def _columns(case: Case) -> list[Fact]:
    """The columns that carry odd rows; which way they are off is read from the values of the worst row."""
    table = case.detection.table
    if table is None:
        return []
    found = []
    rows = [row for anomaly in case.anomalies for row in (anomaly.rows or (anomaly.start,))]
    for column in table.by_role("measure"):
        share = np.mean([sum(s.share for s in a.carriers if s.name == column.name) for a in case.anomalies])
        if share < COLUMN_COUNTS:
            continue
        value = np.asarray(column.values, dtype=np.float64)
        odd, usual = np.nanmedian(value[rows]), np.nanmedian(value)
        change = 100.0 * abs(odd - usual) / abs(usual) if usual else 0.0
        found.append(
            Fact(
                metric_kind(column.name), searchable(column.name), "up" if odd >= usual else "down",
                "outlying row", True, False, column.name, float(change),
            )
        )  # fmt: skip
    return found


def ramp_of(case: Case, fact: Fact) -> tuple[Hinge, int] | None:
    """The hinge of what rises (or falls) steadily, and the position it is counted from; None for a step."""
    series, anomaly = fact.series, fact.anomaly
    if series is None or anomaly is None or fact.shape in WITHOUT_HEIGHT:
        return None

    def fit() -> tuple[Hinge | None, int]:
        start, stop = span_in(series, anomaly)
        first = max(0, start - LOOK_BACK, stop - 2 * LOOK_BACK)
        return (fit_hinge(values_of(series, anomaly)[first:stop]) if stop - start >= 4 else None), first

    found, first = hinge_of(case) if anomaly is case.lead else case.once(f"ramp {anomaly.id}", fit)
    return (found, first) if found is not None and is_ramp(found) else None


def limit_of(fact: Fact) -> float | None:
    """The value at which nothing is left or all is used; None where the metric does not say."""
    series = fact.series
    if series is None or series.value.ndim != 1:
        return None
    if fact.kind == "disk free":
        return 0.0
    if series.unit != "%" and not _SHARES.search(fact.words):
        return None
    highest = float(np.nanmax(series.value, initial=0.0))
    return 1.0 if highest <= 1.0 else 100.0 if highest <= 105.0 else None


def at_limit(fact: Fact) -> bool | None:
    """Whether its last abnormal value is within 5% of the limit; None where no limit is known."""
    limit, series, anomaly = limit_of(fact), fact.series, fact.anomaly
    if limit is None or series is None or anomaly is None:
        return None
    _, stop = span_in(series, anomaly)
    last = float(series.value[stop - 1])
    if math.isnan(last):
        return None
    if limit == 0.0:
        return last <= NEAR_LIMIT * abs(fact.before) if math.isfinite(fact.before) else last <= 0.0
    return last >= (1.0 - NEAR_LIMIT) * limit


def searchable(text: str) -> str:
    """``db.pool.inUse`` as ``_db_pool_in_use_``, so that whole words can be searched.

    >>> searchable("dbPool in-use")
    '_db_pool_in_use_'
    """
    return f"_{snake(text)}_"


def own_words(name: str, service: str) -> str:
    """The words of a metric without those of its service: a service's name is no symptom.

    >>> own_words("payments_latency_ms", "payments"), own_words("payments", "payments")
    ('_latency_ms_', '_')
    """
    return searchable(name).replace(searchable(service), "_", 1) if service else searchable(name)


@lru_cache(maxsize=65_536)
def says(words: tuple[str, ...], text: str) -> bool:
    """Whether a text in the form of :func:`searchable` holds one of the words; ``*`` stands for any ending.

    >>> says(("retr*",), searchable("http_retries_total")), says(("rate limit",), searchable("RateLimit hit"))
    (True, True)
    >>> says(("dns",), searchable("midnsize"))
    False
    """
    return _matcher(words).search(text) is not None


@lru_cache(maxsize=1024)
def _matcher(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = ["[a-z0-9]*".join(searchable(part).strip("_") for part in word.split("*")) for word in words]
    return re.compile(f"_(?:{'|'.join(parts)})_")
