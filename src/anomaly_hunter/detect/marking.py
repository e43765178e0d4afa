"""From spans to anomalies: where, since when, how far off, in which shape, carried by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anomaly_hunter.detect.gaps import LEAST
from anomaly_hunter.detect.onset import onset_of
from anomaly_hunter.detect.shape import direction_of, shape_of
from anomaly_hunter.detect.spans import Span
from anomaly_hunter.model import Anomaly, Direction, FloatArray, IntArray, Series, Shape, Share, stable_id


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A scored series as seen point by point, in the channel that is strangest there.

    ``score``, ``z``, ``actual``, ``expected``, ``unit`` are ``(n,)``; ``channel`` names the
    channel (its position) that they are read from; ``by_channel`` is ``(n, k)`` scores.
    """

    series: Series
    score: FloatArray
    z: FloatArray
    actual: FloatArray
    expected: FloatArray
    unit: FloatArray
    channel: IntArray
    by_channel: FloatArray
    parts: Mapping[str, FloatArray]
    period: int


def anomaly_at(picture: Picture, span: Span) -> Anomaly:
    """The anomaly that a span over the boundary is."""
    start, stop = span
    inner = picture.z[start:stop]
    shape = shape_of(picture.z, start, stop, picture.parts, picture.period)
    known = np.isfinite(picture.actual[start:stop])
    strength = np.where(known, np.abs(inner), -1.0)
    # After a shift that lasts the band has followed: it is read where the value was unexpected.
    unit = np.maximum(picture.unit[start:stop], 1e-290)
    with np.errstate(over="ignore"):
        off = (picture.actual[start:stop] - picture.expected[start:stop]) * np.sign(inner) / unit
    unexpected = known & (off > 1.0)
    if unexpected.any():
        strength = np.where(unexpected, np.minimum(off, 1e300), -1.0)
    even = shape in ("odd shape", "season break", "variance", "flat line")
    if even:
        strength = np.where(known, picture.score[start:stop], -1.0)
    peak = start + int(np.argmax(strength))
    direction = direction_of(np.where(np.abs(inner) >= 1.0, inner, 0.0)) if not even else "both"
    return make(
        picture,
        span,
        shape=shape,
        direction=direction,
        peak=peak,
        score=max(float(part[start:stop].max()) for part in (picture.score, *picture.parts.values())),
        onset=onset_of(picture.z, start, stop, shape),
    )


def gap_at(picture: Picture, span: Span, missing: float) -> Anomaly:
    """The anomaly that a gap in the data is; its score is its length over the shortest unusual one."""
    start, onset = span[0], (max(span[0] - 1, 0), span[0])
    score = max(missing / LEAST, 1.0)
    return make(picture, span, shape="gap", direction="both", peak=start, score=score, onset=onset)


def make(
    picture: Picture,
    span: Span,
    *,
    shape: Shape,
    direction: Direction,
    peak: int,
    score: float,
    onset: tuple[int, int],
) -> Anomaly:
    """The record, read at the peak."""
    series, (start, stop) = picture.series, span
    clocked = series.clocked
    first = str(series.time[start]) if clocked else str(int(series.row[start]))
    return Anomaly(
        id=stable_id("anomaly", series.id, first),
        subject=series.title,
        subject_id=series.id,
        shape=shape,
        direction=direction,
        start=start,
        stop=stop,
        peak=peak,
        score=score,
        actual=float(picture.actual[peak]),
        expected=float(picture.expected[peak]),
        spread=float(picture.unit[peak]),
        onset=onset,
        begin=series.time[start] if clocked else None,
        end=series.time[stop - 1] if clocked else None,
        carriers=carriers(picture, span),
        ongoing=stop == len(series),
    )


def carriers(picture: Picture, span: Span) -> tuple[Share, ...]:
    """Which channels carry the span: shares of the summed squares of their scores, largest first."""
    names = picture.series.channels
    if not names:
        return ()
    weight = np.square(picture.by_channel[span[0] : span[1]]).sum(axis=0)
    total = float(weight.sum())
    if not total > 0:
        return ()
    order = np.argsort(-weight, kind="stable")
    return tuple(Share(names[i], float(weight[i] / total)) for i in order if weight[i] >= 0.01 * total)
