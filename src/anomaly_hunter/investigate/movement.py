"""How far every series of a dataset moved at the time of an incident."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from anomaly_hunter.investigate.semantics import (
    MetricKind,
    NodeWords,
    kind_of,
    seconds_per_unit,
    service_among,
    whole_of,
)
from anomaly_hunter.model import Anomaly, Detection, FloatArray, Series
from anomaly_hunter.stats.columns import column_counts, column_means, column_quantiles

MOST_BASELINE: Final = 1_440
FEWEST_BASELINE: Final = 8
SURELY_MOVED: Final = 5.0
NOT_MOVED: Final = 3.0
WINDOW: Final = 2
POINTS_BEFORE: Final = 2
MOST_SERIES: Final = 20_000
_LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
_SHORT: Final = (12.7, 1.5)
"""A scale from n points is widened by ``1 + (12.7 / n)^1.5``: what Student's t needs at 5 sigma."""

TAILS_FROM: Final = 60
"""Baseline points from which the outer quantiles count: of fewer, one earlier outage would be in them."""

RELATIVE_FLOOR: Final[dict[str, float]] = {"latency": 0.05, "cpu": 0.1, "memory": 0.05}
SMALLEST_LATENCY_S: Final = 1e-3
SHARES: Final = ("cpu", "memory", "disk used", "disk free", "pool")
LEAST_POINTS: Final = 0.01
"""One percent point, where a resource is given as a share of its limit."""


@dataclass(frozen=True, slots=True)
class AtOnset:
    """Where a series stood in the first points of an incident, beside its baseline.

    ``z`` is the deviation of ``after`` (mean of the window) from ``before`` (median of the baseline) in
    ``scale``, which has the floors of its kind; ``spread`` is the same without floors. ``low``, ``high``:
    the smaller and larger of the two points just before. ``rows`` counts points of the baseline,
    ``points`` those of the window.
    """

    z: float = math.nan
    after: float = math.nan
    before: float = math.nan
    scale: float = math.nan
    spread: float = math.nan
    low: float = math.nan
    high: float = math.nan
    rows: int = 0
    points: int = 1

    @property
    def risen(self) -> float:
        """How far it is above baseline and the lower of the points just before, in ``scale``; 0 or more."""
        return _beyond(
            self.after - max(self.before, self.low if self.low == self.low else self.before), self.scale
        )

    @property
    def fallen(self) -> float:
        """How far it is below baseline and the higher of the points just before, in ``scale``; 0 or more."""
        return _beyond(
            min(self.before, self.high if self.high == self.high else self.before) - self.after, self.scale
        )


def _beyond(distance: float, scale: float) -> float:
    return min(999.0, max(0.0, distance / scale)) if scale > 0 and math.isfinite(distance) else 0.0


UNKNOWN: Final = AtOnset()


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """One series at the time of the incident.

    ``z`` is the signed deviation of the window's mean in robust standard deviations, ``shift`` the
    same in the unit of the data, ``before`` the baseline's median; NaN when the baseline is too
    short. ``scale`` is the baseline's robust standard deviation without any floor. ``anomaly`` is
    its strongest anomaly that overlaps the incident. ``at_onset`` is the same without the anomaly.
    """

    series: Series
    service: str
    kind: MetricKind
    z: float
    shift: float
    before: float
    scale: float
    anomaly: Anomaly | None
    at_onset: AtOnset = UNKNOWN

    @property
    def moved(self) -> bool:
        """It has an anomaly at that time, or stands 5 standard deviations off its baseline."""
        return self.anomaly is not None or abs(self.z) >= SURELY_MOVED

    @property
    def stayed(self) -> bool:
        """A control: measured, and within 3 standard deviations."""
        return self.anomaly is None and abs(self.z) < NOT_MOVED

    @property
    def change_pct(self) -> float | None:
        """The shift in percent of the baseline."""
        return 100.0 * self.shift / abs(self.before) if self.before and math.isfinite(self.shift) else None

    @property
    def after(self) -> float:
        """Mean of the window."""
        return self.before + self.shift


