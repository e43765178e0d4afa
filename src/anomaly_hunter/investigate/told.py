"""A case at a moment that is told: an alert of another system, an injected fault, a person who asks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from anomaly_hunter.errors import DataError
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.investigate.onset import onset_near
from anomaly_hunter.model import Anomaly, Dataset, Detection, Series, stable_id
from anomaly_hunter.stats.robust import mad, median


def told_case(
    dataset: Dataset,
    detections: Sequence[Detection],
    alerting: Series,
    onset: tuple[np.datetime64, np.datetime64],
    end: np.datetime64,
) -> Case:
    """A case about ``alerting`` that began within ``onset`` and was still there at ``end``.

    Times are inclusive. Points of the series before the onset are what is expected. Whatever
    else was detected stays in the case.

    Raises
    ------
    DataError
        The series has no point between the onset and ``end``, or it is not among the detections.
    """
    time = alerting.time
    start = int(np.searchsorted(time, onset[1], side="left"))
    stop = int(np.searchsorted(time, end, side="right"))
    found = [i for i, d in enumerate(detections) if d.series is alerting] or [
        i for i, d in enumerate(detections) if d.series is not None and d.series.id == alerting.id
    ]
    if start >= stop or not found:
        raise DataError(
            f"there is nothing of {alerting.title} between {onset[1]} and {end}",
            "at least one point of the series",
            "check the time, and the time zone",
        )
    first = min(start, int(np.searchsorted(time, onset[0], side="left")))
    anomaly = _anomaly(alerting, first, start, stop)
    known = detections[found[0]]
    others = tuple(a for a in known.anomalies if a.stop <= start or a.start >= stop)
    told = replace(known, anomalies=tuple(sorted((*others, anomaly), key=lambda a: a.start)))
    everything = [told if i == found[0] else d for i, d in enumerate(detections)]
    return Case.of(dataset, everything, (anomaly,))


def asked_case(
    dataset: Dataset, detections: Sequence[Detection], alerting: Series, at: np.datetime64, end: np.datetime64
) -> Case:
    """A case about an alert on ``alerting`` at a moment; when it began is found (:mod:`.onset`).

    Anomalies that were detected and began with it belong to the case.

    Raises
    ------
    DataError
        As :func:`told_case`.
    """
    onset = onset_near(detections, alerting, at)
    case = told_case(dataset, detections, alerting, onset, max(end, onset[1]))
    joined = [
        anomaly
        for detection in case.detections
        for anomaly in detection.anomalies
        if detection.series is not None and _begins_in(detection.series, anomaly, onset[0], end)
    ]
    others = sorted((a for a in joined if a.id != case.lead.id), key=lambda a: (-a.score, a.id))
    return Case.of(dataset, case.detections, (case.lead, *others))


def _begins_in(series: Series, anomaly: Anomaly, begin: np.datetime64, end: np.datetime64) -> bool:
    return bool(begin <= series.time[anomaly.start] <= end) and anomaly.shape != "gap"


def _anomaly(series: Series, first: int, start: int, stop: int) -> Anomaly:
    value = series.value if series.value.ndim == 1 else series.value[:, 0]
    before, after = value[max(0, start - 512) : start], value[start:stop]
    before = before[~np.isnan(before)]
    expected = median(before) if len(before) else 0.0
    away = np.nan_to_num(np.abs(after - expected), nan=-1.0)
    peak = start + int(away.argmax())
    actual = float(value[peak])
    spread = mad(before) if len(before) else 0.0
    return Anomaly(
        id=stable_id("told", series.id, start, stop),
        subject=series.title,
        subject_id=series.id,
        shape="level shift",
        direction="up" if not actual < expected else "down",
        start=start,
        stop=stop,
        peak=peak,
        score=1.0,
        actual=actual,
        expected=expected,
        spread=spread if math.isfinite(spread) else 0.0,
        onset=(first, start),
        begin=series.time[start],
        end=series.time[stop - 1],
        ongoing=stop >= len(series),
    )
