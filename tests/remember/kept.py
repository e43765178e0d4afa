"""Hunts to remember, made by hand, and a store to keep them in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from anomaly_hunter.model import Cause, Dataset, Detection, Hunt, Incident, Quality
from tests.builders import START, hourly, spike_detection, verdict

HOUR = np.timedelta64(3600, "s").astype("timedelta64[ns]")
NOON = np.datetime64("2026-04-01T12:00:00", "ns")


def later(detection: Detection, hours: int) -> Detection:
    """The same detection so many hours later."""
    series = detection.series
    assert series is not None
    moved = hourly(series.value, name=series.name)
    moved = replace(moved, time=series.time + hours * HOUR)
    anomalies = tuple(
        replace(a, id=f"{a.id}+{hours}"[:12], begin=a.begin + hours * HOUR, end=a.end + hours * HOUR)
        for a in detection.anomalies
        if a.begin is not None and a.end is not None
    )
    return replace(detection, series=moved, anomalies=anomalies)


def hunt_of(*detections: Detection, cause: Cause | None = None, name: str = "i-1") -> Hunt:
    """One incident of all anomalies of these detections."""
    anomalies = tuple(a for d in detections for a in d.anomalies)
    said = verdict() if cause is None else replace(verdict(), cause=cause)
    series = tuple(d.series for d in detections if d.series is not None)
    dataset = Dataset("shop.csv", "series", Quality(100.0, 0), "read", series=series)
    begins = [a.begin for a in anomalies if a.begin is not None]
    ends = [a.end for a in anomalies if a.end is not None]
    incident = Incident(name, anomalies, said, begin=min(begins, default=None), end=max(ends, default=None))
    return Hunt(dataset, tuple(detections), (incident,))


def spike_hunt(hours: int = 0, name: str = "latency_ms", **more) -> Hunt:
    """A hunt with one spike, so many hours after the first."""
    detection = spike_detection(name)
    return hunt_of(later(detection, hours) if hours else detection, name=f"i-{name[:6]}-{hours}", **more)


__all__ = ["HOUR", "NOON", "START", "hunt_of", "later", "spike_hunt"]
