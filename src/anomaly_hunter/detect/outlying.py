"""Rows over the boundary: what carries each, and whether a rule keeps it quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from anomaly_hunter.detect.categories import Rarity
from anomaly_hunter.detect.fusion import shares
from anomaly_hunter.detect.margins import RobustUnits
from anomaly_hunter.detect.options import DetectOptions
from anomaly_hunter.detect.rows import Cleaning
from anomaly_hunter.model import Anomaly, Direction, FloatArray, Quiet, Share, Table, stable_id

MOST_CARRIERS: Final = 10
_FINITE: Final = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Every column's cells beside what is usual: ``actual`` ``(n, k + m)``, measures first.

    For a measure: its cell, the column's median and robust standard deviation. For a dimension:
    how many rows share the category or combination, how many would on average, and the square
    root of that (the deviation of a count). ``impossible`` ``(n, k)`` are cells out of data_range.
    """

    names: tuple[str, ...]
    measures: int
    actual: FloatArray
    expected: FloatArray
    spread: FloatArray
    impossible: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        data: FloatArray,
        measures: Sequence[str],
        options: DetectOptions,
        found: Rarity,
        dimensions: Sequence[str],
    ) -> Self:
        """Learn the usual from ``(n, k)`` measures and the rarity of ``m`` dimensions."""
        n, k = data.shape
        median, spread = np.zeros(k), np.zeros(k)
        if k:
            cleaning = Cleaning.of(data)
            units = RobustUnits.of(cleaning(data))
            with np.errstate(over="ignore"):
                median = np.clip(units.center / cleaning.factor, -_FINITE, _FINITE)
                spread = np.minimum(units.spread / cleaning.factor, _FINITE)
        low, high = options.data_range
        outside = np.zeros((n, k), bool)
        if low is not None:
            outside |= data < low
        if high is not None:
            outside |= data > high
        return cls(
            (*measures, *dimensions),
            k,
            np.column_stack([data, found.seen]),
            np.column_stack([np.broadcast_to(median, (n, k)), found.usual]),
            np.column_stack([np.broadcast_to(spread, (n, k)), np.sqrt(found.usual)]),
            outside,
        )


def judge_rows(
    table: Table,
    rows: npt.NDArray[np.int64],
    score: FloatArray,
    carried: FloatArray,
    *,
    reading: Reading,
    options: DetectOptions,
) -> tuple[tuple[Anomaly, ...], tuple[Quiet, ...]]:
    """One anomaly for each of ``rows``, or a note on the rule that keeps it quiet."""
    anomalies: list[Anomaly] = []
    quiet: list[Quiet] = []
    for row, parts in zip(rows.tolist(), _named(carried, rows, reading), strict=True):
        anomaly = _anomaly(table, row, float(score[row]), parts, reading)
        always = bool(reading.impossible[row].any())
        broken = None if always else _rule(anomaly, int(np.argmax(parts)) < reading.measures, options)
        if broken is None:
            anomalies.append(anomaly)
        else:
            quiet.append(Quiet(row, row + 1, anomaly.score, *broken))
    return tuple(anomalies), tuple(quiet)


def _named(carried: FloatArray, rows: npt.NDArray[np.int64], reading: Reading) -> FloatArray:
    """Shares that sum to 1: of impossible cells alone where there are any, never of missing ones."""
    known = ~np.isnan(reading.actual[rows])
    parts = shares(np.where(known, carried, 0.0))
    blank = parts.sum(axis=1) == 0
    parts[blank] = shares(known[blank].astype(np.float64))
    outside = np.zeros(parts.shape)
    outside[:, : reading.measures] = reading.impossible[rows]
    never = outside.any(axis=1)
    parts[never] = shares(outside[never] * (parts[never] + 1e-9))
    return parts


def _anomaly(table: Table, row: int, score: float, parts: FloatArray, reading: Reading) -> Anomaly:
    largest = np.argsort(-parts, kind="stable")[:MOST_CARRIERS]
    largest = largest[parts[largest] > 0]
    top = int(largest[0]) if len(largest) else 0
    kept = parts[largest].sum()
    times = table.by_role("time")
    when = times[0].values[row] if times else None
    when = None if when is None or np.isnat(when) else when
    actual, expected = float(reading.actual[row, top]), float(reading.expected[row, top])
    direction: Direction = "both"
    if top < reading.measures:
        direction = "up" if actual > expected else "down"
    return Anomaly(
        id=stable_id(table.id, "outlying row", row),
        subject=table.name,
        subject_id=table.id,
        shape="outlying row",
        direction=direction,
        start=row,
        stop=row + 1,
        peak=row,
        score=score,
        actual=actual,
        expected=expected,
        spread=float(reading.spread[row, top]),
        onset=(row, row),
        begin=when,
        end=when,
        rows=(row,),
        carriers=tuple(Share(reading.names[place], float(parts[place] / kept)) for place in largest),
    )


def _rule(anomaly: Anomaly, is_measure: bool, options: DetectOptions) -> tuple[str, str] | None:
    """The first rule, and what it says, that keeps the row quiet; dimensions have no deviation."""
    if not is_measure or not anomaly.carriers:
        return None
    name, allowed = anomaly.carriers[0].name, options.detection_direction
    told = f"row {anomaly.peak}: {name} = {anomaly.actual:g} where {anomaly.expected:g} is usual"
    if allowed not in ("both", anomaly.direction):
        return "detection_direction", f"{told}; only deviations {allowed} alarm"
    deviation = abs(anomaly.actual - anomaly.expected)
    if deviation < options.min_dev_from_expected:
        least = options.min_dev_from_expected
        return "min_dev_from_expected", f"{told}; it deviates by {deviation:g}, less than {least:g}"
    least = options.min_rel_dev_from_expected * abs(anomaly.expected)
    if deviation < least:
        share = options.min_rel_dev_from_expected
        return "min_rel_dev_from_expected", f"{told}; it deviates by less than {share:.0%} of that"
    return None
