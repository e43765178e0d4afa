"""The case that a hunt in the data makes of what alarms while somebody is paged."""

from __future__ import annotations

from collections.abc import Sequence

from anomaly_hunter.bench.causes.labelled import Scene
from anomaly_hunter.investigate.case import Case
from anomaly_hunter.model import Anomaly, Detection


def hunted_case(scene: Scene, found: Sequence[Detection]) -> Case | None:
    """Anomalies that overlap the alert; the strongest at the alerting series leads (else the
    strongest of all).

    None when nothing was detected then.
    """
    anomalies = [(d, a) for d in found for a in d.anomalies if _overlaps(scene, d, a)]
    if not anomalies:
        return None
    anomalies.sort(key=lambda pair: (pair[0].subject != scene.alerting, -pair[1].score, pair[1].id))
    return Case.of(scene.dataset, found, [anomaly for _, anomaly in anomalies])


def _overlaps(scene: Scene, detection: Detection, anomaly: Anomaly) -> bool:
    series = detection.series
    if series is None or anomaly.shape == "gap":
        return False
    first, last = scene.looked_at
    return bool(series.time[anomaly.stop - 1] >= first and series.time[anomaly.start] <= last)
