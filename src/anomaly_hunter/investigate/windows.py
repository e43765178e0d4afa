"""Which points stand for "before" and which for "after"."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from anomaly_hunter.model import Anomaly, Detection, FloatArray, IntArray, Series

BoolArray: TypeAlias = npt.NDArray[np.bool_]

MOST_POINTS: Final = 256
SEASONS: Final = 7
FEWEST_BEFORE: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Values before and from the onset on, and in words which ones they are."""

    before: FloatArray
    after: FloatArray
    how: str


def channel_of(series: Series, anomaly: Anomaly) -> int:
    """The channel that carries the anomaly most; 0 for a plain series.

    The largest share among the anomaly's carriers; without carriers, the channel whose value
    at the peak is the actual value of the anomaly.
    """
    if series.value.ndim == 1:
        return 0
    shares = {share.name: share.share for share in anomaly.carriers if share.name in series.channels}
    if shares:
        return series.channels.index(max(shares, key=lambda name: shares[name]))
    row = series.value[min(max(anomaly.peak, 0), len(series) - 1)]
    equal = np.flatnonzero(row == anomaly.actual)
    return int(equal[0]) if len(equal) else 0


def values_of(series: Series, anomaly: Anomaly) -> FloatArray:
    """``(n,)`` the values of the channel that carries the anomaly."""
    return series.value if series.value.ndim == 1 else series.value[:, channel_of(series, anomaly)]


def windows(detection: Detection, anomaly: Anomaly) -> Windows:
    """Points before and points of the span.

    Before: the last 256 points up to the onset that belong to no anomaly; with a season, the
    points at the same phase of up to seven seasons before. Where hardly any lie before, the points
    behind the span take their place, and ``how`` says so.
    """
    series = detection.series
    if series is None or not len(series):
        return Windows(np.empty(0), np.empty(0), "nothing")
    value = values_of(series, anomaly)
    start, stop = span_in(series, anomaly)
    after = _present(value[start : min(stop, start + MOST_POINTS)])
    normal = normal_points(detection)
    profile = detection.profile
    if profile is not None and profile.period >= 2 and profile.season_strength >= 0.3:
        before, seasons = _same_phase(value, normal, start, stop, profile.period)
        if len(before) >= FEWEST_BEFORE:
            how = f"the same phase of the {seasons} seasons before" if seasons > 1 else "one season before"
            return Windows(before, after, how)
    first = max(min(start, anomaly.onset[0] + 1), 0)
    before = _last(value, normal, 0, first)
    if len(before) >= FEWEST_BEFORE:
        return Windows(before, after, f"the {len(before)} points before")
    rest = np.concatenate((before, _last(value, normal, stop, len(value))))
    return Windows(rest, after, f"the {len(rest)} other points")


def span_in(series: Series, anomaly: Anomaly) -> tuple[int, int]:
    """The span, kept inside the series and never empty."""
    start = min(max(anomaly.start, 0), max(len(series) - 1, 0))
    return start, min(max(anomaly.stop, start + 1), len(series))


def normal_points(detection: Detection) -> BoolArray:
    """``(n,)`` True where no anomaly of this series lies."""
    normal = np.ones(len(detection.score), dtype=np.bool_)
    for anomaly in detection.anomalies:
        normal[max(anomaly.start, 0) : max(anomaly.stop, 0)] = False
    return normal


def _last(value: FloatArray, normal: BoolArray, first: int, stop: int) -> FloatArray:
    part = value[first:stop][normal[first:stop]]
    return _present(part)[-MOST_POINTS:]


def _same_phase(
    value: FloatArray,
    normal: BoolArray,
    start: int,
    stop: int,
    period: int,
) -> tuple[FloatArray, int]:
    span: IntArray = np.arange(start, min(stop, start + MOST_POINTS))
    found, seasons = [], 0
    for back in range(1, SEASONS + math.ceil((stop - start) / period)):
        place = span - back * period
        place = place[(place >= 0) & (place < start)]
        part = _present(value[place][normal[place]])
        if len(part):
            found.append(part)
            seasons += 1
        if seasons == SEASONS:
            break
    return (np.concatenate(found) if found else np.empty(0)), seasons


def _present(part: FloatArray) -> FloatArray:
    return part[~np.isnan(part)]
