"""How far every series of a dataset moved at the time of an incident."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from anomaly_hunter.investigate.semantics import MetricKind, NodeWords, metric_kind, service_among
from anomaly_hunter.investigate.windows import BoolArray
from anomaly_hunter.model import Anomaly, Detection, FloatArray, Series
from anomaly_hunter.stats.columns import column_means, column_quantiles

MOST_BASELINE: Final = 288
FEWEST_BASELINE: Final = 8
SURELY_MOVED: Final = 5.0
NOT_MOVED: Final = 3.0
WIDEST_WINDOW: Final = 5
MOST_SERIES: Final = 2_000
State: TypeAlias = tuple[float, float, float, float]
"""z, shift, median before, robust standard deviation before."""

UNKNOWN: Final[State] = (math.nan, math.nan, math.nan, math.nan)
_LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """One series at the time of the incident.

    ``z`` is the signed deviation of the window's mean in robust standard deviations, ``shift`` the
    same in the unit of the data, ``before`` the baseline's median; NaN when the baseline is too
    short. ``scale`` is the baseline's robust standard deviation without any floor. ``anomaly`` is
    its strongest anomaly that overlaps the incident.
    """

    series: Series
    service: str
    kind: MetricKind
    z: float
    shift: float
    before: float
    scale: float
    anomaly: Anomaly | None

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
    """How every series stood in the first points from ``begin`` on (two to five, up to ``end``).

    Baseline: the last 288 points before ``begin``; centre is its median, one standard deviation
    ``max(1.4826 MAD, IQR / 1.349, (q95 - q05) / 3.29, 1 % of the median)``, for counts at least
    the Poisson ``sqrt(median)``. Quantiles, because one earlier outage must not hide this one. A
    channel series counts with its most moved channel. A season is taken out with the expected band
    where the series has one. At most 2,000 series.
    """
    batches: dict[tuple[int, int, int], list[int]] = {}
    chosen = [d for d in detections[:MOST_SERIES] if d.series is not None and len(d.series)]
    for i, detection in enumerate(chosen):
        time = _series(detection).time
        first, last = time[0].view(np.int64), time[-1].view(np.int64)
        batches.setdefault((len(time), int(first), int(last)), []).append(i)
    states: list[State] = [UNKNOWN] * len(chosen)
    for members in batches.values():
        for i, state in zip(members, _states([chosen[i] for i in members], begin, end), strict=True):
            states[i] = state
    return tuple(
        _movement(detection, state, begin, end, nodes)
        for detection, state in zip(chosen, states, strict=True)
    )


def _movement(
    detection: Detection,
    state: State,
    begin: np.datetime64,
    end: np.datetime64,
    nodes: NodeWords,
) -> Movement:
    series = _series(detection)
    anomaly = _overlapping(detection, begin, end)
    z, shift, before, scale = state
    if anomaly is not None and math.isfinite(anomaly.sigmas) and not abs(z) >= abs(anomaly.sigmas):
        z, shift, before = anomaly.sigmas, anomaly.actual - anomaly.expected, anomaly.expected
    kind = metric_kind(series.name, series.unit)
    return Movement(series, service_among(series, nodes), kind, z, shift, before, scale, anomaly)


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


def _states(batch: list[Detection], begin: np.datetime64, end: np.datetime64) -> list[State]:
    """(z, shift, median before) of series with the same times, in one go."""
    time = _series(batch[0]).time
    start = int(np.searchsorted(time, begin, side="left"))
    stop = int(np.searchsorted(time, end, side="right"))
    stop = min(max(stop, start + 2), start + WIDEST_WINDOW, len(time))
    if start < FEWEST_BASELINE or stop <= start:
        return [UNKNOWN] * len(batch)
    first = max(0, start - MOST_BASELINE)
    blocks = [_block(detection, first, stop) for detection in batch]
    matrix = np.concatenate(blocks, axis=1)
    counted = np.repeat([_series(detection).counts for detection in batch], [b.shape[1] for b in blocks])
    z, shift, before, scale = _against_baseline(matrix[: start - first], matrix[start - first :], counted)
    states, column = [], 0
    for block in blocks:
        part = slice(column, column + block.shape[1])
        sizes = np.where(np.isnan(z[part]), -1.0, np.abs(z[part]))
        best = column + int(sizes.argmax())
        states.append((float(z[best]), float(shift[best]), float(before[best]), float(scale[best])))
        column = part.stop
    return states


def _block(detection: Detection, first: int, stop: int) -> FloatArray:
    """``(stop - first, k)`` values; seasonal ones less what was expected, plus the usual level."""
    series = _series(detection)
    value = series.value[first:stop]
    profile, expected = detection.profile, detection.expected
    if (
        profile is not None
        and profile.period >= 2
        and expected is not None
        and expected.shape == series.value.shape
    ):
        value = value - expected[first:stop] + profile.level
    return value[:, None] if value.ndim == 1 else value


def _against_baseline(
    baseline: FloatArray, window: FloatArray, counted: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    largest = max(float(np.abs(part).max(initial=0.0, where=~np.isnan(part))) for part in (baseline, window))
    unit = 2.0 ** (math.frexp(largest)[1] - 1) if largest > 1e150 else 1.0
    baseline, window = baseline / unit, window / unit
    low, q25, middle, q75, high = column_quantiles(baseline, _LEVELS)
    deviation = column_quantiles(np.abs(baseline - middle), (0.5,))[0]
    spread = np.maximum.reduce((1.4826 * deviation, (q75 - q25) / 1.349, (high - low) / 3.29))
    poisson = np.where(counted, np.sqrt(np.maximum(np.abs(middle), 1.0 / unit)) / math.sqrt(unit), 0.0)
    scale = np.maximum.reduce((spread, 0.01 * np.abs(middle), poisson))
    shift = column_means(window) - middle
    floor = 1e-9 * np.maximum(1.0, np.abs(middle))
    z = np.clip(shift / np.maximum(scale, floor), -999.0, 999.0)
    with np.errstate(over="ignore"):
        return z, shift * unit, middle * unit, spread * unit


def _series(detection: Detection) -> Series:
    if detection.series is None:
        raise ValueError(f"{detection.subject} is no series")
    return detection.series