def movements(
    detections: Sequence[Detection], begin: np.datetime64, end: np.datetime64, nodes: NodeWords
) -> tuple[Movement, ...]:
    """How every series stood in the first two points from ``begin`` on.

    Baseline: the last 1,440 points before ``begin``; centre is its median, one standard deviation
    ``max(IQR / 1.349, (q95 - q05) / 3.29)`` (of fewer than 60 points 1.4826 MAD) with floors (1% of
    the median; latency 5% and 1 ms; cpu 10%; one point of a percentage; for counts the Poisson
    ``sqrt(median)``), wider where the baseline is short. Quantiles, because one earlier outage must
    not hide this one. A channel series counts with its most moved channel. A season is taken out with
    the expected band where the series has one. Latencies of zero are not measured. At most 20,000
    series.
    """
    batches: dict[tuple[int, int, int], list[int]] = {}
    chosen = [d for d in detections[:MOST_SERIES] if d.series is not None and len(d.series)]
    for i, detection in enumerate(chosen):
        time = _series(detection).time
        first, last = time[0].view(np.int64), time[-1].view(np.int64)
        batches.setdefault((len(time), int(first), int(last)), []).append(i)
    states: list[AtOnset] = [UNKNOWN] * len(chosen)
    kinds = [kind_of(_series(detection)) for detection in chosen]
    for members in batches.values():
        batch = [(chosen[i], kinds[i]) for i in members]
        for i, state in zip(members, _states(batch, begin, end), strict=True):
            states[i] = state
    return tuple(
        _movement(detection, kind, state, _overlapping(detection, begin, end), nodes)
        for detection, kind, state in zip(chosen, kinds, states, strict=True)
    )


def _movement(
    detection: Detection,
    kind: MetricKind,
    state: AtOnset,
    anomaly: Anomaly | None,
    nodes: NodeWords,
) -> Movement:
    series = _series(detection)
    z, shift, before = state.z, state.after - state.before, state.before
    if anomaly is not None and math.isfinite(anomaly.sigmas) and not abs(z) >= abs(anomaly.sigmas):
        z, shift, before = anomaly.sigmas, anomaly.actual - anomaly.expected, anomaly.expected
    service = service_among(series, nodes)
    return Movement(series, service, kind, z, shift, before, state.spread, anomaly, state)


def _overlapping(detection: Detection, begin: np.datetime64, end: np.datetime64) -> Anomaly | None:
    """The strongest anomaly that overlaps the times, widened by one interval to each side."""
    series = _series(detection)
    best: Anomaly | None = None
    for anomaly in detection.anomalies:
        first = series.time[max(min(anomaly.onset[0], len(series) - 1), 0)]
        last = series.time[min(anomaly.stop, len(series) - 1)]
        if first <= end and last >= begin and (best is None or anomaly.score > best.score):
            best = anomaly
    return best


def _states(
    batch: list[tuple[Detection, MetricKind]], begin: np.datetime64, end: np.datetime64
) -> list[AtOnset]:
    """How series with the same times stood, in one go."""
    time = _series(batch[0][0]).time
    start = int(np.searchsorted(time, begin, side="left"))
    stop = min(max(int(np.searchsorted(time, end, side="right")), start + 1), start + WINDOW, len(time))
    if start < FEWEST_BASELINE or stop <= start:
        return [UNKNOWN] * len(batch)
    first = max(0, start - MOST_BASELINE)
    blocks = [block_of(detection, kind, first, stop) for detection, kind in batch]
    floors = [floors_of(detection, kind) for detection, kind in batch]
    widths = [block.shape[1] for block in blocks]
    found = at_onset(
        np.concatenate(blocks, axis=1), start - first, np.repeat(np.array(floors), widths, axis=0)
    )
    if len(found) == len(batch):
        return found
    states, column = [], 0
    for width in widths:
        part = found[column : column + width]
        states.append(max(part, key=lambda state: abs(state.z) if not math.isnan(state.z) else -1.0))
        column += width
    return states


def floors_of(detection: Detection, kind: MetricKind) -> tuple[float, float, float]:
    """Least scale of a series: share of the median, absolute, and 1 for counts (Poisson)."""
    series = _series(detection)
    absolute = LEAST_POINTS * whole_of(series) if kind in SHARES else 0.0
    if kind == "latency":
        usual = detection.profile.level if detection.profile is not None else float(series.value.flat[0])
        absolute = SMALLEST_LATENCY_S / seconds_per_unit(series, usual)
    return RELATIVE_FLOOR.get(kind, 0.01), absolute, float(series.counts)


def block_of(detection: Detection, kind: MetricKind, first: int, stop: int) -> FloatArray:
    """``(stop - first, k)`` values; seasonal ones less what was expected, plus the usual level."""
    series = _series(detection)
    value = series.value[first:stop]
    profile, expected = detection.profile, detection.expected
    if kind == "latency":
        value = np.where(value == 0, np.nan, value)
    if (
        profile is not None
        and profile.period >= 2
        and expected is not None
        and expected.shape == series.value.shape
    ):
        value = value - expected[first:stop] + profile.level
    return value[:, None] if value.ndim == 1 else value


def at_onset(matrix: FloatArray, start: int, floors: FloatArray) -> list[AtOnset]:
    """``(n, k)`` values of which the first ``start`` rows are the baseline: where each column stood.

    ``floors`` is ``(k, 3)``: least scale as a share of the median, absolute, 1 where counts.
    """
    largest = float(np.abs(matrix).max(initial=0.0, where=~np.isnan(matrix)))
    unit = 2.0 ** (math.frexp(largest)[1] - 1) if largest > 1e150 else 1.0
    baseline, window = matrix[:start] / unit, matrix[start:] / unit
    rows = column_counts(baseline)
    middle, spread, scale = _scales(baseline, floors, unit)
    after = column_means(window)
    z = np.clip((after - middle) / scale, -999.0, 999.0)
    z[rows < FEWEST_BASELINE] = math.nan
    near = baseline[-POINTS_BEFORE:]
    columns = (
        z, after * unit, middle * unit, scale * unit, spread * unit,
        _extreme(near, np.fmin) * unit, _extreme(near, np.fmax) * unit,
    )  # fmt: skip
    points = np.maximum(column_counts(window), 1).tolist()
    each = zip(*(column.tolist() for column in columns), rows.tolist(), points, strict=True)
    return [AtOnset(*state) for state in each]


def sizes_in_scale(matrix: FloatArray, start: int, floors: FloatArray) -> FloatArray:
    """``(n, k)`` how far each value is from the median of the first ``start`` rows, in scales."""
    largest = float(np.abs(matrix).max(initial=0.0, where=~np.isnan(matrix)))
    unit = 2.0 ** (math.frexp(largest)[1] - 1) if largest > 1e150 else 1.0
    middle, _, scale = _scales(matrix[:start] / unit, floors, unit)
    return np.asarray(np.abs(matrix / unit - middle) / scale)


def _scales(
    baseline: FloatArray, floors: FloatArray, unit: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Median, robust standard deviation, and the same with the floors of its kind, wider for few points."""
    low, q25, middle, q75, high = column_quantiles(baseline, _LEVELS)
    rows, size = column_counts(baseline), np.abs(middle)
    spread = np.maximum((q75 - q25) / 1.349, (high - low) / 3.29)
    if bool((rows < TAILS_FROM).any()):
        deviation = 1.4826 * column_quantiles(np.abs(baseline - middle), (0.5,))[0]
        spread = np.where(rows < TAILS_FROM, deviation, spread)
    poisson = np.where(floors[:, 2] > 0, np.sqrt(np.maximum(size, 1.0 / unit)) / math.sqrt(unit), 0.0)
    scale = np.maximum.reduce((spread, floors[:, 0] * size, floors[:, 1] / unit, poisson))
    scale = np.maximum(scale, 1e-9 * np.maximum(1.0, size))
    scale = scale * (1.0 + (_SHORT[0] / np.maximum(rows, 1)) ** _SHORT[1])
    return middle, spread, scale


def _extreme(near: FloatArray, of: np.ufunc) -> FloatArray:
    found: FloatArray = of.reduce(near, axis=0)
    return found


def _series(detection: Detection) -> Series:
    if detection.series is None:
        raise ValueError(f"{detection.subject} is no series")
    return detection.series
